"""The demo's visits in small: by the proposed route, found, handled, verified by others, promised, kept."""

import datetime as dt
import random

import pytest

from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.demo import people, run, visiting
from suqiu.orders.models import Hand, Order
from suqiu.supervision.visits.models import Commitment, Stop, Visit
from tests.city import City

pytestmark = pytest.mark.django_db
HALF_DAY = dt.timedelta(hours=12)


def test_the_months_visits_find_and_what_they_find_is_solved(city: City) -> None:
    people.holders.cache_clear()
    people.in_unit.cache_clear()
    clock.set_to(run.START)
    span = (run.START, run.START + dt.timedelta(days=28))
    pace = (HALF_DAY, 2 * HALF_DAY)
    world = run.World(random.Random(1), lambda line: None, span=span, pace=pace)
    visiting.invite(world, run.START)
    world.live()
    assert not Visit.objects.exclude(state="closed").exists()
    assert not world.refused, world.refused
    assert Stop.objects.exclude(arrived_at=None).count() >= 6  # two districts of three streets each
    told = visiting.summary()
    assert told["found"] >= 2 and told["closed"] >= 1
    for order in Order.objects.filter(source="VISIT"):
        there = set(Hand.objects.filter(order=order).values_list("actor", flat=True))
        assert len(there) >= 2
        assert not there & set(order.verifications.values_list("by", flat=True))
    assert Order.objects.filter(source="VISIT", result="solved").exists()
    assert Commitment.objects.exclude(kept=None).exists()
    assert audit.verify().problems == []
    people.holders.cache_clear()
    people.in_unit.cache_clear()
