"""Figures kept beside the orders are those that counting them anew gives, to the unit."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.appellants.actions import take_in
from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.callbacks.actions import record
from suqiu.figures import chance, gathered, keeping, queries, rollups, rules, stages, sums
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.models import FigureFact, FigureSum
from suqiu.figures.recount import RECOUNT
from suqiu.figures.rules import OrderFact
from suqiu.orders.actions import dispatch, returns
from suqiu.orders.actions.reopen import reopen, withdraw
from suqiu.orders.models import Order
from suqiu.policy.actions import SHIPPED
from suqiu.policy.rules import read
from tests.city import DISTRICT, MONDAY, OTHER, City
from tests.concurrency.threads import Together
from tests.figures.areas import AREAS, assert_same_area, bare, wide
from tests.figures.test_queries import closed
from tests.figures.test_rules import many

PACK = read((SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8"))
CELL = "basis, cut, key, span, day, pack, n, codes"


def follow() -> int:
    seal()
    return keeping.follow()


def differing() -> list[tuple[object, ...]]:
    """Cells that are kept and not counted, or counted and not kept."""
    kept = f"SELECT {CELL} FROM figures_figuresum"
    with connection.cursor() as cursor:
        cursor.execute(
            f"(({kept}) EXCEPT ALL SELECT {CELL} FROM ({RECOUNT}) a)"
            f" UNION ALL (SELECT {CELL} FROM ({RECOUNT}) b EXCEPT ALL ({kept}))"
        )
        return list(cursor.fetchall())


def assert_same(city: City, cohort: Cohort) -> None:
    # A unit's row among the orders of another unit is nobody's figure.
    for group in (None, *(g for g in queries.GROUPS if g != "unit" or not cohort.unit)):
        slow = queries.rates(cohort, city.leader, group)
        quick = rollups.rates(cohort, group)
        assert {k: {c: bare(r) for c, r in row.items()} for k, row in slow.items()} == quick, group


@given(many, st.integers(1, 4))
def test_sums_over_any_parts_give_the_rates_of_the_whole(
    facts: list[OrderFact], parts: int
) -> None:
    whole = {code: bare(rate) for code, rate in rules.compute(facts, {0: PACK}).items()}
    found: list[sums.Sum] = []
    for part in range(parts):
        for fact in facts[part::parts]:
            for code, weight in sums.counts(fact, PACK).items():
                rate, _, reason = code.partition(":")
                found.append(sums.Sum(0, rate, reason, 1, weight))
    assert sums.rates_of(found, {0: PACK}) == whole


def _late(city: City) -> None:
    city.dispatched()
    city.wait(hours=30)


def _returned(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    returns.ask_return(order, reason_code="remit", reason="现场核对不属本单位管辖", by=city.handler)
    returns.uphold_return(order, by=city.dispatcher)


def _given_to_another(city: City) -> None:
    for order in Order.objects.filter(state="accepted", returns__gt=0)[:1]:
        dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)


def _closed(city: City) -> None:
    closed(city)


def _unhappy(city: City) -> None:
    record(city.in_callback(), by=city.hub, outcome="refused")


def _reopened(city: City) -> None:
    for order in Order.objects.filter(state="closed")[:1]:
        reopen(order, reason="收摊后又占道", by=city.dispatcher)


def _withdrawn(city: City) -> None:
    withdraw(city.dispatched(), reason="诉求人撤回", by=city.dispatcher)


def _waived(city: City) -> None:
    quiet = take_in(name="李试", phone="13900000002", wants_callback=False, by=city.call_taker)
    city.replied(appellant=quiet)


def _elsewhere(city: City) -> None:
    """Another district, and another line, apart and together; one without a street."""
    for place in ({"region": OTHER, "street": None}, {"category": "G0101"}):
        Order.objects.filter(pk=city.dispatched().pk).update(**place)
        Order.objects.filter(pk=closed(city).pk).update(**place)
    both = {"region": OTHER, "street": None, "category": "G0101"}
    Order.objects.filter(pk=closed(city).pk).update(**both)


def _a_day(city: City) -> None:
    city.wait(days=3, hours=5)


def _followed(city: City) -> None:
    follow()


LIVES: list[Callable[[City], None]] = [
    _late, _returned, _given_to_another, _closed, _unhappy, _reopened, _withdrawn, _waived,
    _elsewhere, _a_day, _followed,
]  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives=st.lists(st.sampled_from(LIVES), min_size=2, max_size=7))
def test_what_is_kept_is_what_counting_gives(
    city: City, lives: list[Callable[[City], None]]
) -> None:
    """Whatever happens to the orders, and whenever the follower came by between."""
    clock.set_to(MONDAY)
    with transaction.atomic():
        for step in (_closed, *lives):
            step(city)
        follow()
        assert differing() == []
        for basis in keeping.BASES:
            assert_same(city, wide(basis))
            for narrow in AREAS[1:]:
                assert_same_area(city, replace(wide(basis), **narrow))
        transaction.set_rollback(True)


def test_an_entry_that_is_followed_again_changes_nothing(city: City) -> None:
    order = closed(city)
    follow()
    before = sorted(FigureSum.objects.values_list("pk", "n", "codes"))
    for _again in range(2):
        assert keeping.refresh([order.pk]) == 1
    assert sorted(FigureSum.objects.values_list("pk", "n", "codes")) == before
    assert follow() == 0 and FigureFact.objects.count() == 1


def test_time_alone_makes_an_order_late_in_the_sums(city: City) -> None:
    city.dispatched()
    follow()
    cohort = wide("accepted_in")
    assert rollups.rates(cohort)[""]["first_contact"].denominator == 0
    city.wait(hours=3)
    assert keeping.follow() == 1
    made = rollups.rates(cohort)[""]
    assert (made["first_contact"].value, made["sign_in"].value) == (0.0, 0.0)
    assert keeping.follow() == 0


@pytest.mark.parametrize("basis", keeping.BASES)
def test_a_cohort_of_several_places_is_summed_from_facts(city: City, basis: str) -> None:
    order = closed(city)
    _returned(city)
    _given_to_another(city)
    follow()
    assert order.category
    dims: dict[str, Any] = {
        "region": order.region_id,
        "line": order.category.line,
        "unit": city.squad.pk,
    }
    dims |= {"street": city.street.pk, "source": order.source_id, "category": order.category_id}
    for names in (
        ("region", "line"),
        ("unit", "region"),
        ("unit",),
        ("street", "source"),
        ("category",),
    ):
        cohort = replace(wide(basis), **{name: dims[name] for name in names})
        assert rollups.volumes(cohort)[""] > 0
        assert_same(city, cohort)
    assert rollups.volumes(replace(wide(basis), region="310104", line="X")) == {}


@pytest.mark.parametrize("narrow", [{}, {"region": True}, {"unit": True, "region": True}])
def test_the_orders_behind_are_those_that_were_summed(city: City, narrow: dict[str, bool]) -> None:
    order = closed(city)
    for step in (_late, _returned, _given_to_another, _unhappy, _withdrawn, _waived):
        step(city)
    follow()
    dims: dict[str, Any] = {"region": order.region_id, "unit": city.squad.pk}
    cohort = replace(wide("accepted_in"), **{name: dims[name] for name in narrow})
    for code, rate in queries.rates(cohort, city.leader)[""].items():
        assert tuple(gathered.behind(cohort, code, "denominator")) == rate.denominator_ids
        assert tuple(gathered.behind(cohort, code, "numerator")) == rate.numerator_ids
        for reason, ids in rate.excluded_ids.items():
            assert tuple(gathered.behind(cohort, code, "excluded", reason)) == ids
        out = sorted(pk for ids in rate.excluded_ids.values() for pk in ids)
        assert gathered.behind(cohort, code, "excluded") == out
    assert gathered.behind(cohort, sums.ALL, "") == queries.orders_behind(
        cohort, city.leader, "orders"
    )
    hours = stages.hours_of(cohort, city.leader)["order.sign"]
    signed = gathered.behind(cohort, "", "stage:order.sign")
    assert {f"order:{pk}" for pk in signed} == set(hours)


@pytest.mark.parametrize(
    "narrow", [{}, {"region": "310104"}, {"line": "C"}, {"region": "310104", "line": "C"}]
)
def test_hours_are_told_from_bins_five_percent_wide(city: City, narrow: dict[str, str]) -> None:
    for _order in range(3):
        closed(city)
        city.wait(days=1)
    follow()
    cohort = replace(wide("closed_in"), **narrow)
    slow, quick = stages.time_lost(cohort, city.leader), rollups.lost(cohort)
    exact = rollups.lost(replace(cohort, street=city.street.pk))
    for one, other, third in zip(slow, quick, exact, strict=True):
        assert (one["code"], one["n"], one["name"]) == (other["code"], other["n"], other["name"])
        assert one["share"] == pytest.approx(other["share"], abs=0.01)
        assert abs(one["median"] - other["median"]) <= max(0.025 * one["median"], 1 / 60)
        assert third["p90"] == pytest.approx(one["p90"], abs=0.001)
    assert rollups.lost(replace(cohort, region="310101")) == []


@given(st.integers(0, 10**8))
def test_no_duration_lies_further_from_its_bin_than_said(seconds: int) -> None:
    stands = chance.middle(chance.bin_of(seconds))
    assert abs(stands - seconds) <= max(30, 0.0251 * seconds)


def test_what_rises_is_the_same_from_sums(city: City) -> None:
    for days in (0, 0, 0, 0, 8, 1):
        city.dispatched()
        city.wait(days=days)
    follow()
    last = clock.midnight(clock.today() + dt.timedelta(days=1))
    narrows: list[dict[str, Any]] = [
        {}, {"region": DISTRICT}, {"line": "C"}, {"region": DISTRICT, "line": "C"},
        {"category": "C0101"}, {"street": city.street.pk, "line": "C"},
    ]  # fmt: skip
    for narrow in narrows:
        cohort = replace(Cohort("closed_in", last - dt.timedelta(days=12), last), **narrow)
        found = rollups.places(cohort, 5, 3)
        assert [(one[0], one[2]) for one in found] == [("C0101", [0, 0, 0, 0, 6])]
    for narrow in ({"region": OTHER}, {"line": "G"}, {"region": OTHER, "line": "C"}):
        cohort = replace(Cohort("closed_in", last - dt.timedelta(days=12), last), **narrow)
        assert rollups.places(cohort, 5, 3) == []


def test_built_anew_is_what_was_followed(city: City) -> None:
    closed(city)
    _late(city)
    follow()
    kept = sorted(FigureSum.objects.values_list(*CELL.split(", ")))
    FigureSum.objects.all().delete()
    FigureFact.objects.all().delete()
    assert keeping.rebuild() == 2
    assert sorted(FigureSum.objects.values_list(*CELL.split(", "))) == kept


def test_the_board_says_the_same_from_sums_and_counts_no_order(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (0, 0, 0, 0, 8, 1):
        closed(city)
        city.wait(days=days)
    _late(city)
    last = clock.midnight(clock.today() + dt.timedelta(days=1))
    cohort = Cohort("closed_in", last - dt.timedelta(days=12), last)
    counted = Board(cohort, city.leader)
    assert not counted.summed
    told = _told(counted)
    follow()
    summed = Board(cohort, city.leader)
    monkeypatch.setattr(queries, "facts", None)  # to count would fail
    assert summed.summed and _told(summed) == told


def _told(board: Board) -> dict[str, Any]:
    return {
        "said": [one.text.split(" %")[0] for one in board.headline()],
        "against": board.against,
        "moved": board.moved,
        "city": {code: bare(rate) for code, rate in board.city.items()},
        "regions": {k: {c: bare(r) for c, r in row.items()} for k, row in board.regions.items()},
        "composed": board.composition(),
        "hot": [{k: v for k, v in row.items() if k != "ids"} for row in board.hot],
        "trend": [
            ({c: bare(r) for c, r in rates.items()}, n)
            for span in ("week", "month")
            for _part, rates, n in board.trend(span)
        ],
    }


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_followers_at_once_lose_and_double_nothing(city: City) -> None:
    orders = [city.dispatched() for _n in range(6)]
    follow()

    def write(mine: list[Order]) -> None:
        for order in mine:
            dispatch.sign(order, by=city.handler)
            withdraw(order, reason="诉求人撤回", by=city.dispatcher)

    def keep() -> int:
        return sum(follow() for _again in range(15))

    answers = Together(lambda: write(orders[:3]), lambda: write(orders[3:]), keep, keep).finish()
    assert [a for a in answers if isinstance(a, BaseException)] == []
    follow()
    assert differing() == []
    assert rollups.volumes(wide("closed_in")) == {"": 6}
    for basis in keeping.BASES:
        assert_same(city, wide(basis))
