"""Who is missing: units in which nobody can work, and duties of the house that nobody holds."""

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Q

from suqiu.accounts.models import Posting
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on

# Without these no order goes through a unit: who signs and disposes, who passes it (docs/install.md).
NEEDED: dict[str, tuple[str, ...]] = {
    "hub": ("hub",),
    "department": ("handler", "head"),
    "street": ("handler", "head"),
    "squad": ("handler", "head"),
}
# Without these no order comes in, goes out or is verified, and nobody opens accounts or reads the journal.
OF_THE_HOUSE = (
    "call_taker",
    "dispatcher",
    "callback_officer",
    "sysadmin",
    "secadmin",
    "auditadmin",
)


def held(day: dt.date) -> dict[int, Counter[str]]:
    """For each unit how many active people hold which post on this day."""
    rows = Posting.objects.filter(
        Q(until=None) | Q(until__gte=day), since__lte=day, person__is_active=True
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for unit, role in rows.values_list("unit", "role"):
        found[unit][role] += 1
    return found


def nobody_holds(day: dt.date) -> list[str]:
    """Duties of the house without anybody."""
    there = {role for roles in held(day).values() for role in roles}
    return [role for role in OF_THE_HOUSE if role not in there]


def lacking(unit: Unit, roles: Counter[str]) -> list[str]:
    """Posts that this unit needs and nobody holds."""
    return [role for role in NEEDED.get(unit.kind, ()) if not roles[role]]


def units_without_people(day: dt.date) -> list[tuple[Unit, list[str]]]:
    """Units that could be sent an order and have nobody for it, each with the posts that are empty."""
    there = held(day)
    units = valid_on(day).filter(kind__in=NEEDED).order_by("code")
    return [(unit, gone) for unit in units if (gone := lacking(unit, there[unit.pk]))]
