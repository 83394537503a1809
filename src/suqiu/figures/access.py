"""Who reads figures from where: from the sums of all, from those of a hub, or from single facts."""

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.figures import keeping
from suqiu.figures.cohorts import Cohort
from suqiu.orders.access import UNIT_ROLES, is_inside
from suqiu.orders.queries import accusing
from suqiu.organisations.models import Unit


def may_read(by: Actor, cohort: Cohort) -> bool:
    """Sums tell of every order: only for whole days, and for who may see every order. What orders
    lack is not summed."""
    return sees_all(by) and has_facts(cohort)


def may_read_facts(cohort: Cohort) -> bool:
    """Who may not see every order reads the facts of the ended ones that he may see: what is secret
    while an order is verified is so no more."""
    return cohort.basis == "closed_in" and has_facts(cohort)


def hub_of(by: Actor, cohort: Cohort) -> int | None:
    """The hub whose orders are what this person sees of the cohort's district, so that their sum is his;
    None where he sees more of it, or less."""
    sits = by.units_as(*UNIT_ROLES)
    if is_inside(by) or by.sources is not None or len(sits) != 1 or not cohort.region:
        return None
    hubs = Unit.objects.filter(kind="hub", region=cohort.region).values_list("pk", flat=True)
    # Two hubs may sit at one order, and it is summed for one of them.
    only = set(hubs) == set(sits) and not accusing(by).exists()
    return next(iter(sits)) if only else None


def has_facts(cohort: Cohort) -> bool:
    """Facts tell its orders by their days, and they have caught up with the journal."""
    known = cohort.basis in keeping.BASES and not cohort.without
    return known and _is_whole_days(cohort) and keeping.ready()


def sees_all(by: Actor) -> bool:
    if by.is_system:
        return True
    return is_inside(by) and not accusing(by).exists()


def _is_whole_days(cohort: Cohort) -> bool:
    return all(
        clock.local(at) == midnight(clock.local(at).date()) for at in (cohort.start, cohort.end)
    )
