"""The orders judged under another pack; the one that was in force differs by nothing."""

from typing import Any

import pytest
import yaml

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.figures.exempting import exempt
from suqiu.figures.replay import Replay, replay
from suqiu.orders.models import Obligation
from suqiu.policy.actions import SHIPPED
from suqiu.policy.rules import Pack, read
from tests.city import City
from tests.figures.test_queries import closed
from tests.figures.test_rollups import (
    _given_to_another,
    _late,
    _returned,
    _withdrawn,
    bare,
    wide,
)

SHIPPED_PACK = (SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8")


def other(**changes: Any) -> Pack:
    return read(yaml.safe_dump({**yaml.safe_load(SHIPPED_PACK), **changes}, allow_unicode=True))


def slower(code: str, n: int, unit: str) -> Pack:
    """The pack with one limit for everybody in the place of its own for this clock."""
    body = yaml.safe_load(SHIPPED_PACK)
    for spec in body["obligations"]:
        if spec["id"] == code:
            spec["limit"] = {"n": n, "unit": unit}
    return read(yaml.safe_dump(body, allow_unicode=True))


@pytest.mark.parametrize("basis", ["accepted_in", "due_in", "closed_in"])
def test_the_pack_that_was_in_force_differs_by_nothing(city: City, basis: str) -> None:
    closed(city)
    for step in (_late, _returned, _given_to_another, _withdrawn):
        step(city)
    found: Replay = replay(wide(basis), read(SHIPPED_PACK), by=city.leader)
    assert found.orders > 0 and found.moved == [] and found.changes == {}
    assert found.not_judged == []
    assert {c: bare(r) for c, r in found.now.items()} == {
        c: bare(r) for c, r in found.before.items()
    }


def test_a_longer_limit_acquits_who_was_late_under_the_shorter(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    row = Obligation.objects.get(order=order, code="first_contact")
    assert row.due < clock.now()
    found = replay(wide("accepted_in"), slower("first_contact", 9, "natural_hour"), by=city.leader)
    assert [(one.number, one.late_before, one.late_now) for one in found.moved] == [
        (order.number, ("first_contact",), ())
    ]
    assert found.before["timely"].value == 0.0
    assert found.before["first_contact"].denominator == 1
    # Under the other pack it still runs, and so is not decided.
    assert found.now["first_contact"].denominator == 0 and "timely" in found.changes


def test_weights_of_another_pack_change_the_rate(city: City) -> None:
    closed(city)
    found = replay(
        wide("closed_in"),
        other(satisfaction={"满意": 1, "基本满意": 0.5, "不满意": 0}),
        by=city.leader,
    )
    assert found.changes == {"satisfaction": pytest.approx(-0.3)} and found.moved == []


def test_a_unit_replays_its_own_orders_only(city: City) -> None:
    closed(city)
    assert replay(wide("closed_in"), read(SHIPPED_PACK), by=city.outsider).orders == 0
    assert replay(wide("closed_in"), read(SHIPPED_PACK), by=city.handler).orders == 1


def test_other_thresholds_of_signals_move_nothing(city: City) -> None:
    closed(city)
    _late(city)
    body = yaml.safe_load(SHIPPED_PACK)["signals"]
    tight = {**body, "verdict_days": 1, "opposed": {"gap": 1, "within_days": 300}}
    found = replay(wide("accepted_in"), other(signals=tight), by=city.leader)
    assert found.orders > 0 and found.moved == [] and found.changes == {}


def test_an_exempted_order_as_met_changes_its_rate_only(city: City) -> None:
    order = closed(city)
    exempt(order.pk, unit=city.squad.pk, rate="satisfaction", by=system("test"))
    found = replay(wide("closed_in"), other(exempted={"satisfaction": "met"}), by=city.leader)
    assert set(found.changes) == {"satisfaction"} and found.moved == []
    before, now = found.before["satisfaction"], found.now["satisfaction"]
    assert (before.value, now.value, now.met) == (None, 1.0, 1)
    assert before.raw_value == now.raw_value == 0.8
