"""Who may do what in assessment. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.assessment.states import VERBS
from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied

# They see all scores; people of units see those of their own.
READERS = frozenset({"assessor", "inspector", "leader", "auditor"})
OF_UNITS = ("hub", "head")


@dataclass(frozen=True)
class Standing:
    """What judging needs to know. `own`: the units that it is about; `since`: the day from which on
    a post there makes it one's own work; `handled`: the one who asks had to do with the order, in
    whatever unit, or verified it."""

    what: str
    state: str = ""
    hands: tuple[str, ...] = ()
    own: frozenset[int] = frozenset()
    since: dt.date = dt.date.min
    handled: bool = False


def can(by: Actor, name: str, it: Standing) -> Allowed | Denied:
    """May he do this now? Post first, then whose work it is, then state, then hands."""
    row = VERBS[it.what, name]
    if row.own:
        if not by.units_as(*row.roles) & it.own:
            return Denied("assessment.post", _("只有本单位的负责人能办这一步"))
    elif not by.roles & set(row.roles):
        return Denied("assessment.post", _("您的岗位不办这一步"))
    elif it.handled or by.units_since(it.since) & it.own:
        return Denied("assessment.own", _("考核的是您待过的单位、经手或核实过的单子，由别人办"))
    if row.at and it.state not in row.at:
        return Denied("assessment.state", _("现在不在这一步"), state=True)
    if row.other and by.id in it.hands:
        return Denied("assessment.hand", _("前面经手的人不能办这一步，请换一个人"))
    return Allowed()
