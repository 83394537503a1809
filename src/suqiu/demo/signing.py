"""The principal leader's part in an order's life: he signs that it is accepted, the plan, the close.
While he is away the other leader signs in his name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from suqiu.accounts.absences import state_absence
from suqiu.accounts.models import Absence, Person
from suqiu.accounts.queries import deputies
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.demo.people import holders, in_unit
from suqiu.orders.actions import leader
from suqiu.orders.past import read
from suqiu.orders.situations import plan_state
from suqiu.policy.queries import pack

if TYPE_CHECKING:
    from suqiu.demo.life import Life


def signer(life: Life) -> Actor:
    """The principal leader, or who stands in for him today."""
    named = life.fresh.leader
    wanted = deputies({named}).get(named, named)
    return next(a for a in holders("leader") if a.id == wanted)


def accept(life: Life) -> None:
    if life.fresh.leader_accepted_at is None and _owes(life, "accept"):
        words = "请承办单位负责人亲自办,注意回避,先报方案。"
        leader.sign_acceptance(life.order, words=words, by=signer(life))


def plan(life: Life) -> str:
    """What the plan is waiting for now: "report" by the unit, "sign" by the leader, "" nothing."""
    order = life.fresh
    if not order.conduct or not order.leader or not _owes(life, "plan"):
        return ""
    return {"": "report", "waits": "sign"}.get(plan_state(order, read(order)), "")


def report_plan(life: Life) -> None:
    head = in_unit(life.fresh.seats.get(role="lead", closed=None).unit_id, "head")
    words = "由单位负责人牵头,两日内约谈当事人、调取记录,当面答复诉求人。"
    leader.report_plan(life.order, words=words, by=head)


def sign_plan(life: Life) -> None:
    if plan(life) == "sign":
        leader.sign_plan(life.order, words="同意,调取的记录一并存档。", by=signer(life))


def close(life: Life) -> None:
    words = "已阅,同意办结;请相关科室跟踪回看。"
    leader.sign_off(life.fresh, words=words, by=signer(life))


def _owes(life: Life, kind: str) -> bool:
    return kind in {spec.id for spec in pack(life.order.pack_id).signatures}


def leave(first: dt.date, last: dt.date) -> None:
    """The principal leader is at a course on these days; the other one stands in for him."""
    away, instead = (Person.objects.get(pk=a.id.split(":")[1]) for a in holders("leader")[:2])
    if first >= clock.today() and not Absence.objects.filter(person=away).exists():
        state_absence(away, deputy=instead, since=first, until=last, by=holders("leader")[0])
