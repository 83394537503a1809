"""Who a person is, and with which posts he acts."""

from django.db.models import Q

from suqiu.accounts.models import ROLES, Person, Posting
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.organisations.models import Unit


def actor_for(person: Person) -> Actor:
    """The person with the posts of today; without an active account there are none."""
    if not person.is_active:
        return Actor(person.actor_id)
    today = clock.today()
    posts = Posting.objects.filter(person=person, since__lte=today).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )
    return Actor(person.actor_id, frozenset(posts.values_list("role", "unit_id")))


def by_username(username: str) -> Person:
    return Person.objects.get(username=username)


def actor_named(username: str) -> Actor:
    return actor_for(by_username(username))


def names(actor_ids: set[str]) -> dict[str, str]:
    """What to call these actors on a page."""
    people = [int(a.split(":")[1]) for a in actor_ids if a.startswith("person:")]
    found = {p.actor_id: p.name for p in Person.objects.filter(pk__in=people)}
    return {a: found.get(a, "系统") for a in actor_ids}


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
    """Active people who hold this role anywhere."""
    return list(
        Person.objects.filter(postings__role=role, postings__until__isnull=True, is_active=True)
        .distinct()
        .order_by("username")
    )


def role_label(actor: Actor) -> str:
    """The first of the person's roles, in words."""
    return next((label for role, label in ROLES.items() if role in actor.roles), "")
