"""Who may do what with an opinion, a term, an invitation. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied
from suqiu.steps.states import Verb
from suqiu.supervision.external.states import VERBS, State

ROLE = "external_supervisor"
APPOINTS = frozenset({"leader"})
KEEPERS = frozenset({"inspector", "assessor", "leader"})
READERS = KEEPERS | {"auditor"}
OF_UNITS = ("hub", "head", "handler")


def in_office(since: dt.date, until: dt.date, ended_on: dt.date | None, day: dt.date) -> bool:
    """Does the term hold on this day?"""
    return since <= day <= min(until, ended_on or until)


@dataclass(frozen=True)
class Standing:
    """What judging a verb needs to know of an opinion. `giver`: the actor whose opinion it is; empty
    where his term is over. `unit`: who owes, None: the centre. `own`: the person who asks has
    had a hand in the thing, or is or was of a unit that had."""

    state: State
    giver: str
    entered_by: str
    unit: int | None = None
    own: bool = False


def can(by: Actor, verb: Verb | str, it: Standing) -> Allowed | Denied:
    """May `by` do this now? Post first, then state, then whose work it is."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    if not any(_is(by, who, it) for who in row.who):
        return Denied("external.post", _("这一步不归您办"))
    if it.state not in row.at:
        return Denied("state", _("现在不在这一步"), state=True)
    if row.name == "link":
        if by.id == it.entered_by:
            return Denied("external.hand", _("代录的人不发确认链接，请换一个人"))
        if it.own:
            return Denied("external.own", _("经手过的人不办这一步，请换一个人"))
    if row.name == "answer" and it.unit is None and by.id == it.entered_by:
        return Denied("external.hand", _("意见是您代录的，答复请换一个人"))
    return Allowed()


def _is(by: Actor, who: str, it: Standing) -> bool:
    if who == "giver":
        return by.id == it.giver
    if who == "keeper":
        return bool(by.roles & KEEPERS)
    if it.unit is None:
        return bool(by.roles & KEEPERS)
    return it.unit in by.units_as(*OF_UNITS)
