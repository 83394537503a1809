"""Who may on a case: one pure judgement, as in orders."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import READERS, Allowed, Denied
from suqiu.supervision.cases.states import TOLD, VERBS, State, Verb

HIGHEST = 3


@dataclass(frozen=True)
class Situation:
    """All that judging a verb needs to know of a case and of whoever asks."""

    state: State
    now: dt.datetime
    level: int = 1
    again: bool = False  # a second complaint: at the citizen's hour, by the named person
    unit: int | None = None
    inspector: str = ""
    hour: dt.datetime | None = None
    findings: int = 0
    visited: bool = True
    writer: str = ""
    own_work: bool = False  # of the person who asks
    accused: bool = False  # one of its orders is kept from the person who asks
    discipline: bool = False


Guard = Callable[[Situation, Actor], Denied | None]


def _no(when: bool, code: str, reason: str, *, state: bool = True) -> Denied | None:
    return Denied(code, reason, state=state) if when else None


def _hour_come(it: Situation, by: Actor) -> Denied | None:
    if not it.again:
        return None
    if it.hour is None:
        return Denied("case.hour", _("二次投诉先与诉求人约定到场时间"), state=True)
    return _no(it.now < it.hour, "case.early", _("还没有到诉求人约定的时间"))


GUARDS: dict[str, Guard] = {
    "named": lambda it, by: _no(
        bool(it.inspector) and it.inspector != by.id,
        "case.named",
        _("已指定别的督察员，先改指定"),
        state=False,
    ),
    "hour_come": _hour_come,
    "found": lambda it, by: _no(not it.findings, "case.unfound", _("先记下问题、原因和建议")),
    "nothing_found": lambda it, by: _no(it.findings > 0, "case.found", _("已记有问题，应下达督办")),
    "ranking": lambda it, by: _no(
        it.level > 1 and "leader" not in by.roles,
        "case.level",
        _("二级以上的督办由领导定"),
        state=False,
    ),
    "independent": lambda it, by: _no(
        it.own_work, "case.own", _("经手过或在涉事单位任过职的人不能查自己的事"), state=False
    ),
    "visited": lambda it, by: _no(not it.visited, "case.unvisited", _("还没有跟踪回访")),
    "not_writer": lambda it, by: _no(
        it.writer == by.id, "case.writer", _("写报告的人不能自己备案"), state=False
    ),
    "not_highest": lambda it, by: _no(it.level >= HIGHEST, "case.highest", _("已是最高一级")),
}


def sees(by: Actor, it: Situation) -> bool:
    """The centre sees all cases but those about itself; a unit its own, once it has been told; never
    one about an order that accuses it or went to discipline inspection."""
    if by.is_system:
        return True
    if by.sources is not None or it.accused:
        return False
    if by.roles & READERS:
        return True
    told = it.state in TOLD and not it.discipline
    return told and it.unit in by.units_as("head", "handler", "hub")


def can(by: Actor, verb: Verb | str, it: Situation) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state, then guards: the first "no" speaks."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    if it.accused:
        return Denied("accused", _("被诉单位不得经手"))
    if not _holds_post(by, row, it):
        return Denied("post", _("您的岗位不办这一步"))
    if it.state not in row.at:
        return Denied("state", _("还没有到这一步，或已经过了"), state=True)
    guards = (*(("independent",) if row.checks else ()), *row.guards)
    answers = (GUARDS[name](it, by) for name in guards)
    return next((a for a in answers if a is not None), Allowed())


def _holds_post(by: Actor, row: Verb, it: Situation) -> bool:
    if by.is_system:
        return "system" in row.who
    for who in row.who:
        seat, _colon, role = who.rpartition(":")
        if seat and it.unit in by.units_as(role):
            return True
        if not seat and role in by.roles:
            return True
    return False
