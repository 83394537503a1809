"""English complete: a Chinese string that nobody translates is found where it is written.

`suqiu translations check` sees only what is marked; this sees what is not. A literal may stand
unmarked where the same words are marked elsewhere: it is a stored word, said through
`base.language.word`. What is Chinese by decision stands in EXEMPT, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

import suqiu
from suqiu.cli.translations import catalogue

PACKAGE = Path(suqiu.__file__).parent
CHINESE = re.compile("[\u3400-\u9fff]")
MARKS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"})
MARKS |= {"pgettext", "pgettext_lazy", "npgettext"}
# Which strings of a file no reader of English meets as words of the house.
EXEMPT = {
    "demo/": "an invented city is data, as a real one is",
    "bench/": "invented load",
    "base/language.py": "the pattern that finds Chinese",
    "calendars/actions.py": "columns and values of a sheet that the office sends",
    "calendars/models.py": "the journal's short sign of a day",
    "calendars/rules.py": "the end of a stored name of a day",
    "catalogue/sheets.py": "columns of a sheet that cities fill in",
    "organisations/sheets.py": "columns and values of a sheet that cities fill in",
    "desk/rosters.py": "columns and values of a sheet that units fill in",
    "intake/rules.py": "values of other systems' sheets, and signs",
    "intake/readers.py": "what a cell of a sheet holds",
    "intake/reports.py": "columns of the sheet that goes back to who sent it",
    "reports/actions.py": "numbers and days of an official paper, which is Chinese by rule",
    "reports/printing.py": "numbers and days of an official paper, which is Chinese by rule",
    "reports/basis.py": "the sentences of an official paper, which is Chinese by rule",
    "reports/document.py": "the letters of an official paper, by the names that the standard gives them",
    "reports/outside.py": "the sentences of an official paper, which is Chinese by rule",
    "reports/rules.py": "the sentences of an official paper, which is Chinese by rule",
    "reports/workbook.py": "sheets and columns of an official paper, which is Chinese by rule",
    "cli/": "the command line is told apart in docs/languages.md",
    "config/settings.py": "a language's own name",
    "desk/views/charts.py": "lines by their names, which are data",
    "orders/actions/forget.py": "what stands in a citizen's words' place",
    "orders/actions/verify.py": "a reason written into the order, as a person would",
    "orders/rules.py": "what the content rules look for in Chinese text",
    "policy/models.py": "a pack's name, as it is frozen in what was published",
    "retention/models.py": "a schedule's name, shown by the command line",
    "portal/actions.py": "the paraphrase that is written into an order for the unit",
    "portal/forms.py": "the signs of a telephone number",
    "triage/rules.py": "signs between words",
    "api/urls.py": "the name of the interface",
}


def marked() -> frozenset[str]:
    ids = (message.id for message in catalogue() if message.id)
    return frozenset(text for one in ids for text in ([one] if isinstance(one, str) else one))


def _unmarked(tree: ast.AST, sought: re.Pattern[str] = CHINESE) -> list[tuple[int, str]]:
    """Chinese literals that are neither comments of the code nor within a call that marks them."""
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            known.add(id(node.value))
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in MARKS:
                known |= {id(one) for given in node.args for one in ast.walk(given)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in known and sought.search(node.value)
    ]


def _is_exempt(inside: str) -> bool:
    return any(inside == one or one.endswith("/") and inside.startswith(one) for one in EXEMPT)


def test_no_word_of_the_code_is_chinese_only() -> None:
    known, found = marked(), []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).as_posix()
        if "/migrations/" in inside or _is_exempt(inside):
            continue
        for line, text in _unmarked(ast.parse(path.read_text("utf-8"))):
            if text not in known:
                found.append(f"{inside}:{line}: {text!r}")
    assert found == []


def test_what_is_marked_within_an_f_string_is_in_the_catalogue() -> None:
    """What makes the catalogue reads no f-string: two messages were Chinese in English for it."""
    known, found = marked(), []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for text in (one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)):
            for call in (one for one in ast.walk(text) if isinstance(one, ast.Call)):
                if isinstance(call.func, ast.Name) and call.func.id in MARKS:
                    said = [one.value for one in call.args if isinstance(one, ast.Constant)]
                    found += [f"{path.name}: {one!r}" for one in said if one not in known]
    assert found == []


def test_every_exemption_is_still_needed() -> None:
    for inside in EXEMPT:
        paths = [PACKAGE / inside] if not inside.endswith("/") else (PACKAGE / inside).rglob("*.py")
        assert any(_unmarked(ast.parse(path.read_text("utf-8"))) for path in paths), inside


_SAID = re.compile(
    r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}"
    r"|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*trans(?:late)?\b.*?%}",
    re.DOTALL,
)
# A language is named in itself.
_SWITCH = re.compile(r"中文")


def test_no_template_holds_chinese_that_is_notmarked() -> None:
    found = []
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        for line in _SWITCH.sub("", _SAID.sub("", path.read_text("utf-8"))).splitlines():
            if CHINESE.search(line):
                found.append(f"{path.relative_to(PACKAGE)}: {line.strip()[:80]}")
    assert found == []


# Between two words of an English page a Chinese sign is as foreign as a Chinese word.
_SIGN = re.compile("[、，；：（）。]")


def test_signs_between_words_follow_the_language_too() -> None:
    found = []
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        if "reports" in path.parts:  # an official paper, which is Chinese by rule
            continue
        said = _SAID.sub("", path.read_text("utf-8"))
        found += [
            f"{path.name}: {line.strip()[:80]}" for line in said.splitlines() if _SIGN.search(line)
        ]
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).as_posix()
        if "/migrations/" in inside or _is_exempt(inside):
            continue
        unmarked = _unmarked(ast.parse(path.read_text("utf-8")), _SIGN)
        found += [
            f"{inside}:{line}: {text!r}" for line, text in unmarked if not CHINESE.search(text)
        ]
    assert found == []


def test_no_script_speaks() -> None:
    """Words for scripts stand in the page, in its language: data attributes, never a literal."""
    found = []
    for path in sorted(PACKAGE.glob("*/static/*/js/*.js")):
        code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text("utf-8"), flags=re.DOTALL | re.M)
        found += [f"{path.name}: {one}" for one in code.splitlines() if CHINESE.search(one)]
    assert found == []


# What CSV demands stays as it is: the columns of a sheet.
_SHEET = re.compile(r"日期,类型,名称")
_WIDE = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
_NARROW = re.compile(rf"[{_WIDE}][,:;!?]|[,:;!?][{_WIDE}]")


def narrow(text: str) -> bool:
    """A half-width sign beside a Chinese one; a ratio, a time and a format have none beside them."""
    return bool(_NARROW.search(_SHEET.sub("", text)))


def test_a_chinese_message_has_chinese_signs() -> None:
    assert sorted(text for text in marked() if narrow(text)) == []
    assert narrow("没有这张单子,或不归您看") and narrow("%(what)s:缺") and narrow("“%s”,没有标")
    assert not narrow("周一 24:00，跳过 1:2") and not narrow("%(a)s:%(b)s 各一")


def _texts(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        yield from (text for pair in told.items() for one in pair for text in _texts(one))
    elif isinstance(told, list):
        yield from (text for one in told for text in _texts(one))


def test_the_invented_citys_texts_have_chinese_signs() -> None:
    files = sorted((PACKAGE / "demo" / "data").rglob("*.yaml"))
    assert len(files) > 5
    read = {path.name: path.read_text("utf-8") for path in files}
    texts = [(name, one) for name, text in read.items() for one in _texts(yaml.safe_load(text))]
    notes = [
        (name, line)
        for name, text in read.items()
        for line in text.splitlines()
        if line.lstrip().startswith("#")
    ]
    assert sum(bool(CHINESE.search(text)) for _name, text in texts) > 300
    assert [one for one in (*texts, *notes) if narrow(one[1])] == []
    assert list(_texts({"a": ["b", {"c": "路口,每天"}]})) == ["a", "b", "c", "路口,每天"]
