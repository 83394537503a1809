"""The draw: anybody draws the same again, nobody can choose, chance is fair, parts are never pooled."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.base.errors import Invalid
from suqiu.supervision.inspections import lists, rules
from suqiu.supervision.inspections.rules import Looked

LIST = [(f"{region}/C", f"{region}-{n:02d}") for region in ("A", "B") for n in range(20)]
keys = st.text("ABCDEF0123456789-", min_size=1, max_size=8)
lists_of = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), keys), max_size=40, unique=True)


@given(lists_of, st.text(min_size=1, max_size=20), st.integers(1, 9))
def test_a_draw_takes_so_many_of_each_stratum_and_the_same_in_any_order(
    lines: list[rules.Line], seed: str, n: int
) -> None:
    drawn = rules.draw(lines, seed, n)
    assert drawn == rules.draw(lines[::-1], seed, n)
    assert set(drawn) <= set(lines) and len(set(drawn)) == len(drawn)
    there = Counter(stratum for stratum, _key in lines)
    assert Counter(s for s, _k in drawn) == {s: min(n, count) for s, count in there.items()}


def test_another_line_in_the_list_makes_another_draw_of_the_same_seed() -> None:
    """Who knows the seed cannot prepare a list for it by adding what is never drawn."""
    more = [*LIST, ("C/C", "C-00")]
    first = [rules.draw(LIST, f"seed {n}", 5) for n in range(20)]
    second = [rules.draw(more, f"seed {n}", 5) for n in range(20)]
    same = sum(set(a) <= set(b) for a, b in zip(first, second, strict=True))
    assert same == 0


def test_every_line_is_drawn_as_often_as_every_other() -> None:
    """2,000 seeds, 5 of 20 in each stratum: each line is expected 500 times. Chi-squared over the 19
    degrees of freedom of a stratum (the draws of one seed exclude each other: factor 1 − 5/20)."""
    count = Counter(key for n in range(2000) for _s, key in rules.draw(LIST, f"ball {n}", 5))
    for region in ("A", "B"):
        seen = [count[f"{region}-{n:02d}"] for n in range(20)]
        chi = sum((s - 500) ** 2 / (500 * 0.75) for s in seen)
        assert 5 < chi < 45, seen  # 99.9 % of fair draws lie within


def test_the_two_parts_are_scored_apart_and_each_line_in_them() -> None:
    items = [
        Looked("random", "C", professional=1.0, social=0.8, timely=True, solved=True, said_solved=True),
        Looked("random", "S", professional=0.5, social=0.6, timely=False, solved=False, said_solved=True),
        Looked("purposive", "C", professional=0.0, social=0.0, timely=False, solved=False),
    ]  # fmt: skip
    rows = {(row.part, row.line): row for row in rules.scorecard(items, (0.6, 0.4))}
    assert set(rows) == {
        ("random", ""), ("random", "C"), ("random", "S"), ("purposive", ""), ("purposive", "C")
    }  # fmt: skip
    whole = rows["random", ""]
    assert (whole.items, whole.solved.value, whole.said.value) == (2, 0.5, 1.0)
    assert whole.score == pytest.approx(0.6 * 0.75 + 0.4 * 0.7)
    assert rows["purposive", ""].said.value is None
    low, high = whole.solved.low, whole.solved.high
    assert low is not None and high is not None and 0.09 < low < 0.1 and 0.9 < high < 0.91


def test_what_cannot_be_told_counts_neither_way() -> None:
    assert rules.professional({"a": True, "b": None, "c": False}) == 0.5
    assert rules.professional({"a": None}) is None
    assert rules.scorecard([Looked("random", "C")], (0.6, 0.4))[0].score is None


def test_the_shipped_checklists_hold_together_and_an_unknown_one_is_refused() -> None:
    assert {"three-twos", "forestry-grid"} <= set(lists.checklists())
    with pytest.raises(Invalid, match="检查表"):
        lists.checklist("nothing")


def test_a_checklist_whose_weights_do_not_add_up_is_refused() -> None:
    body = lists.checklist("three-twos").model_dump()
    with pytest.raises(ValueError, match="add up to 1"):
        rules.Checklist.model_validate({**body, "social": 0.5})
