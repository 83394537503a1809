"""Write docs/figures.md from the table that the code counts by:  python scripts/figures.py

A test compares the two, so that the printed definitions are never others than the real ones.
"""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
os.environ.setdefault("SUQIU_MODE", "development")
django.setup()

from django.utils import translation  # noqa: E402

from suqiu.figures import call_rates, meanings, rules  # noqa: E402
from suqiu.figures.reasons import EXEMPTED, GROUNDS, REASONS  # noqa: E402
from suqiu.policy.actions import SHIPPED  # noqa: E402
from suqiu.policy.rates import LEFT_OUT  # noqa: E402
from suqiu.policy.rules import Pack, read  # noqa: E402

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "docs" / "figures.md"
PROSE = Path(__file__).with_name("figures.txt")
SHOWN = "sh-lhsr-2013.yaml"


def _say(text: object, language: str = "en") -> str:
    with translation.override(language):
        return str(text)


def _both(text: object) -> str:
    return f"{_say(text)} {_say(text, 'zh-hans')}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _reasons(row: rules.Definition, pack: Pack) -> str:
    terms = rules.terms(row, pack)
    said = [one for one in (*terms.reasons, *row.never) if one != EXEMPTED]
    said += [EXEMPTED] if terms.exempted == LEFT_OUT else []
    told = ", ".join(dict.fromkeys(said)) or "none"
    return told if terms.exempted == LEFT_OUT else f"{told}; exempted counts as met"


def _rates(pack: Pack) -> list[str]:
    lines = []
    for code, row in rules.DEFINITIONS.items():
        told = meanings.MEANINGS[code]
        weighed = _say(_weighting(code, pack))
        clocks = "working calendar, by the clocks of the pack" if told.calendar else "calendar days"
        lines += [
            f"### `{code}` {_both(row.name)}",
            "",
            *([f"A narrower reading of `{told.variant}`.\n"] if told.variant else []),
            f"- Denominator: {_say(told.below)}.",
            f"- Numerator: {_say(told.above)}. Weighting: {weighed}.",
            f"- Excluded from the adjusted value: {_reasons(row, pack)}.",
            f"- Time: {clocks}. A unit that lost the order {_former(row)}.",
            f"- Source: {_say(told.source)}.",
            f"- Rests on: {', '.join(_entry(one) for one in told.rests_on)}.",
            "",
        ]
    return lines


def _weighting(code: str, pack: Pack) -> str:
    with translation.override("en"):
        return rules.weighting(code, [rules.terms(rules.DEFINITIONS[code], pack)])


def _entry(kind: str) -> str:
    if not kind.startswith(meanings.CLOCK):
        return f"`{kind}`"
    code = kind.removeprefix(meanings.CLOCK)
    return (
        f"what moves the clock `{code}`" if code else "what moves every clock that the pack counts"
    )


def _former(row: rules.Definition) -> str:
    return "still answers for it by its own clocks" if row.of_clocks else "does not count it"


def _calls() -> list[str]:
    return [
        _line("code", "rate", "of", "counted", "source"),
        _line(*["---"] * 5),
        *(
            _line(
                f"`{one.code}`", _both(one.name), _say(one.below), _say(one.above), _say(one.source)
            )
            for one in call_rates.DEFINITIONS.values()
        ),
    ]


def paper() -> str:
    """The whole document."""
    pack = read((SHIPPED / SHOWN).read_text("utf-8"))
    reasons = [
        _line("reason", "", "set by"),
        _line("---", "---", "---"),
        *(_line(f"`{code}`", _both(name), _say(GROUNDS[code])) for code, name in REASONS.items()),
    ]
    parts = {
        "pack": f"`{pack.id} v{pack.version}`",
        "least": str(rules.LEAST_TO_RANK),
        "rates": "\n".join(_rates(pack)).rstrip(),
        "reasons": "\n".join(reasons),
        "calls": "\n".join(_calls()),
    }
    text = PROSE.read_text("utf-8")
    for name, said in parts.items():
        text = text.replace("{{ " + name + " }}", said)
    return text


if __name__ == "__main__":
    PAPER.write_text(paper(), "utf-8")
