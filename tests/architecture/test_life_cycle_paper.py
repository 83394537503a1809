"""The printed life cycle is the one that the code obeys."""

import runpy
from pathlib import Path

from suqiu.orders.states import VERBS, State

ROOT = Path(__file__).parents[2]


def test_the_paper_is_made_from_the_table() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "life_cycle.py"))["paper"]()
    kept = (ROOT / "docs" / "life-cycle.md").read_text("utf-8")
    assert kept == made, "run python scripts/life_cycle.py"


def test_it_names_every_state_and_every_verb() -> None:
    kept = (ROOT / "docs" / "life-cycle.md").read_text("utf-8")
    assert [s for s in State if f"| `{s}` |" not in kept] == []
    assert [v for v in VERBS if f"| `{v}` " not in kept] == []
