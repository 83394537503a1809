"""Who may do what in an inspection, and who keeps out of which item. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied
from suqiu.supervision.inspections.states import VERBS, State

# They see all inspections; outsiders and others those whose team they are in.
READERS = frozenset({"inspector", "assessor", "leader", "auditor"})
INVITED = frozenset({"external_supervisor", "callback_officer"})


@dataclass(frozen=True)
class Standing:
    """What judging a verb needs to know of the inspection."""

    state: State
    team: frozenset[str]  # actors' ids


def can(by: Actor, verb: str, it: Standing) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state."""
    row = VERBS[verb]
    roles = set(row.who) - {"member"}
    member = "member" in row.who and by.id in it.team
    if not (member or by.roles & roles):
        return Denied("inspection.post", _("您不在这次检查里，或岗位不办这一步"))
    if verb == "supply_seed" and by.id not in it.team:
        return Denied("inspection.post", _("种子由参加这次检查的督导员给"))
    if it.state not in row.at:
        return Denied("state", _("这次检查还没有到这一步，或已经过了"), state=True)
    return Allowed()


def bars(by: Actor, *, units: frozenset[int], hands: frozenset[str], since: dt.date) -> str:
    """Why this person keeps out of an item; "" where nothing does. `units` have or had the matter in
    hand, `hands` are the people who did; `since` is the day on which it began."""
    if by.id in hands:
        return _("您经手过或核实过这件，换一位查")
    if by.units_since(since) & units:
        return _("这件在您单位办过，换一位查")
    return ""
