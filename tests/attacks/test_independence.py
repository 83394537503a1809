"""Nobody verifies, reviews or rules on what he or his unit handled, by no sequence of posts."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from suqiu.accounts.actions import end_post, give_post
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import NotAllowed
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.orders.actions import returns, verify, waits
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.inspections import actions as inspections
from suqiu.supervision.inspections import queries as inspected
from tests.city import City
from tests.desk.test_pages import client_of
from tests.portal.work import closed

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("demo")
SECTION_ROLES = ("dispatcher", "callback_officer", "inspector")


def moved(city: City, *, last: str = "stays", role: str = "head") -> Actor:
    """One of the squad who did nothing himself, and now holds the centre's posts. `last`: still in the
    squad, relieved today, or relieved long before."""
    section = Unit.objects.filter(kind="section").order_by("code")[0]
    person = Person.objects.create(username="moved", name="试", password="!")
    since = clock.today() - dt.timedelta(days=60)
    post = give_post(person, unit=city.squad, role=role, since=since, by=BY)
    for inside in SECTION_ROLES:
        give_post(person, unit=section, role=inside, by=BY)
    if last == "today":
        end_post(post, by=BY)
    if last == "before":
        post.until = clock.today() - dt.timedelta(days=20)
        post.save()
    return actor_for(Person.objects.get(pk=person.pk))


def drawn(city: City) -> Order:
    order = city.in_callback()
    Order.objects.filter(pk=order.pk).update(second_due=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "drawn", lambda *_args: True)
        record(order, by=city.hub, outcome="reached", answer=AnswerGiven("yes"))
    order.refresh_from_db()
    assert order.state == "second_check"
    return order


DEEDS: dict[str, Callable[[City, Order, Actor], object]] = {
    "review": lambda c, o, by: verify.review(o, by=by),
    "first": lambda c, o, by: record(o, by=by, outcome="reached", answer=AnswerGiven("yes")),
    "second": lambda c, o, by: record(o, by=by, outcome="reached", answer=AnswerGiven("yes")),
    "close": lambda c, o, by: verify.close(o, by=by),
    "rework": lambda c, o, by: verify.rework(o, reason="再办", by=by),
    "return": lambda c, o, by: returns.uphold_return(o, by=by),
    "extension": lambda c, o, by: waits.grant_extension(o, by=by),
    "hold": lambda c, o, by: waits.grant_hold(o, by=by),
}


def brought(city: City, deed: str) -> Order:
    """An order at which this deed is next."""
    if deed in {"review", "rework"}:
        return city.replied()
    if deed == "first":
        return city.in_callback()
    if deed in {"second", "close"}:
        order = drawn(city)
        if deed == "close":
            record(order, by=city.inspector, outcome="reached", answer=AnswerGiven("yes"))
        return order
    order = city.signed()
    if deed == "return":
        returns.ask_return(order, reason_code="remit", reason="不属本单位", by=city.handler)
    elif deed == "extension":
        waits.ask_extension(order, days=3, reason="须再协调", by=city.handler)
    else:
        until = clock.today() + dt.timedelta(days=30)
        waits.ask_hold(order, until=until, reason="条件不具备", by=city.handler)
    return order


@pytest.mark.parametrize("last", ["stays", "today", "before"])
@pytest.mark.parametrize("deed", DEEDS)
def test_one_of_the_unit_judges_nothing_that_it_did(city: City, deed: str, last: str) -> None:
    """He did not touch the order: his unit did, and he is or was of it. Long ago is no bar."""
    order, by = brought(city, deed), moved(city, last=last)
    if last == "before":
        DEEDS[deed](city, order, by)
        return
    with pytest.raises(NotAllowed) as refused:
        DEEDS[deed](city, order, by)
    assert refused.value.code == "verify.unit"


def test_who_asked_does_not_grant_it_from_another_post(city: City) -> None:
    order = city.signed()
    by = moved(city, role="handler")
    waits.ask_extension(order, days=3, reason="须再协调", by=by)
    with pytest.raises(NotAllowed) as refused:
        waits.grant_extension(order, by=by)
    assert refused.value.code == "pair.same"


def test_the_page_offers_no_button_and_the_address_refuses(city: City) -> None:
    order, by = city.in_callback(), moved(city)
    client: Client = client_of(by)
    page = client.get(f"/orders/{order.number}").content.decode()
    assert f"/orders/{order.number}/verify_first" not in page
    answer = client.post(
        f"/orders/{order.number}/verify_first",
        {"outcome": "reached", "solved": "yes"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code in {302, 403, 422}
    assert not order.verifications.exists()


@pytest.mark.parametrize("last", ["stays", "today", "before"])
def test_nobody_inspects_what_his_unit_did_however_he_was_moved(city: City, last: str) -> None:
    order = closed(city, city.in_callback())
    today = clock.today()
    row = inspections.plan(
        theme="测试", checklist="three-twos", since=today, until=today, per_stratum=1,
        by=city.inspector,
    )  # fmt: skip
    item = inspections.pick(row, order.number, reason="hot", by=city.inspector)
    assert bool(inspected.barred(item, moved(city, last=last))) is (last != "before")
