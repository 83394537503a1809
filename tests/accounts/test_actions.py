"""Accounts and posts: three administrators kept apart, and each step in the journal."""

import datetime as dt

import pytest
from django.db import connection

from suqiu.accounts import actions, queries
from suqiu.accounts.models import Person, Posting
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, Refused
from tests.city import City

PASSWORD = "zebra-crossing-42-lamps"


@pytest.fixture
def sysadmin(city: City) -> Actor:
    return queries.actor_named("sysadmin")


@pytest.fixture
def secadmin(city: City) -> Actor:
    return queries.actor_named("secadmin")


@pytest.fixture
def person(sysadmin: Actor) -> Person:
    return actions.open_account(username="newcomer", name="新试", password=PASSWORD, by=sysadmin)


def kinds(person: Person) -> list[str]:
    return [entry.kind for entry in chain(f"account:{person.pk}")]


def test_the_system_administrator_opens_accounts_and_gives_no_posts(
    city: City, sysadmin: Actor, person: Person
) -> None:
    assert person.check_password(PASSWORD) and PASSWORD not in person.password
    assert queries.actor_for(person).posts == frozenset()
    with pytest.raises(NotAllowed, match="三员"):
        actions.give_post(person, unit=city.squad, role="handler", by=sysadmin)
    assert not Posting.objects.filter(person=person).exists()


def test_the_security_administrator_gives_posts_and_opens_no_accounts(
    city: City, secadmin: Actor, person: Person
) -> None:
    actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    assert queries.actor_for(person).posts == {("handler", city.squad.pk)}
    with pytest.raises(NotAllowed):
        actions.open_account(username="another", name="又试", password=PASSWORD, by=secadmin)
    with pytest.raises(NotAllowed):
        actions.set_active(person, False, by=secadmin)
    assert not Person.objects.filter(username="another").exists()


@pytest.mark.parametrize("who", ["auditadmin", "auditor", "leader1", "dispatcher1"])
def test_nobody_else_does_either(city: City, person: Person, who: str) -> None:
    by = queries.actor_named(who)
    with pytest.raises(NotAllowed):
        actions.open_account(username="another", name="又试", password=PASSWORD, by=by)
    with pytest.raises(NotAllowed):
        actions.give_post(person, unit=city.squad, role="handler", by=by)
    with pytest.raises(NotAllowed):
        actions.end_post(Posting.objects.filter(role="leader")[0], by=by)
    with pytest.raises(NotAllowed):
        actions.set_active(person, False, by=by)


@pytest.mark.parametrize("first", sorted(actions.DUTIES))
@pytest.mark.parametrize("second", sorted(actions.DUTIES))
def test_no_person_holds_two_of_the_three_duties(
    city: City, secadmin: Actor, person: Person, first: str, second: str
) -> None:
    actions.give_post(person, unit=city.squad, role=first, by=secadmin)
    if first == second:
        actions.give_post(person, unit=city.squad, role=second, by=secadmin)
        assert kinds(person).count("post.given") == 1, "the same post twice is one"
        return
    with pytest.raises(Refused) as refusal:
        actions.give_post(person, unit=city.street, role=second, by=secadmin)
    assert refusal.value.code == "accounts.duties"
    assert queries.actor_for(person).roles == {first}


def test_a_duty_that_ended_makes_room_for_another(
    city: City, secadmin: Actor, person: Person
) -> None:
    first = actions.give_post(person, unit=city.squad, role="sysadmin", by=secadmin)
    actions.end_post(first, by=secadmin)
    actions.give_post(person, unit=city.squad, role="auditadmin", by=secadmin)
    assert queries.actor_for(person).roles == {"auditadmin"}


def test_a_duty_with_a_last_day_to_come_is_still_held(
    city: City, secadmin: Actor, person: Person
) -> None:
    post = actions.give_post(person, unit=city.squad, role="sysadmin", by=secadmin)
    Posting.objects.filter(pk=post.pk).update(until=clock.today() + dt.timedelta(days=3))
    with pytest.raises(Refused):
        actions.give_post(person, unit=city.squad, role="secadmin", by=secadmin)


def test_nobody_gives_himself_a_post(city: City, secadmin: Actor) -> None:
    me = queries.by_username("secadmin")
    with pytest.raises(NotAllowed, match="自己"):
        actions.give_post(me, unit=city.squad, role="handler", by=secadmin)


def test_an_ended_post_gives_no_rights_from_this_moment(
    city: City, secadmin: Actor, person: Person
) -> None:
    post = actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    assert person in queries.people_in(city.squad, "handler")
    actions.end_post(post, by=secadmin)
    assert queries.actor_for(person).posts == frozenset()
    assert person not in queries.people_in(city.squad, "handler")
    actions.end_post(post, by=secadmin)
    assert kinds(person).count("post.ended") == 1
    again = actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    assert again.pk != post.pk and queries.actor_for(person).roles == {"handler"}


def test_a_post_begins_on_its_day(city: City, secadmin: Actor, person: Person) -> None:
    tomorrow = clock.today() + dt.timedelta(days=1)
    actions.give_post(person, unit=city.squad, role="handler", by=secadmin, since=tomorrow)
    assert queries.actor_for(person).posts == frozenset()
    city.wait(days=1)
    assert queries.actor_for(person).roles == {"handler"}


def test_a_closed_account_has_no_posts(
    city: City, sysadmin: Actor, secadmin: Actor, person: Person
) -> None:
    actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    person = actions.set_active(person, False, by=sysadmin)
    assert queries.actor_for(person).posts == frozenset()
    assert person not in queries.people_in(city.squad, "handler")
    person = actions.set_active(person, True, by=sysadmin)
    assert queries.actor_for(person).roles == {"handler"}


def test_each_step_is_in_the_journal_once(
    city: City, sysadmin: Actor, secadmin: Actor, person: Person
) -> None:
    post = actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    actions.end_post(post, by=secadmin)
    actions.set_active(person, False, by=sysadmin)
    actions.set_active(person, False, by=sysadmin)
    actions.set_active(person, True, by=sysadmin)
    assert kinds(person) == [
        *("account.opened", "post.given", "post.ended"),
        *("account.closed", "account.opened"),
    ]
    given = chain(f"account:{person.pk}")[1]
    assert (given.actor, given.unit, given.data) == (
        secadmin.id,
        city.squad.pk,
        {"role": "handler"},
    )
    assert PASSWORD not in str([e.data for e in chain(f"account:{person.pk}")])


@pytest.mark.parametrize(
    "password", ["", "short", "1234567890", "90817263544536", "password", "newcomer"]
)
def test_a_weak_password_opens_nothing(city: City, sysadmin: Actor, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.open_account(username="newcomer", name="新试", password=password, by=sysadmin)
    assert refusal.value.code == "accounts.password"
    assert not Person.objects.filter(username="newcomer").exists()


def test_a_name_is_taken_once(city: City, sysadmin: Actor, person: Person) -> None:
    with pytest.raises(Invalid, match="newcomer"):
        actions.open_account(username="newcomer", name="另试", password=PASSWORD, by=sysadmin)


def test_there_is_no_post_that_the_house_does_not_know(
    city: City, secadmin: Actor, person: Person
) -> None:
    with pytest.raises(Invalid, match="king"):
        actions.give_post(person, unit=city.squad, role="king", by=secadmin)


def test_one_open_post_of_a_kind_is_kept_by_the_database(
    city: City, secadmin: Actor, person: Person
) -> None:
    from django.db import IntegrityError, transaction

    post = actions.give_post(person, unit=city.squad, role="handler", by=secadmin)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_posting (person_id, unit_id, role, since)"
            " SELECT person_id, unit_id, role, since FROM accounts_posting WHERE id = %s",
            [post.pk],
        )


def test_what_to_call_people_on_a_page(city: City, person: Person) -> None:
    called = queries.names({person.actor_id, "system:clock", "person:999999"})
    assert called[person.actor_id] == "新试"
    assert called["system:clock"] == "系统"
    assert queries.role_label(city.dispatcher) == "审核派单员"
