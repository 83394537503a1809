"""The rates: the article's figures, a slow reference, and what every number must carry."""

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from suqiu.figures import rules
from suqiu.figures.rules import ClockFact, OrderFact

WEIGHTS = {"满意": 1.0, "基本满意": 0.8, "一般": 0.6, "不满意": 0.0}
DUE = dt.datetime(2026, 9, 14, tzinfo=dt.UTC)

clocks = st.builds(
    ClockFact,
    code=st.sampled_from(["dispose", "first_contact", "reply"]),
    outcome=st.sampled_from(["open", "met", "late", "moved", "cancelled"]),
    late=st.booleans(),
    due=st.just(DUE),
)
facts = st.builds(
    OrderFact,
    id=st.integers(1, 10**6),
    number=st.just("SQ"),
    line=st.sampled_from(["G", "S", "C"]),
    clocks=st.lists(clocks, max_size=3).map(tuple),
    disposed=st.booleans(),
    replied=st.booleans(),
    satisfaction=st.sampled_from(list(WEIGHTS)),
    asked=st.booleans(),
    verified_solved=st.sampled_from([None, True, False]),
    rounds=st.integers(1, 3),
    reasons=st.sets(st.sampled_from(["withdrawn", "held", "no_phone"])).map(frozenset),
)
many = st.lists(facts, max_size=30, unique_by=lambda f: f.id)


def rate(code: str, rows: list[OrderFact]) -> rules.Rate:
    return rules.compute(code, rows, reasons=["withdrawn", "held"], weights=WEIGHTS)


def test_the_articles_growth() -> None:
    growth = rules.growth(149, 99)
    assert growth is not None and round(growth * 100, 1) == 50.5


def test_no_unweighted_count_of_149_gives_the_articles_satisfaction() -> None:
    assert not [k for k in range(150) if round(Fraction(k, 149) * 1000) == 927]
    assert round(Fraction(127, 137) * 1000) == 927


def test_every_rate_prints_its_denominator_and_weighting() -> None:
    for code in rules.DEFINITIONS:
        made = rate(code, [])
        assert made.value is None and made.denominator == 0 and made.weighting


def test_the_three_lines_of_the_article() -> None:
    for solved, n, told in ((47, 50, 0.94), (43, 50, 0.86), (34, 40, 0.85)):
        rows = [
            OrderFact(id=i, number="", asked=True, satisfaction="满意" if i < solved else "不满意")
            for i in range(n)
        ]
        assert rate("satisfaction", rows).value == told


def test_wilson_against_known_values() -> None:
    low, high = rules.wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert rules.wilson(0, 5)[0] == 0.0 and rules.wilson(5, 5)[1] == 1.0


@given(many)
def test_rates_are_additive_over_a_partition(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        whole = rate(code, rows)
        parts = [rate(code, [f for f in rows if f.line == line]) for line in "GSC"]
        assert abs(whole.numerator - sum(p.numerator for p in parts)) < 1e-5
        assert whole.denominator == sum(p.denominator for p in parts)
        assert sum(whole.excluded.values()) == sum(sum(p.excluded.values()) for p in parts)


@given(many)
def test_the_timely_rate_equals_a_slow_reference(rows: list[OrderFact]) -> None:
    top = below = 0
    for fact in rows:
        decided = [c for c in fact.clocks if c.outcome in ("met", "late") or c.late]
        if not decided or "withdrawn" in fact.reasons or "held" in fact.reasons:
            continue
        below += 1
        top += all(not c.late for c in decided)
    made = rate("timely", rows)
    assert (made.numerator, made.denominator) == (top, below)


@given(many)
def test_every_number_opens_into_its_orders(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        made = rate(code, rows)
        assert len(made.denominator_ids) == made.denominator
        assert set(made.numerator_ids) <= set(made.denominator_ids)
        assert {r: len(ids) for r, ids in made.excluded_ids.items()} == dict(made.excluded)
        left_out = sum(len(ids) for ids in made.excluded_ids.values())
        assert made.raw_denominator == made.denominator + left_out


def test_a_moved_clock_counts_only_if_it_was_late() -> None:
    moved = OrderFact(id=1, number="", clocks=(ClockFact("dispose", "moved", False, DUE),))
    late = OrderFact(id=2, number="", clocks=(ClockFact("dispose", "moved", True, DUE),))
    made = rate("timely", [moved, late])
    assert (made.numerator, made.denominator) == (0, 1)
