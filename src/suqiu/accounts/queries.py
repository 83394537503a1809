"""Who a person is, and with which posts he acts."""

from django.db.models import Q

from suqiu.accounts.models import ROLES, Person, Posting, SecondFactor, SecondFactorRule
from suqiu.accounts.rules import REQUIRED
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
