"""Who may not see every order reads figures of those that he may see, and no others."""

from dataclasses import replace
from typing import Any

import pytest

from suqiu.base import clock
from suqiu.figures import access, gathered, keeping, queries
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.heat import heat
from suqiu.figures.rules import FOUR
from suqiu.figures.trace import readable
from suqiu.orders.models import Obligation, Order, Seat
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, OTHER, City
from tests.figures.areas import bare, wide
from tests.figures.test_queries import closed
from tests.figures.test_rollups import (
    _a_day,
    _closed,
    _elsewhere,
    _given_to_another,
    _late,
    _returned,
    _waived,
    _withdrawn,
    differing,
    follow,
)

pytestmark = pytest.mark.django_db
WHERE = gathered._where
PARTS = ("numerator", "denominator")


def test_who_may_not_see_every_order_never_reads_the_sums(city: City) -> None:
    order = closed(city)
    follow()
    cohort = wide("closed_in")
    assert access.may_read(city.leader, cohort)
    for actor in (city.handler, city.hub, city.outsider):
        assert not access.may_read(actor, cohort)
    assert not access.may_read(replace(city.leader, sources=frozenset({"12345"})), cohort)
    # One of the accused unit sees nothing of what it is accused of, not even in a sum.
    Seat.objects.create(order=order, unit=city.squad, role="accused", opened=clock.now())
    accused = replace(city.leader, posts=city.leader.posts | city.handler.posts)
    assert not access.may_read(accused, cohort)
    assert Board(cohort, accused).volumes(cohort) == {}


@pytest.mark.parametrize("narrow", [{}, {"region": True}, {"unit": True}])
def test_who_may_see_some_orders_reads_the_facts_of_those_that_ended(
    city: City, narrow: dict[str, bool]
) -> None:
    for step in (_late, _returned, _given_to_another, _elsewhere, _a_day, _withdrawn, _closed):
        step(city)
    order = closed(city)
    Seat.objects.create(order=order, unit=city.other_squad, role="accused", opened=clock.now())
    Obligation.objects.filter(order=order, code="review").update(outcome="late", late=True)
    follow()
    keeping.refresh([order.pk])
    dims: dict[str, Any] = {"region": order.region_id, "unit": city.squad.pk}
    cohort = replace(wide("closed_in"), **{name: dims[name] for name in narrow})
    accused = replace(city.leader, posts=city.leader.posts | {("handler", city.other_squad.pk)})
    seen = {}
    for by in (city.hub, city.handler, city.outsider, accused):
        assert not Board(cohort, by).summed
        for group in (None, *(g for g in queries.GROUPS if g != "unit" or "unit" not in narrow)):
            slow, quick = queries.rates(cohort, by, group), Board(cohort, by).rates(cohort, group)
            assert {
                key: {code: bare(rate) for code, rate in row.items() if code in readable(by)}
                for key, row in slow.items()
            } == quick, (by.id, group)
        for code, rate in queries.rates(cohort, by)[""].items():
            behind = [queries.orders_behind(cohort, by, code, part) for part in PARTS]
            assert [tuple(ids) for ids in behind] == [rate.numerator_ids, rate.denominator_ids]
        seen[by.id] = Board(cohort, by).volumes(cohort)
    assert len({str(n) for n in seen.values()}) > 1  # they do see different orders


def test_a_hub_reads_the_sums_of_the_orders_at_which_it_sits(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in (_late, _given_to_another, _closed, _a_day, _closed, _withdrawn, _waived, _closed):
        step(city)
    shut, other, gone = (closed(city) for _n in range(3))
    Seat.objects.filter(order=shut, unit__kind="hub").update(unit=city.other_squad)
    Order.objects.filter(pk=other.pk).update(
        region=OTHER, street=None
    )  # the hub of elsewhere sat there
    Order.objects.filter(pk=gone.pk).update(exit="discipline")
    follow()
    keeping.refresh([shut.pk, other.pk, gone.pk])
    cohort = replace(wide("closed_in"), region=DISTRICT)
    assert access.hub_of(city.hub, cohort) == next(iter(city.hub.units_as("hub")))
    slow = {group: queries.rates(cohort, city.hub, group) for group in (None, *queries.GROUPS)}
    sizes = queries.sizes(queries.facts(cohort, city.hub), cohort)
    counted = heat(cohort, city.leader)
    monkeypatch.setattr(gathered, "_where", _without_among)
    board = Board(cohort, city.hub)
    for group, rows in slow.items():
        quick = board.rates(cohort, group)
        assert {k: {c: bare(r[c]) for c in FOUR} for k, r in rows.items()} == quick, group
    assert board.volumes(cohort) == sizes != Board(cohort, city.leader).volumes(cohort)
    assert [row["n"] for row in board.lost]
    assert 0 < sum(map(sum, heat(cohort, city.hub).rows)) < sum(map(sum, counted.rows))
    assert differing() == []


def _without_among(cohort: Cohort, among: Any = None) -> Any:
    assert among is None, "asked order by order"
    return WHERE(cohort, among)


def test_who_sees_more_of_a_district_than_its_hub_or_less_does_not_read_its_sums(
    city: City,
) -> None:
    cohort = replace(wide("closed_in"), region=DISTRICT)
    (hub,) = city.hub.units_as("hub")
    wider = replace(city.hub, posts=city.hub.posts | city.handler.posts)
    assert access.hub_of(city.hub, cohort) == hub
    for by in (city.handler, city.leader, wider, replace(city.hub, sources=frozenset({"12345"}))):
        assert access.hub_of(by, cohort) is None
    assert access.hub_of(city.hub, replace(cohort, region=OTHER)) is None
    assert access.hub_of(city.hub, replace(cohort, region="")) is None
    order = closed(city)
    seat = Seat.objects.create(order=order, unit_id=hub, role="accused", opened=clock.now())
    assert access.hub_of(city.hub, cohort) is None
    seat.delete()
    Unit.objects.create(code="H-2", name="另一受理部门", kind="hub", region_id=DISTRICT)
    assert access.hub_of(city.hub, cohort) is None


def test_a_district_reads_the_figure_that_it_is_judged_by(city: City) -> None:
    """A clock of the centre's that ran out counts for all who see the ended order."""
    order = closed(city)
    Obligation.objects.filter(order=order, code="review").update(outcome="late", late=True)
    follow()
    keeping.refresh([order.pk])
    cohort = replace(wide("closed_in"), region=order.region_id or "")
    for by in (city.leader, city.hub):
        timely = Board(cohort, by).city["timely"]
        assert (timely.numerator, timely.denominator) == (0, 1)
    of_unit = replace(cohort, unit=city.squad.pk)
    assert Board(of_unit, city.handler).city["timely"].numerator == 1, "nobody by another's clock"
