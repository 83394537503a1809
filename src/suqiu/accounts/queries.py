"""Who a person is, and with which posts he acts."""

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from suqiu.accounts import grants, throttles
from suqiu.accounts.models import (
    ROLES,
    Absence,
    Client,
    Person,
    Posting,
    SecondFactor,
    SecondFactorRule,
)
from suqiu.accounts.rules import REQUIRED
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import key_in
from suqiu.organisations.models import Unit


def actor_for(person: Person) -> Actor:
    """The person with the posts of today; without an active account there are none."""
    if not person.is_active:
        return Actor(person.actor_id)
    today = clock.today()
    posts, former = set(), set()
    rows = Posting.objects.filter(person=person)
    for role, unit, since, until in rows.values_list("role", "unit_id", "since", "until"):
        if since <= today and (until is None or until >= today):
            posts.add((role, unit))
        else:
            former.add((role, unit, until or dt.date.max))
    return Actor(person.actor_id, frozenset(posts), former=frozenset(former))


def held_roles(person: Person) -> frozenset[str]:
    """The roles of all posts that have not ended: today's, and those that begin later."""
    posts = Posting.objects.filter(
        Q(until__isnull=True) | Q(until__gte=clock.today()), person=person
    )
    return frozenset(posts.values_list("role", flat=True))


def by_username(username: str) -> Person:
    return Person.objects.get(username=username)


def actor_named(username: str) -> Actor:
    return actor_for(by_username(username))


def names(actor_ids: set[str]) -> dict[str, str]:
    """What to call these actors on a page."""
    people = [int(a.split(":")[1]) for a in actor_ids if a.startswith("person:")]
    rows = Person.objects.filter(pk__in=people).values_list("pk", "name")
    found = {f"person:{pk}": name for pk, name in rows}
    machines = [int(a.split(":")[1]) for a in actor_ids if a.startswith("client:")]
    if machines:
        found |= {c.actor_id: c.name for c in Client.objects.filter(pk__in=machines)}
    found["system:cli"] = _("命令行")
    return {a: found.get(a) or _("系统") for a in actor_ids}


def people_in(unit: Unit, *roles: str) -> list[Person]:
    """Active people who hold one of these roles in the unit today, by name of account."""
    today = clock.today()
    open_posts = Q(postings__until__isnull=True) | Q(postings__until__gte=today)
    return list(
        Person.objects.filter(
            open_posts,
            postings__unit=unit,
            postings__role__in=roles,
            postings__since__lte=today,
            is_active=True,
        )
        .distinct()
        .order_by("username")
    )


def people_as(role: str) -> list[Person]:
    """Active people who hold this role anywhere, by a post that has not ended."""
    lasts = Q(postings__until__isnull=True) | Q(postings__until__gte=clock.today())
    return list(
        Person.objects.filter(lasts, postings__role=role, is_active=True)
        .distinct()
        .order_by("username")
    )


@dataclass(frozen=True)
class Standing:
    """A person with today's posts, and the actor id of who stands in for him today ("": nobody)."""

    actor: Actor
    deputy: str


def standing(actor_id: str) -> Standing | None:
    """None where this is nobody of the house."""
    kind, _sep, pk = actor_id.partition(":")
    person = Person.objects.filter(pk=key_in(pk)).first() if kind == "person" else None
    if person is None:
        return None
    return Standing(actor_for(person), deputies({actor_id}).get(actor_id, ""))


def away(day: dt.date | None = None) -> QuerySet[Absence]:
    """Who is away on a day, by default today, with who stands in."""
    on = day or clock.today()
    return Absence.objects.filter(ended_at=None, since__lte=on, until__gte=on)


def deputies(actor_ids: set[str]) -> dict[str, str]:
    """Who stands in today for those of these people who are away."""
    people = [int(a.split(":")[1]) for a in actor_ids if a.startswith("person:")]
    rows = away().filter(person__in=people).values_list("person", "deputy")
    return {f"person:{person}": f"person:{deputy}" for person, deputy in rows}


def signs_for(by: Actor) -> list[str]:
    """Those in whose name this person signs today: his own, and of whom he stands in for."""
    if not by.id.startswith("person:"):
        return [by.id]
    rows = away().filter(deputy=int(by.id.split(":")[1])).order_by("person")
    return [by.id, *(f"person:{person}" for person in rows.values_list("person", flat=True))]


def role_label(actor: Actor) -> str:
    """The first of the person's roles, in words."""
    return next((str(label) for role, label in ROLES.items() if role in actor.roles), "")


def second_factor_roles() -> frozenset[str]:
    """The roles that need a second factor."""
    said = dict(SecondFactorRule.objects.values_list("role", "required"))
    return frozenset(role for role in ROLES if said.get(role, role in REQUIRED))


def needs_second_factor(person: Person) -> bool:
    """Whether one of today's posts asks for it."""
    return bool(actor_for(person).roles & second_factor_roles())


def enrolled(person: Person) -> SecondFactor | None:
    """The person's second factor; None where there is none that has been proved."""
    return SecondFactor.objects.filter(person=person).exclude(enrolled_at=None).first()


def recovery_codes_left(person: Person) -> int:
    return person.recovery_codes.filter(used_at=None).count()


def offices(actor_ids: set[str]) -> dict[str, str]:
    """The unit in which each of these people holds, or last held, a post: for those who may know
    the office and not the name."""
    people = [int(a.split(":")[1]) for a in actor_ids if a.startswith("person:")]
    rows = Posting.objects.filter(person__in=people).select_related("unit").order_by("pk")
    return {f"person:{row.person_id}": row.unit.name for row in rows}


def colleagues_of(by: Actor) -> set[str]:
    """The ids of all who hold or held a post in a unit in which this person holds one."""
    rows = Posting.objects.filter(unit__in=by.units).values_list("person", flat=True)
    return {f"person:{pk}" for pk in rows}


def token_hash(token: str) -> str:
    """Keyed, so that a copy of the table proves no token."""
    digest: str = salted_hmac("suqiu.accounts.client", token, algorithm="sha256").hexdigest()
    return digest


def client_of(token: str, *, guesser: str = "", most: int = 1) -> Client | None:
    """The client that this token proves; None for anything else: unknown, revoked, expired, or
    brought by a `guesser` who has been wrong `most` times in this minute.

    The comparison takes its time for unknown prefixes too.
    """
    prefix = grants.prefix_of(token)
    guessed = throttles.standing("guess", guesser)
    row = Client.objects.annotate(guessed=guessed).filter(prefix=prefix).first() if prefix else None
    if row is not None and row.guessed >= most:
        row = None
    same = hmac.compare_digest(row.token_hash if row else "0" * 64, token_hash(token))
    if row is None or not same or row.revoked_at is not None or row.expires_at <= clock.now():
        return None
    return row


def actor_of(client: Client) -> Actor:
    """One role in one unit; bound to its source unless it was given the whole city."""
    posts = frozenset({(client.role, client.unit_id)})
    if "city" in client.scopes or (client.role in grants.UNIT_ROLES and not client.source):
        return Actor(client.actor_id, posts)
    return Actor(client.actor_id, posts, frozenset({client.source} - {""}))


def clients() -> list[Client]:
    """All of them, those in use first, the newest first."""
    rows = Client.objects.select_related("unit").order_by("-pk")
    return sorted(rows, key=lambda c: c.revoked_at is not None)


def client_named(prefix: str) -> Client | None:
    return Client.objects.filter(prefix=prefix).first()
