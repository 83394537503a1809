"""What the layers promise and import-linter cannot see."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "suqiu"
LONGEST = 400
# Written in pieces, or this file would name what it forbids.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"npmjs\." + "(org|com)",
            r"deb\.debian\." + "org",
            "/wor" + "k/",
            "/ro" + "ot/",
            "/hom" + "e/[a-z]",
        )
    )
)


@cache
def layers() -> dict[str, int]:
    """Each package with its level; the base is 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (lines,) = (c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    return {
        name.strip(" ()"): level
        for level, line in enumerate(reversed(lines))
        for name in line.split("|")
    }


@cache
def tracked() -> tuple[Path, ...]:
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in said.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def sources() -> list[Path]:
    found = [p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts]
    assert found
    return found


def test_foreign_keys_point_down() -> None:
    levels, wrong, seen = layers(), [], 0
    for model in apps.get_models():
        if not model.__module__.startswith("suqiu."):
            continue
        here = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if not isinstance(target, type) or not target.__module__.startswith("suqiu."):
                continue
            seen += 1
            there = target.__module__.split(".")[1]
            if there != here and levels[there] >= levels[here]:
                wrong.append(f"{here}.{model.__name__}.{field.name} points at {there}")
    assert seen
    assert wrong == []


def test_every_package_has_a_level() -> None:
    packages = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert packages - {"config"} <= set(layers())


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_only_surfaces_know_of_http() -> None:
    surfaces = {"desk", "portal", "api"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.relative_to(PACKAGE).parts[0] not in surfaces
        and _imports(path) & {"django.http", "django.shortcuts", "ninja"}
    ]
    assert wrong == []


def test_orders_are_asked_for_at_their_own_doors() -> None:
    # What asks the table itself sees what its reader may not.
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.relative_to(PACKAGE).parts[0] != "orders"
        and re.search(r"\bOrder\.(objects|_default_manager|_base_manager)\b", path.read_text())
    ]
    assert wrong == []


def test_no_signals_and_no_logic_in_save() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if "django.dispatch" in _imports(path)
        or any(name.startswith("django.db.models.signals") for name in _imports(path))
        or (path.name == "models.py" and re.search(r"def save\(", path.read_text()))
    ]
    assert wrong == []


@pytest.mark.parametrize("suffix", [".py", ".html", ".js", ".css"])
def test_no_file_is_too_long(suffix: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {length}"
        for path in tracked()
        if path.suffix == suffix and not {"migrations", "locale"} & set(path.parts)
        if (length := len(path.read_text().splitlines())) > LONGEST
    ]
    assert wrong == []


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    wrong = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if FORBIDDEN.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert wrong == []
