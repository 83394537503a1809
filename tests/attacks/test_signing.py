"""A leader's signature is another's than the unit's: by no post, no deputy and no absence."""

import datetime as dt

import pytest
from django.test import Client

from suqiu.accounts.absences import end_absence, state_absence
from suqiu.accounts.actions import give_post
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for, actor_named, by_username
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import NotAllowed
from suqiu.orders.actions import leader
from suqiu.orders.models import Order, Seat, Signature
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("demo")


def away(city: City, deputy: str = "leader2") -> None:
    day = clock.today()
    state_absence(
        by_username("leader1"), deputy=by_username(deputy), since=day,
        until=day + dt.timedelta(days=5), by=city.leader,
    )  # fmt: skip


def planned(city: City) -> Order:
    order = city.conduct_signed()
    return leader.report_plan(order, words="约谈当事队员", by=city.handler)


def head_and(name: str, city: City) -> Actor:
    """This leader is the head of the squad as well."""
    person = by_username(name)
    give_post(person, unit=city.squad, role="head", by=BY)
    return actor_for(Person.objects.get(pk=person.pk))


def signs(by: Actor, order: Order, verb: str = "sign_plan") -> int:
    client: Client = client_of(by)
    return client.post(f"/orders/{order.number}/{verb}", {"words": "同意"}).status_code


@pytest.mark.parametrize("name", ["leader1", "leader2"])
def test_no_leader_signs_what_his_own_unit_did(city: City, name: str) -> None:
    """Not as the principal leader, nor as his deputy."""
    order = planned(city)
    by = head_and(name, city)
    if name == "leader2":
        away(city)
    signs(by, order)
    with pytest.raises(NotAllowed) as refused:
        leader.sign_plan(order, words="同意", by=by)
    assert refused.value.code == "verify.unit"
    assert not Signature.objects.filter(order=order, kind="plan").exists()


def test_a_deputy_of_whom_the_appeal_accuses_signs_nothing(city: City) -> None:
    """The leader came to be of the accused: neither he nor who stands in for him signs."""
    order = planned(city)
    Seat.objects.create(order=order, unit=city.other_squad, role="accused", opened=clock.now())
    away(city)
    person = by_username("leader1")
    give_post(person, unit=city.other_squad, role="head", by=BY)
    signs(actor_named("leader2"), order)
    signs(actor_named("leader1"), order)
    assert not Signature.objects.filter(order=order, kind="plan").exists()


def test_a_deputy_whose_days_ended_between_page_and_post(city: City) -> None:
    order = planned(city)
    away(city)
    deputy = client_of(actor_named("leader2"))
    assert deputy.get(f"/orders/{order.number}/sign_plan").status_code == 200
    end_absence(by_username("leader1").absences.get(), by=city.leader)
    deputy.post(f"/orders/{order.number}/sign_plan", {"words": "同意"})
    assert not Signature.objects.filter(order=order, kind="plan").exists()
    assert not deputy.get("/signing").context["cards"]


def test_nobody_ends_or_turns_anothers_absence(city: City) -> None:
    away(city)
    row = by_username("leader1").absences.get()
    second = client_of(actor_named("leader2"))
    assert second.post(f"/absences/{row.pk}/end").status_code == 404
    told = {"deputy": str(by_username("leader2").pk)}
    assert second.post(f"/absences/{row.pk}/deputy", told).status_code == 404
    told = {"person": str(by_username("leader1").pk), "deputy": str(by_username("leader2").pk),
            "since": "2026-09-14", "until": "2026-09-20"}  # fmt: skip
    second.post("/absences/state", told)
    assert by_username("leader1").absences.count() == 1
    row.refresh_from_db()
    assert row.ended_at is None
