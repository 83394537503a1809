"""The printed definitions are those that the code counts by."""

import runpy
from pathlib import Path

from suqiu.figures import call_rates
from suqiu.figures.meanings import MEANINGS
from suqiu.figures.reasons import GROUNDS, REASONS
from suqiu.figures.rules import DEFINITIONS

ROOT = Path(__file__).parents[2]
KEPT = (ROOT / "docs" / "figures.md").read_text("utf-8")


def test_the_paper_is_made_from_the_table() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "figures.py"))["paper"]()
    assert made == KEPT, "run python scripts/figures.py"
    assert "{{" not in made


def test_it_names_every_rate_with_its_terms_and_every_reason() -> None:
    assert [c for c in DEFINITIONS if f"### `{c}` " not in KEPT] == []
    assert [c for c in (*REASONS, *call_rates.DEFINITIONS) if f"| `{c}` |" not in KEPT] == []
    for said in ("Denominator", "Numerator", "Excluded from the adjusted value", "Time", "Source"):
        assert KEPT.count(f"- {said}: ") == len(DEFINITIONS)


def test_no_rate_and_no_reason_is_without_its_words() -> None:
    assert list(MEANINGS) == list(DEFINITIONS) and list(GROUNDS) == list(REASONS)
    assert {told.variant for told in MEANINGS.values()} <= {"", *DEFINITIONS}
