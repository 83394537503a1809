"""One who asked for secrecy is told by the centre; the unit writes and never calls."""

import datetime as dt

import pytest

from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.figures.facts import read
from suqiu.orders.actions import dispose, secret, verify
from suqiu.orders.models import Contact, Feedback, Obligation, Order
from tests.city import City

HIDDEN = {"confidential": True, "paraphrase": "某路口夜间摊贩占道"}


def passed(city: City, **more: object) -> Order:
    return dispose.pass_disposal(city.disposed(**HIDDEN, **more), by=city.head)


def drafted(city: City) -> Order:
    return secret.draft_reply(passed(city), words="已安排值守两周", by=city.handler)


def test_the_unit_neither_calls_nor_replies(city: City) -> None:
    with pytest.raises(WrongState, match="中心"):
        dispose.contact(city.signed(**HIDDEN), reached=True, way="电话", by=city.handler)
    order = passed(city)
    with pytest.raises(WrongState, match="中心"):
        dispose.reply(order, words="已告知", by=city.handler)
    with pytest.raises(WrongState, match="还没有拟好"):
        secret.convey_reply(order, reached=True, by=city.call_taker)


def test_first_the_unit_owes_the_words_then_the_centre_the_call(city: City) -> None:
    order = passed(city)
    owed = Obligation.objects.select_related("seat").filter(order=order, outcome="open")
    assert {(o.code, o.seat.role) for o in owed} == {("reply_words", "lead")}
    order = secret.draft_reply(order, words="已安排值守两周", by=city.handler)
    assert {(o.code, o.seat.role) for o in owed.all()} == {("convey", "centre")}
    with pytest.raises(WrongState, match="已拟好"):
        secret.draft_reply(order, words="再写一遍", by=city.handler)
    order = secret.convey_reply(order, reached=True, by=city.call_taker)
    assert order.state == "replied"
    told = Feedback.objects.get(order=order)
    assert (told.words, told.by, told.seat.role) == ("已安排值守两周", city.call_taker.id, "centre")
    assert Obligation.objects.get(order=order, code="convey").outcome == "met"
    assert not Obligation.objects.filter(order=order, code__in=["first_contact", "reply"]).exists()


def test_who_is_not_reached_is_tried_as_often_as_the_pack_says(city: City) -> None:
    order = drafted(city)
    with pytest.raises(Invalid, match="原因"):
        secret.convey_reply(order, reached=False, by=city.call_taker)
    for _ in range(3):
        order = secret.convey_reply(order, reached=False, reason="无人接听", by=city.call_taker)
        assert order.state == "disposed", "three times on one day are not two days"
    city.wait(days=1)
    order = secret.convey_reply(order, reached=False, reason="关机", by=city.call_taker)
    assert order.state == "replied"
    assert Contact.objects.filter(order=order, reached=False).count() == 4
    assert not Feedback.objects.get(order=order).reached
    (fact,) = read(Order.objects.filter(pk=order.pk))
    assert fact.replied, "the attempts are the evidence of a reply"
    assert [c.unit for c in fact.clocks if c.metric == "reply"] == [
        order.seats.get(role="centre").unit_id
    ]


def test_one_miss_is_no_reply(city: City) -> None:
    order = secret.convey_reply(drafted(city), reached=False, reason="关机", by=city.call_taker)
    (fact,) = read(Order.objects.filter(pk=order.pk))
    assert not fact.replied
    with pytest.raises(WrongState):
        verify.review(order, by=city.dispatcher)


def test_who_conveyed_it_neither_reviews_nor_verifies(city: City) -> None:
    order = secret.convey_reply(drafted(city), reached=True, by=city.dispatcher)
    with pytest.raises(NotAllowed, match="经手"):
        verify.review(order, by=city.dispatcher)


def test_the_words_carry_no_number(city: City) -> None:
    with pytest.raises(Invalid, match="电话"):
        secret.draft_reply(passed(city), words="请打１３９００００００１１", by=city.handler)


def test_the_reply_is_owed_within_the_same_two_days(city: City) -> None:
    order = drafted(city)
    row = Obligation.objects.get(order=order, code="convey")
    assert row.due == dt.datetime(2026, 9, 15, 16, tzinfo=dt.UTC)
