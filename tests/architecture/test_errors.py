"""Each code with which something is refused is in docs/errors.md, and no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
REFUSALS = {"Refused", "NotAllowed", "Missing", "WrongState", "Invalid", "Denied", "TooMany"}
# Which argument of a call is a code.
PLACES = {**dict.fromkeys(REFUSALS, 0), "_no": 1, "read_or_refuse": 2}


def codes_in(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in PLACES:
            continue
        said = [
            *node.args[PLACES[name] :][:1],
            *(k.value for k in node.keywords if k.arg == "not_yaml"),
        ]
        found |= {
            code.value
            for code in said
            if isinstance(code, ast.Constant) and isinstance(code.value, str)
        }
    return found


def used() -> set[str]:
    return set().union(*(codes_in(p) for p in (ROOT / "src").rglob("*.py")))


def documented() -> set[str]:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.M))


def test_each_code_is_documented_and_no_other() -> None:
    assert used() - documented() == set()
    assert documented() - used() == set()


def test_each_code_says_something() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|[^|]*\|(.*)\|$", text, re.M)
    assert {code for code, _ in rows} == documented()
    assert [code for code, says in rows if not says.strip()] == []
