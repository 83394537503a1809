"""The life of a leader's instruction (批示) as one table, and who may do what with it. Pure.

That it is reported by the one and found done by another follows the decisions of meetings; that its
result goes back to the leader, who closes it or has it done again, is the usual way of a 批示 (推定).
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

GIVEN, REPORTED, CONFIRMED, CLOSED, WITHDRAWN = (
    "given", "reported", "confirmed", "closed", "withdrawn"
)  # fmt: skip
STATES: "dict[str, StrPromise]" = {
    GIVEN: gettext_lazy("待落实"),
    REPORTED: gettext_lazy("已报，待核"),
    CONFIRMED: gettext_lazy("已核实，待领导阅"),
    CLOSED: gettext_lazy("已阅结"),
    WITHDRAWN: gettext_lazy("已撤回"),
}
OPEN = (GIVEN, REPORTED, CONFIRMED)
# The posts of a unit that get reports, and so what is written on them.
OF_UNITS = ("hub", "head")
FINDERS = frozenset({"assessor", "inspector"})


@dataclass(frozen=True)
class Verb:
    """`who`: "owner", "finder" (who checks, and had no part in it) or "giver"."""

    name: str
    label: "StrPromise"
    at: tuple[str, ...]
    to: str
    who: str


_ROWS = (
    Verb("fulfil", gettext_lazy("报落实"), (GIVEN,), REPORTED, "owner"),
    Verb("confirm", gettext_lazy("核实落实"), (REPORTED,), CONFIRMED, "finder"),
    Verb("refuse", gettext_lazy("退回重办"), (REPORTED,), GIVEN, "finder"),
    Verb("close", gettext_lazy("阅结"), (CONFIRMED,), CLOSED, "giver"),
    Verb("again", gettext_lazy("要求再办"), (CONFIRMED,), GIVEN, "giver"),
    Verb("withdraw", gettext_lazy("撤回批示"), (GIVEN, REPORTED), WITHDRAWN, "giver"),
)
VERBS: dict[str, Verb] = {row.name: row for row in _ROWS}


@dataclass(frozen=True)
class Standing:
    """What judging needs to know. `giver_serves`: whether he who gave it is still a leader; when he
    is not, another leader stands in."""

    state: str
    owner: int
    given_by: str
    given_on: dt.date
    giver_serves: bool = True
    reported_by: str = ""


def sees(by: Actor, it: Standing) -> bool:
    """Those who check and leaders see all; a unit what it has to do."""
    if by.is_system or by.roles & (FINDERS | {"leader"}):
        return True
    return it.owner in by.units_as(*OF_UNITS)


def can(by: Actor, verb: str, it: Standing) -> Allowed | Denied:
    """May `by` do this now? Post first, then state, then whose hands it came through."""
    row = VERBS[verb]
    if not _holds(by, row.who, it):
        return Denied("instruction.post", _("这一步不由您办"))
    if it.state not in row.at:
        said = _("批示件现在不在这一步")
        return Denied("instruction.state", said, state=True)
    if row.who == "finder" and (it.reported_by == by.id or it.owner in by.units_since(it.given_on)):
        return Denied("instruction.own", _("自己报的、自己单位的由别人核"))
    return Allowed()


def _holds(by: Actor, who: str, it: Standing) -> bool:
    if who == "owner":
        return it.owner in by.units_as(*OF_UNITS)
    if who == "finder":
        return bool(by.roles & FINDERS)
    if "leader" not in by.roles:
        return False
    return by.id == it.given_by or not it.giver_serves
