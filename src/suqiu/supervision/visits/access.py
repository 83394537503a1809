"""Who may do what on a visit. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import CENTRE_ROLES, Allowed, Denied
from suqiu.steps.states import Verb
from suqiu.supervision.visits.states import VERBS, State

# They see all visits; a hub's people those on which they go or which they planned. Those who are
# visited are told by nobody when somebody comes.
READERS = CENTRE_ROLES | {"auditor"}
GOERS = CENTRE_ROLES | {"hub"}
COMERS = READERS | {"hub"}


@dataclass(frozen=True)
class Standing:
    """What judging a verb needs to know of the visit, and of the commitment that it is about."""

    state: State
    people: frozenset[str]  # actors' ids
    planner: str
    planned: dt.date
    owner: int | None = None
    settled: bool = False


def sees(by: Actor, it: Standing) -> bool:
    """The centre sees all; who goes, or planned it, his own."""
    if by.sources is not None:
        return False
    return by.is_system or bool(by.roles & READERS) or by.id in it.people | {it.planner}


def can(by: Actor, verb: Verb | str, it: Standing) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state, then what the verb itself asks."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    goes = "visitor" in row.who and by.id in it.people and by.roles & GOERS
    if not (goes or by.roles & set(row.who)):
        return Denied("visit.post", _("您不在这次走访里，或岗位不办这一步"))
    if it.state not in row.at:
        return Denied("state", _("这次走访还没有到这一步，或已经过了"), state=True)
    if row.name == "settle" and it.owner is not None:
        if it.settled:
            return Denied("visit.settled", _("这项承诺已核对过"), state=True)
        if it.owner in by.units_since(it.planned):
            return Denied("visit.own", _("自己单位的承诺由别人核对"))
    return Allowed()
