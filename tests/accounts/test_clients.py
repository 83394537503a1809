"""Machine clients: a token shown once, rights that go together, and what its actor may see."""

import datetime as dt

import pytest

from suqiu.accounts import actions, grants, queries
from suqiu.accounts.models import Client
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.catalogue.models import Source
from suqiu.orders.access import is_inside
from suqiu.orders.queries import get_for, visible_to
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import centre
from tests.city import City

YEAR = dt.timedelta(days=365)


def add(by: Actor, *, unit: Unit | None = None, **changes: object) -> tuple[Client, str]:
    given = {
        "name": "甲平台", "role": "call_taker", "scopes": ["intake", "read"], "source": "12345",
    } | changes  # fmt: skip
    return actions.add_client(unit=unit or centre(), expires_at=clock.now() + YEAR, by=by, **given)


@pytest.fixture
def secadmin(city: City) -> Actor:
    return queries.actor_named("secadmin")


def test_the_token_proves_its_client_and_stands_nowhere(secadmin: Actor) -> None:
    client, token = add(secadmin)
    assert queries.client_of(token) == client
    row = Client.objects.filter(pk=client.pk).values().get()
    assert token not in str(row) and token.split("_")[2] not in str(row)
    told = str([(e.data, e.kind) for e in chain(client.actor_id)])
    assert "client.added" in told and token.split("_")[2] not in told


@pytest.mark.parametrize(
    "spoil", ["", "Bearer", "sq_aaaaaaaaaa_" + "a" * 43, "\x00", "sq__", "诉求" * 9]
)
def test_anything_else_proves_nothing(secadmin: Actor, spoil: str) -> None:
    add(secadmin)
    assert queries.client_of(spoil) is None


def test_a_changed_revoked_or_old_token_opens_nothing(secadmin: Actor) -> None:
    client, token = add(secadmin)
    last = "A" if token[-1] != "A" else "B"
    assert queries.client_of(token[:-1] + last) is None
    clock.set_to(clock.now() + YEAR + dt.timedelta(seconds=1))
    assert queries.client_of(token) is None
    clock.set_to(clock.now() - YEAR)
    assert queries.client_of(token) is not None
    actions.revoke_client(client, by=secadmin)
    actions.revoke_client(client, by=secadmin)
    assert queries.client_of(token) is None
    assert [e.kind for e in chain(client.actor_id)] == ["client.added", "client.revoked"]


def test_only_the_security_administrator_gives_and_takes(city: City, secadmin: Actor) -> None:
    client, _token = add(secadmin)
    for other in (queries.actor_named("sysadmin"), city.dispatcher, queries.actor_of(client)):
        with pytest.raises(NotAllowed):
            add(other)
        with pytest.raises(NotAllowed):
            actions.revoke_client(client, by=other)


@pytest.mark.parametrize(
    ("role", "scopes", "source", "wrong"),
    [
        ("call_taker", {"intake"}, "12345", ""),
        ("call_taker", {"intake"}, "", "source"),
        ("call_taker", {"intake", "city"}, "", ""),
        ("handler", {"verbs"}, "", ""),
        ("handler", {"verbs", "city"}, "", "city"),
        ("handler", {"intake"}, "", "intake"),
        ("sysadmin", {"read"}, "12345", "role"),
        ("secadmin", {"read", "city"}, "", "role"),
        ("leader", {"read", "city"}, "", "role"),
        ("callback_officer", {"verbs"}, "12345", "city"),
        ("auditor", {"read", "city"}, "", ""),
        ("call_taker", set(), "12345", "scope"),
        ("call_taker", {"root"}, "12345", "scope"),
    ],
)
def test_rights_go_together_or_are_not_given(
    role: str, scopes: set[str], source: str, wrong: str
) -> None:
    assert grants.wrong_grant(role, frozenset(scopes), source) == wrong


def test_a_role_needs_its_kind_of_unit_and_an_end(city: City, secadmin: Actor) -> None:
    with pytest.raises(Invalid, match="岗位与单位"):
        add(secadmin, unit=city.squad)
    with pytest.raises(Invalid, match="岗位与单位"):
        add(secadmin, role="handler", scopes=["verbs"])
    with pytest.raises(Invalid, match="两年"):
        actions.add_client(
            name="甲", role="call_taker", unit=centre(), scopes=["read"], source="12345",
            expires_at=clock.now() + 3 * YEAR, by=secadmin,
        )  # fmt: skip


def test_a_sources_system_sees_what_came_by_this_source_and_from_outside(
    city: City, secadmin: Actor
) -> None:
    mine, other = city.registered(), city.registered(source=Source.objects.get(code="12319"))
    actor = queries.actor_of(add(secadmin)[0])
    assert actor.roles == {"call_taker"} and not is_inside(actor)
    assert list(visible_to(actor)) == [mine]
    assert get_for(actor, mine.number).pk == mine.pk
    with pytest.raises(Missing):
        get_for(actor, other.number)
    whole = queries.actor_of(add(secadmin, scopes=["read", "city"])[0])
    assert visible_to(whole).count() == 2 and is_inside(whole)


def test_a_units_system_sees_the_units_orders(city: City, secadmin: Actor) -> None:
    mine = city.dispatched()
    city.registered()
    row, _token = add(secadmin, unit=city.squad, role="handler", scopes=["read"], source="")
    assert list(visible_to(queries.actor_of(row))) == [mine]
    bound, _token = add(secadmin, unit=city.squad, role="handler", scopes=["read"], source="12319")
    assert list(visible_to(queries.actor_of(bound))) == []


def test_its_last_use_is_written_once_a_minute(
    secadmin: Actor, django_assert_num_queries: object
) -> None:
    client, _token = add(secadmin)
    actions.note_use(client)
    client.refresh_from_db()
    first = client.used_at
    clock.set_to(clock.now() + dt.timedelta(seconds=59))
    with django_assert_num_queries(0):  # type: ignore[operator]
        actions.note_use(client)
    clock.set_to(clock.now() + dt.timedelta(seconds=2))
    actions.note_use(client)
    client.refresh_from_db()
    assert first and client.used_at and client.used_at > first
