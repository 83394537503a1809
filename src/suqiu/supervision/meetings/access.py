"""Who may do what at a meeting. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied
from suqiu.steps.states import Verb
from suqiu.supervision.meetings.states import TOLD, VERBS, State

# They see all meetings; a unit's people those to which it is called.
READERS = frozenset({"inspector", "assessor", "dispatcher", "leader", "auditor"})
OF_UNITS = ("hub", "head", "handler")


@dataclass(frozen=True)
class Standing:
    """What judging a verb needs to know of the meeting, and of the decision it is about."""

    state: State
    parties: frozenset[int]  # units
    planned: dt.date
    owner: int | None = None
    reported: bool = False
    reported_by: str = ""
    confirmed: bool = False


def sees(by: Actor, it: Standing) -> bool:
    """The centre sees all; a unit what it was called to, from the call on."""
    if by.is_system or by.roles & READERS:
        return by.sources is None
    return it.state in TOLD and bool(by.units_as(*OF_UNITS) & it.parties)


def can(by: Actor, verb: Verb | str, it: Standing) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state, then what the verb itself asks."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    if not _holds_post(by, row, it):
        return Denied("meeting.post", _("您的岗位不办这一步"))
    if it.state not in row.at:
        return Denied("state", _("会议还没有到这一步，或已经过了"), state=True)
    refused = _of_decision(by, row.name, it)
    return Allowed() if refused is None else refused


def _holds_post(by: Actor, row: Verb, it: Standing) -> bool:
    if by.roles & set(row.who):
        return True
    own = by.units_as(*OF_UNITS)
    if "party" in row.who:
        return bool(own & it.parties)
    # What the centre itself has to fulfil is reported by those who run its meetings.
    return "owner" in row.who and (it.owner in own or (it.owner in by.units and _leads(by)))


def _leads(by: Actor) -> bool:
    return bool(by.roles & READERS)


def _of_decision(by: Actor, verb: str, it: Standing) -> Denied | None:
    if verb in {"fulfil", "confirm", "refuse"} and it.confirmed:
        return Denied("meeting.confirmed", _("这项已确认落实"), state=True)
    if verb in {"confirm", "refuse"}:
        if not it.reported:
            return Denied("meeting.unreported", _("承办的还没有报落实"), state=True)
        if it.reported_by == by.id:
            return Denied("meeting.own", _("自己报的落实由别人确认"))
        if it.owner in by.units_since(it.planned):
            return Denied("meeting.own", _("自己单位的落实由别的单位的人确认"))
    return None
