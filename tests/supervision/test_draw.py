"""The draw: anybody draws the same again, nobody can choose, chance is fair, parts are never pooled."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

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


SEEDS = 3000
Draw = Callable[[Sequence[rules.Line], str, int], list[rules.Line]]


def spread(draw: Draw) -> tuple[float, float]:
    """How far the draws of 3,000 seeds, 5 of 20 in stratum A, are from even: chi-squared over the lines
    (19 degrees of freedom; the draws of one seed exclude each other: factor 1 − 5/20), and over the 190
    pairs of lines that are drawn together."""
    lines: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for n in range(SEEDS):
        drawn = sorted(key for s, key in draw(LIST, f"ball {n}", 5) if s == "A/C")
        lines.update(drawn)
        pairs.update(combinations(drawn, 2))
    keys = sorted(key for s, key in LIST if s == "A/C")
    one, two = SEEDS * 5 / 20, SEEDS * 5 * 4 / (20 * 19)
    return (
        sum((lines[key] - one) ** 2 for key in keys) / (one * 0.75),
        sum((pairs[pair] - two) ** 2 for pair in combinations(keys, 2)) / two,
    )


def test_every_line_is_drawn_as_often_as_every_other_and_with_every_other() -> None:
    lines, pairs = spread(rules.draw)
    assert 5 < lines < 45  # 99.9 % of fair draws lie within
    assert 120 < pairs < 280


def _favoured(lines: Sequence[rules.Line], seed: str, n: int) -> list[rules.Line]:
    """Every tenth time a certain line is drawn that the lot had left out."""
    drawn, wanted = rules.draw(lines, seed, n), ("A/C", "A-03")
    if wanted in drawn or int(seed.split()[1]) % 10:
        return drawn
    first = next(line for line in drawn if line[0] == "A/C")
    return [wanted if line == first else line for line in drawn]


def _spared(lines: Sequence[rules.Line], seed: str, n: int) -> list[rules.Line]:
    """A certain line is never drawn."""
    return rules.draw([line for line in lines if line[1] != "A-07"], seed, n)


def _by_remainder(lines: Sequence[rules.Line], seed: str, n: int) -> list[rules.Line]:
    """Five bits and their remainder by 20: the first twelve lines come twice as often."""
    rows, got, turn = sorted(line for line in lines if line[0] == "A/C"), [], 0
    while len(got) < n:
        row = rows[hashlib.sha256(f"{seed}/{turn}".encode()).digest()[0] % 32 % len(rows)]
        got += [row] * (row not in got)
        turn += 1
    return got


def _neighbours(lines: Sequence[rules.Line], seed: str, n: int) -> list[rules.Line]:
    """A place of the list by lot, and those after it: each as often, but always together."""
    rows = sorted(line for line in lines if line[0] == "A/C")
    first = int(hashlib.sha256(seed.encode()).hexdigest(), 16)
    return [rows[(first + k) % len(rows)] for k in range(n)]


@pytest.mark.parametrize("draw", [_favoured, _spared, _by_remainder, _neighbours])
def test_a_draw_that_is_not_fair_shows(draw: Draw) -> None:
    lines, pairs = spread(draw)
    assert lines > 45 or pairs > 280


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
