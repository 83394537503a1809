"""What was written where an order was found leaves with the order's words; that somebody was there stays."""

import pytest

from suqiu.audit.queries import chain, verify
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import WrongState
from suqiu.catalogue.models import Door
from suqiu.files.actions import forget_unlinked, receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.orders.actions import accept
from suqiu.retention import actions
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.actions import going
from suqiu.supervision.visits.models import Problem
from suqiu.supervision.visits.routes import NewStop
from tests.city import City
from tests.pictures import photo
from tests.retention.test_retention import (  # noqa: F401
    MARK,
    found_in_database,
    officer,
    schedule,
)
from tests.supervision.test_visits import found, logged, planned

pytestmark = pytest.mark.django_db


def test_all_that_was_written_at_the_stop_leaves_with_the_order(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    visit = planned(city, stops=[NewStop(city.street, aim=f"{MARK}看", place=f"{MARK}路口")])
    file = receive(photo(), name="a.jpg", limits=Limits(), by=city.inspector)
    stop = logged(city, visit, seen=f"{MARK}推车", photos=[file])
    first, second = (found(city, stop, content=f"{MARK}{n}号门口占道") for n in (1, 2))
    made = going.promise(
        stop, owner=city.squad, words=f"{MARK}延时", until=clock.today(), by=city.inspector
    )
    for order in (first, second):
        accept.reject(order, door=Door.objects.get(code="OTHER"), by=city.call_taker)
    with pytest.raises(WrongState) as refused:  # people are still out there
        actions.erase(first.number, reason="书面要求", by=officer)
    assert refused.value.code == "erase.in_hand"
    going.close(visit, summary=f"{MARK}小结", by=city.inspector)
    going.settle(made, kept_it=True, note=f"{MARK}延了", by=city.leader)
    tables = {table for table, _mark in found_in_database(MARK)}
    assert tables >= {"visits_stop", "visits_commitment", "visits_visit", "audit_statement"}

    kinds = [e.kind for e in chain(visit.chain)]
    actions.erase(first.number, reason="书面要求", by=officer)
    # The summary speaks of the second as well, and leaves with it.
    left = {table for table, _mark in found_in_database(MARK)}
    assert left <= {"visits_visit", "audit_statement", "orders_order"}
    actions.erase(second.number, reason="书面要求", by=officer)
    assert found_in_database(MARK) == []
    stop.refresh_from_db()
    assert stop.arrived_at and stop.seen == "" and not stop.photos.exists()
    assert (
        Problem.objects.count() == 2
        and queries.coverage(city.leader)[stop.street.region_id].visited == 1
    )
    assert [k for k in (e.kind for e in chain(visit.chain)) if k != "audit.erased"] == kinds
    city.wait(days=2)
    forget_unlinked(by=officer)
    assert not File.objects.filter(pk=file.pk).exists()
    assert not verify().problems
