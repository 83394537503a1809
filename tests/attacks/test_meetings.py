"""Meetings: an order that may no more be spoken of is not on the table any more."""

import datetime as dt

import pytest

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.orders.actions import exits
from suqiu.supervision.meetings.actions import holding, planning
from suqiu.supervision.meetings.models import Decision, Item, Meeting
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
WORDS = "三楼老王家反映,中队张某收了摊贩的钱"


def called(city: City) -> tuple[Meeting, Item]:
    order = city.signed()
    at = clock.now() + dt.timedelta(days=1)
    row = planning.plan(kind="study", title="疑难件会", at=at, by=city.inspector)
    item = planning.add(
        row, kind="difficult", title="占道", words=WORDS, order=order.number, by=city.inspector
    )
    planning.invite(row, [city.squad], by=city.inspector)
    return planning.call(row, by=city.inspector), item


def test_what_went_to_discipline_is_off_the_units_agenda(city: City) -> None:
    """The list of orders kept it back; the agenda it stood on before did not."""
    row, item = called(city)
    path = f"/meetings/{row.number}"
    assert WORDS in client_of(city.head).get(path).content.decode()
    assert item.order
    exits.to_discipline(item.order, reason="反映违纪", by=city.inspector)
    page = client_of(city.head).get(path).content.decode()
    assert WORDS not in page and item.order.number not in page
    assert WORDS in client_of(city.inspector).get(path).content.decode()


@pytest.mark.parametrize("key", ["²", "٣", "9" * 30, "-1", "a\x00"])
@pytest.mark.parametrize("act", ["say", "fulfil"])
def test_a_point_that_is_none(city: City, act: str, key: str) -> None:
    row, _item = called(city)
    given = {"item": key, "decision": key, "words": "x", "unit": str(city.squad.pk)}
    assert (
        client_of(city.inspector).post(f"/meetings/{row.number}/do/{act}", given).status_code < 500
    )


def test_a_point_of_another_meeting_is_not_of_this_one(city: City) -> None:
    one, item = called(city)
    other, _item = called(city)
    holding.hold(other, came={city.squad.pk}, by=city.inspector)
    given = {"item": str(item.pk), "words": "另一个会上的话", "unit": str(city.squad.pk)}
    client_of(city.inspector).post(f"/meetings/{other.number}/do/say", given)
    assert not item.sayings.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_decision_is_not_due_beyond_time(city: City, day: str) -> None:
    row, item = called(city)
    holding.hold(row, came={city.squad.pk}, by=city.inspector)
    given = {"item": str(item.pk), "words": "办", "owner": str(city.squad.pk), "until": day}
    answer = client_of(city.inspector).post(f"/meetings/{row.number}/do/decide", given)
    assert answer.status_code < 500
    assert not Decision.objects.exists()


def test_who_was_of_the_owner_does_not_confirm(city: City) -> None:
    """Moved to the centre after the decision, he would say of his own unit that it is done."""
    from suqiu.base.errors import NotAllowed

    row, item = called(city)
    holding.hold(row, came={city.squad.pk}, by=city.inspector)
    until = clock.today() + dt.timedelta(days=3)
    made = holding.decide(item, words="值守", owner=city.squad, until=until, by=city.inspector)
    holding.fulfil(made, words="已值守", by=city.head)
    moved = Actor(
        "person:990001",
        city.inspector.posts,
        former=frozenset({("head", city.squad.pk, clock.today() - dt.timedelta(days=1))}),
    )
    with pytest.raises(NotAllowed):
        holding.confirm(made, by=moved)
    holding.confirm(made, by=city.inspector)
