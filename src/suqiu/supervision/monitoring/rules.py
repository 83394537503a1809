"""The milestones of an order, and what is read of them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suqiu.orders.states import State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Told(NamedTuple):
    """One entry of an order's journal: its verb, its moment, the round it was in."""

    verb: str
    at: dt.datetime
    round: int


@dataclass(frozen=True)
class Milestone:
    """`verbs`: any of them reaches it. `each_round`: rework asks for it again. `conduct`: only an order
    about officials' conduct has it. `drawn`: only one that was drawn for a second check. `signature`:
    it is the principal leader's, and there only where the order's pack asks for it (`plan` too)."""

    code: str
    label: StrPromise
    verbs: tuple[str, ...]
    each_round: bool = True
    conduct: bool = False
    drawn: bool = False
    signature: str = ""
    leads: bool = False  # the principal leader moves


def _leaders(
    code: str, label: StrPromise, verb: str, signature: str, *, each_round: bool = True
) -> Milestone:
    return Milestone(
        code, label, (verb,), each_round, conduct=True, signature=signature, leads=True
    )


# In the order in which they come. Which verbs count: the life cycle's table.
MILESTONES = (
    Milestone("accept", _("受理"), ("accept",), each_round=False),
    Milestone("leader", _("定领导"), ("name_leader",), each_round=False, conduct=True),
    _leaders("leader_accept", _("受理签批"), "sign_acceptance", "accept", each_round=False),
    Milestone("dispatch", _("派单"), ("dispatch", "transfer"), each_round=False),
    Milestone("acknowledge", _("值班回执"), ("acknowledge",), each_round=False),
    Milestone("sign", _("签收"), ("sign",), each_round=False),
    Milestone("contact", _("联系"), ("contact",), each_round=False),
    Milestone("plan", _("报方案"), ("report_plan",), conduct=True, signature="plan"),
    _leaders("leader_plan", _("方案签批"), "sign_plan", "plan"),
    Milestone("on_site", _("到场"), ("be_on_site",)),
    Milestone("dispose", _("处置"), ("dispose",)),
    Milestone("pass", _("单位审核"), ("pass_disposal",)),
    Milestone("reply", _("答复"), ("reply", "convey_reply")),
    Milestone("review", _("中心审核"), ("review",)),
    Milestone("first", pgettext_lazy("节点", "回访"), ("verify_first",)),
    Milestone("second", _("二次核实"), ("verify_second",), drawn=True),
    _leaders("sign_off", _("领导签批"), "sign_off", "close"),
    Milestone("close", _("办结"), ("close", "grant_force"), each_round=False),
)
VERBS = frozenset(verb for one in MILESTONES for verb in one.verbs)
# Who has to move in each state; in "signed" and "dispatched" it is the leading unit.
MOVERS: dict[State, StrPromise] = {
    State.REGISTERED: _("受理员"),
    State.ACCEPTED: _("派单员"),
    State.REPLIED: _("审核派单员"),
    State.CALLBACK: _("回访员"),
    State.SECOND_CHECK: _("督察员、回访员"),
}
LEADER = _("责任领导")


class Mark(NamedTuple):
    """A milestone of one order: when it was reached, or that it is the next one, or still ahead."""

    milestone: Milestone
    at: dt.datetime | None
    is_next: bool


# What an order of before the packs knew of signatures owes.
CLOSE = frozenset({"close"})


def marks(
    told: Iterable[Told],
    *,
    round: int,
    conduct: bool,
    drawn: bool,
    owed: frozenset[str] = CLOSE,
) -> list[Mark]:
    """The milestones that this order has, in their order. One that was passed over (nobody went on
    site) stays empty while the next after the last reached one is what is awaited."""
    reached = _reached(told, round)
    own = [
        m
        for m in MILESTONES
        if (conduct or not m.conduct)
        and (drawn or not m.drawn)
        and (not m.signature or m.signature in owed)
    ]
    done = [n for n, m in enumerate(own) if m.code in reached and m.code not in _BESIDE]
    ahead = range(max(done, default=-1) + 1, len(own))
    awaited = next((n for n in ahead if own[n].code not in reached), None)
    return [Mark(m, reached.get(m.code), n == awaited) for n, m in enumerate(own)]


# They come when they come: reaching one says nothing of those before it.
_BESIDE = frozenset({"leader", "acknowledge", "plan", "leader_plan", "sign_off"})


def _reached(told: Iterable[Told], round: int) -> dict[str, dt.datetime]:
    found: dict[str, dt.datetime] = {}
    for entry in told:
        for one in MILESTONES:
            if entry.verb in one.verbs and (entry.round == round or not one.each_round):
                found[one.code] = entry.at
    return found


def missing(marks: list[Mark]) -> list[Milestone]:
    """What was passed over: not reached, though something after it was."""
    reached = [n for n, m in enumerate(marks) if m.at and m.milestone.code not in _BESIDE]
    return [m.milestone for m in marks[: max(reached, default=0)] if m.at is None]
