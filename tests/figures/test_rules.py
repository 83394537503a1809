"""The rates: the article's figures, a slow reference, and what every number must carry."""

import datetime as dt
import unicodedata
from dataclasses import replace
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from suqiu.figures import call_rates, chance, rules, stages, words, years
from suqiu.figures.meanings import MEANINGS
from suqiu.figures.reasons import GROUNDS, REASONS
from suqiu.figures.rules import ClockFact, OrderFact, SignFact
from suqiu.policy.actions import SHIPPED
from suqiu.policy.rules import read

WEIGHTS = {"满意": 1.0, "基本满意": 0.8, "一般": 0.6, "不满意": 0.0}
DUE = dt.datetime(2026, 9, 14, tzinfo=dt.UTC)
OUT = ["withdrawn", "held"]

clocks = st.builds(
    ClockFact,
    code=st.sampled_from(["dispose", "first_contact", "reply"]),
    outcome=st.sampled_from(["open", "met", "late", "moved", "cancelled"]),
    late=st.booleans(),
    due=st.just(DUE),
    unit=st.sampled_from([1, 2]),
)
facts = st.builds(
    OrderFact,
    id=st.integers(1, 10**6),
    number=st.just("SQ"),
    line=st.sampled_from(["G", "S", "C"]),
    unit=st.sampled_from([1, 2]),
    clocks=st.lists(clocks, max_size=3).map(tuple),
    dispatched_at=st.sampled_from([None, DUE]),
    accepted_at=st.sampled_from([None, DUE]),
    signs=st.lists(
        st.builds(SignFact, unit=st.just(1), in_time=st.sampled_from([None, True, False])),
        max_size=2,
    ).map(tuple),
    disposed=st.booleans(),
    replied=st.booleans(),
    first_called=st.booleans(),
    repeat=st.booleans(),
    returns=st.integers(0, 2),
    exempted=st.sets(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from(["timely", "solved", "coverage"]))
    ).map(frozenset),
    verified=st.booleans(),
    satisfaction=st.sampled_from(list(WEIGHTS)),
    claimed_solved=st.booleans(),
    verified_solved=st.sampled_from([None, True, False]),
    second_called=st.booleans(),
    false_report=st.booleans(),
    rounds=st.integers(1, 3),
    came_again=st.booleans(),
    reasons=st.sets(
        st.sampled_from(["withdrawn", "held", "no_phone", "not_reached", "refused"])
    ).map(frozenset),
)
many = st.lists(facts, max_size=30, unique_by=lambda f: f.id)


def rate(code: str, rows: list[OrderFact]) -> rules.Rate:
    return rules.rate(code, rows, {0: rules.Terms("test v1", OUT, WEIGHTS)})


def answered(n: int, level: str, first: int = 0) -> list[OrderFact]:
    return [OrderFact(id=first + i, number="", verified=True, satisfaction=level) for i in range(n)]


def test_the_articles_growth() -> None:
    growth = chance.growth(149, 99)
    assert growth is not None and round(growth * 100, 1) == 50.5
    assert chance.growth(149, 0) is None


def test_no_unweighted_count_of_149_gives_the_articles_satisfaction() -> None:
    assert not [k for k in range(150) if round(Fraction(k, 149) * 1000) == 927]
    assert round(Fraction(127, 137) * 1000) == 927


def test_nor_does_any_weighted_sum_over_all_149() -> None:
    # The weights are fifths, so the sum over 149 answers is a whole number of fifths.
    assert not [k for k in range(149 * 5 + 1) if round(Fraction(k, 149 * 5) * 1000) == 927]
    rows = [*answered(123, "满意"), *answered(5, "基本满意", 200), *answered(9, "不满意", 300)]
    made = rate("satisfaction", rows)
    assert made.denominator == 137 and made.value is not None
    assert round(made.value * 1000) == 927


def test_every_rate_prints_its_denominator_and_weighting() -> None:
    for code in rules.DEFINITIONS:
        made = rate(code, [])
        assert made.value is None and made.low is None and made.raw_value is None
        assert made.denominator == 0 and made.weighting
    shown = words.as_table({code: rate(code, []) for code in rules.DEFINITIONS})
    assert len(shown.splitlines()) == len(rules.DEFINITIONS) + 2
    assert "满意 1、基本满意 0.8、一般 0.6、不满意 0" in shown and "每件计 1" in shown


def test_the_three_lines_of_the_article() -> None:
    for content, n, told in ((47, 50, 0.94), (43, 50, 0.86), (34, 40, 0.85)):
        rows = [*answered(content, "满意"), *answered(n - content, "不满意", 100)]
        assert rate("satisfaction", rows).value == told


def test_wilson_against_known_values() -> None:
    for top, n, low, high in ((8, 10, 0.4902, 0.9433), (81, 263, 0.2553, 0.3662)):
        assert tuple(round(x, 4) for x in chance.wilson(top, n)) == (low, high)
    assert chance.wilson(0, 5)[0] == 0.0 and chance.wilson(5, 5)[1] == 1.0


@pytest.mark.parametrize("by", ["line", "unit", "rounds", "satisfaction", "accepted_at"])
@given(rows=many)
def test_rates_are_additive_over_a_partition(by: str, rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        whole = rate(code, rows)
        values = {getattr(f, by) for f in rows}
        parts = [rate(code, [f for f in rows if getattr(f, by) == value]) for value in values]
        assert abs(whole.numerator - sum(p.numerator for p in parts)) < 1e-5
        assert abs(whole.raw_numerator - sum(p.raw_numerator for p in parts)) < 1e-5
        assert whole.denominator == sum(p.denominator for p in parts)
        assert sum(whole.excluded.values()) == sum(sum(p.excluded.values()) for p in parts)


def slow(code: str, fact: OrderFact) -> tuple[bool, Fraction]:
    """(does it count, how much) — written from the papers, not from the code."""
    decided = [c for c in fact.clocks if c.late or c.outcome == "met" or c.outcome == "late"]
    disposals = [c for c in decided if c.code == "dispose"]
    contacts = [c for c in decided if c.code == "first_contact"]
    signs = [s.in_time for s in fact.signs if s.in_time is not None]
    weight = Fraction(str(WEIGHTS[fact.satisfaction]))
    return {
        "first_contact": (len(contacts) > 0, Fraction(sum(c.late for c in contacts) == 0)),
        "coverage": (fact.replied, Fraction(fact.first_called)),
        "timely": (len(decided) > 0, Fraction(sum(c.late for c in decided) == 0)),
        "disposal_timely": (len(disposals) > 0, Fraction(sum(c.late for c in disposals) == 0)),
        "disposal": (fact.disposed or len(disposals) > 0, Fraction(fact.disposed)),
        "reply": (fact.disposed, Fraction(fact.replied)),
        "satisfaction": (fact.verified and not fact.reasons & {"not_reached", "refused"}, weight),
        "solved": (fact.disposed, Fraction(fact.claimed_solved and fact.verified_solved is True)),
        "sign_in": (len(signs) > 0, Fraction(False not in signs)),
        "return": (fact.dispatched_at is not None, Fraction(fact.returns > 0)),
        "repeat": (fact.accepted_at is not None, Fraction(fact.repeat)),
        "first_time": (
            fact.disposed,
            Fraction(
                fact.claimed_solved
                and fact.verified_solved is True
                and fact.rounds < 2
                and not fact.came_again
            ),
        ),
        "rework": (fact.disposed, Fraction(fact.rounds > 1)),
        "false_report": (fact.second_called, Fraction(fact.false_report)),
    }[code]


@given(many)
def test_the_rates_equal_a_slow_reference(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        told = [
            slow(code, f)
            for f in rows
            if not f.reasons & {"withdrawn", "held"}
            and code not in {appealed for _unit, appealed in f.exempted}
        ]
        top, below = sum((w for counts, w in told if counts), Fraction(0)), sum(c for c, _ in told)
        made = rate(code, rows)
        assert made.numerator == pytest.approx(float(top)) and made.denominator == below
        assert made.value == (pytest.approx(float(top / below)) if below else None)


@given(many)
def test_raw_is_what_it_would_be_if_nothing_were_left_out(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        made, told = rate(code, rows), [slow(code, f) for f in rows]
        if code == "satisfaction":  # not asked is no answer, whatever is left out
            told = [(f.verified, Fraction(str(WEIGHTS[f.satisfaction]))) for f in rows]
        assert made.raw_denominator == sum(counts for counts, _top in told)
        assert made.raw_numerator == pytest.approx(float(sum(t for c, t in told if c)))
        assert made.raw_numerator == pytest.approx(
            made.numerator + sum(made.excluded_tops.values())
        )


@given(many)
def test_every_number_opens_into_its_orders(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        made = rate(code, rows)
        assert len(made.denominator_ids) == made.denominator
        assert set(made.numerator_ids) <= set(made.denominator_ids)
        assert {r: len(ids) for r, ids in made.excluded_ids.items()} == dict(made.excluded)
        left_out = [pk for ids in made.excluded_ids.values() for pk in ids]
        assert len(left_out) == len(set(left_out))
        assert made.raw_denominator == made.denominator + len(left_out)


def test_an_order_with_two_reasons_is_left_out_once_for_the_first() -> None:
    row = OrderFact(id=1, number="", disposed=True, reasons=frozenset({"held", "withdrawn"}))
    made = rate("reply", [row])
    assert made.excluded == {"withdrawn": 1} and made.value is None and made.raw_denominator == 1


def test_who_was_not_asked_is_not_discontent() -> None:
    silent = [
        OrderFact(id=i, number="", verified=True, reasons=frozenset({why}))
        for i, why in enumerate(("not_reached", "refused", "unanswered"), 10)
    ]
    made = rules.rate(
        "satisfaction", [*answered(3, "满意"), *silent], {0: rules.Terms("", [], WEIGHTS)}
    )
    assert (made.value, made.denominator, made.raw_value) == (1.0, 3, 0.5)
    assert made.excluded == {"not_reached": 1, "refused": 1, "unanswered": 1}


def test_what_was_only_explained_is_not_solved() -> None:
    rows = [
        OrderFact(id=1, number="", disposed=True, claimed_solved=True, verified_solved=True),
        OrderFact(id=2, number="", disposed=True, claimed_solved=True),
        OrderFact(id=3, number="", disposed=True, result="explained", verified_solved=True),
    ]
    assert rate("solved", rows).numerator_ids == (1,)


@pytest.mark.parametrize("outcome", ["moved", "cancelled"])
def test_a_clock_that_nobody_owes_any_more_counts_only_if_it_was_late(outcome: str) -> None:
    spared = OrderFact(id=1, number="", clocks=(ClockFact("dispose", outcome, False, DUE),))
    late = OrderFact(id=2, number="", clocks=(ClockFact("dispose", outcome, True, DUE),))
    made = rate("timely", [spared, late])
    assert (made.numerator, made.denominator, made.denominator_ids) == (0, 1, (2,))


def test_each_unit_answers_for_its_own_clocks() -> None:
    order = OrderFact(
        id=1,
        number="",
        unit=2,
        leads=(1, 2),
        disposed=True,
        replied=True,
        dispatched_at=DUE,
        returned_by=(1,),
        clocks=(
            ClockFact("dispose", "moved", True, DUE, unit=1),
            ClockFact("dispose", "met", False, DUE, unit=2),
            ClockFact("review", "late", True, DUE, unit=9, role="centre"),
        ),
    )
    former, leading = (rules.seen_by(unit, [order]) for unit in (1, 2))
    assert rate("timely", [order]).numerator == 0
    assert rate("timely", former).numerator == 0 and rate("timely", leading).numerator == 1
    assert rate("disposal", former).value == 0 and rate("disposal", leading).value == 1
    assert rate("return", former).value == 1 and rate("return", leading).value == 0
    assert rate("reply", former).denominator == 0 and rate("reply", leading).value == 1
    assert rules.seen_by(3, [order]) == []


def test_outside_the_centre_a_verifying_is_told_when_it_is_over() -> None:
    order = OrderFact(
        id=1,
        number="",
        state="second_check",
        verified=True,
        satisfaction="满意",
        second_called=True,
        clocks=(ClockFact("second_check", "late", True, DUE, role="centre"),),
    )
    seen = rules.veiled(order)
    assert not (seen.clocks or seen.second_called or seen.verified or seen.satisfaction)
    assert rules.veiled(OrderFact(id=1, number="", state="closed", verified=True)).verified


def test_only_more_than_chance_rises() -> None:
    assert chance.rises(5, [0, 0, 0, 0]) and chance.rises(9, [2, 2, 1, 2])
    assert not chance.rises(2, [0, 0, 0, 0]) and not chance.rises(4, [2, 2, 1, 2])
    assert not chance.rises(12, [10, 9, 11, 10]) and not chance.rises(9, [])


@given(st.integers(0, 60), st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_more_cases_never_rise_less(now: int, past: list[int]) -> None:
    assert chance.rises(now + 1, past) or not chance.rises(now, past)


def test_under_thirty_nothing_is_ranked() -> None:
    assert not rate("satisfaction", answered(29, "满意")).may_rank
    assert rate("satisfaction", answered(30, "满意")).may_rank


def test_a_reason_that_a_pack_names_is_known() -> None:
    for file in (SHIPPED / "sh-lhsr-2013.yaml", *(SHIPPED / "readings").glob("*.yaml")):
        shipped = read(file.read_text("utf-8"))
        named = {reason for reasons in shipped.exclusions.values() for reason in reasons}
        assert named <= REASONS.keys()


def test_a_granted_appeal_takes_the_order_out_of_its_rate_for_its_unit_only() -> None:
    late = ClockFact("dispose", "late", True, DUE, unit=1)
    order = OrderFact(
        id=1, number="", unit=2, leads=(1, 2), disposed=True, dispatched_at=DUE,
        clocks=(late, replace(late, unit=2)), exempted=frozenset({(1, "timely")}),
    )  # fmt: skip
    whole = rate("timely", [order])
    assert (whole.denominator, whole.excluded, whole.raw_value) == (0, {"exempted": 1}, 0.0)
    assert whole.excluded_tops == {"exempted": 0.0}
    assert rate("disposal_timely", [order]).excluded == {}
    appealed, other = (rate("timely", rules.seen_by(unit, [order])) for unit in (1, 2))
    assert appealed.excluded == {"exempted": 1} and other.value == 0.0


def test_a_reason_of_the_pack_stands_before_the_exemption() -> None:
    row = OrderFact(
        id=1, number="", disposed=True, reasons=frozenset({"held"}),
        exempted=frozenset({(1, "reply")}),
    )  # fmt: skip
    assert rate("reply", [row]).excluded == {"held": 1}


def test_coverage_and_rework_leave_out_what_their_kin_leave_out() -> None:
    shipped = read((SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8"))
    for code, kin in (("coverage", "reply"), ("rework", "solved"), ("first_time", "solved")):
        said, of_kin = (rules.terms(rules.DEFINITIONS[one], shipped) for one in (code, kin))
        assert said.reasons == of_kin.reasons != []


def test_every_name_is_told_in_english() -> None:
    with translation.override("en"):
        told = [
            *(str(row.name) for row in rules.DEFINITIONS.values()),
            *(
                str(part)
                for told in (*MEANINGS.values(), *call_rates.DEFINITIONS.values())
                for part in (told.below, told.above, told.source)
            ),
            *(str(said) for said in (*REASONS.values(), *GROUNDS.values())),
            *(str(stage[2]) for stage in stages.STAGES),
            words.solved(rate("solved", []), {"year": 0.01, "period": -0.02}),
            words.timely(rate("timely", [])),
            words.grows({"street": "", "category": "", "now": 4, "before": 0.5}),
            words.below([("", rate("solved", [])), ("", rate("solved", []))], rate("solved", [])),
            words.lost({"name": "", "share": 0.5, "median": 2.0, "n": 3}),
            words.as_table({code: rate(code, answered(1, "一般")) for code in rules.DEFINITIONS}),
        ]
    assert not [text for text in told if any(unicodedata.east_asian_width(c) == "W" for c in text)]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 12))
def test_each_day_is_in_one_year_of_assessment(day: dt.date, begins: int) -> None:
    number = years.assessment_year(day, begins)
    first, after = years.days_of_year(number, begins)
    assert first <= day < after and first.month == begins
    assert (after - dt.timedelta(days=1)).year == number
