"""Difficult orders (疑难): marked by hand or by the pack's rule, once, with the reason on the order."""

import datetime as dt

import pytest

from suqiu.audit.jobs import seal
from suqiu.audit.models import Statement
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.errors import NotAllowed, WrongState
from suqiu.orders.actions import pairs, waits
from suqiu.orders.models import Order
from suqiu.policy.rules import DifficultSpec
from suqiu.supervision.meetings import jobs, queries
from suqiu.supervision.meetings.rules import difficult_by
from tests.city import City

pytestmark = pytest.mark.django_db


def followed() -> int:
    seal()
    return jobs.follow_orders()


def held(city: City) -> Order:
    order = city.signed()
    waits.ask_hold(order, until=clock.today() + dt.timedelta(days=9), reason="等产权", by=city.head)
    return waits.grant_hold(order, by=city.dispatcher)


def test_by_hand_with_a_reason_and_back_by_another_post(city: City) -> None:
    order = pairs.mark_difficult(city.signed(), reason="两区交界", by=city.dispatcher)
    assert order.difficult
    told = chain(order.chain)[-1]
    assert told.kind == "order.mark_difficult" and "两区" not in str(told.data)
    assert Statement.objects.get(entry=told).words == {"reason": "两区交界"}
    with pytest.raises(WrongState) as twice:
        pairs.mark_difficult(order, reason="又标", by=city.inspector)
    assert twice.value.code == "difficult.already"
    with pytest.raises(NotAllowed):
        pairs.clear_difficult(order, reason="好了", by=city.dispatcher)
    assert not pairs.clear_difficult(order, reason="会诊过了", by=city.leader).difficult


def test_a_unit_marks_nothing(city: City) -> None:
    with pytest.raises(NotAllowed):
        pairs.mark_difficult(city.signed(), reason="太难", by=city.head)


def test_what_is_put_on_hold_is_difficult_by_rule_and_marked_once(city: City) -> None:
    order = held(city)
    assert followed() == 1
    assert followed() == 0
    order.refresh_from_db()
    assert order.difficult
    assert [e.kind for e in chain(order.chain)].count("order.mark_difficult") == 1
    assert [o.pk for o in queries.difficult(city.inspector, order.drafted_at, 9)] == [order.pk]


def test_what_a_person_cleared_is_not_marked_again_for_the_same_event(city: City) -> None:
    order = held(city)
    followed()
    pairs.clear_difficult(order, reason="产权清楚了", by=city.leader)
    assert followed() == 0
    order.refresh_from_db()
    assert not order.difficult


@pytest.mark.parametrize(
    ("rounds", "returns", "on_hold", "why"),
    [(1, 0, False, ""), (2, 1, False, ""), (3, 0, False, "rework"), (1, 2, False, "returned"), (1, 0, True, "held")],
)  # fmt: skip
def test_the_rule_of_the_pack(rounds: int, returns: int, on_hold: bool, why: str) -> None:
    spec = DifficultSpec()
    assert difficult_by(spec, rounds=rounds, returns=returns, held=on_hold) == why
    never = DifficultSpec(rework=None, returned=None, held=False)
    assert difficult_by(never, rounds=rounds, returns=returns, held=on_hold) == ""
