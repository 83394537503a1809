"""The principal leader's part in an order's life: he signs that it is accepted, the plan, the close.
While he is away the other leader signs in his name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from suqiu.accounts.absences import state_absence
from suqiu.accounts.charges import of_line, put_in_charge
from suqiu.accounts.models import Person
from suqiu.accounts.queries import deputies
from suqiu.base.actors import Actor
from suqiu.demo.city import BY
from suqiu.demo.people import holders, in_unit
from suqiu.orders.actions import leader
from suqiu.orders.past import read
from suqiu.orders.situations import plan_state
from suqiu.organisations.queries import unit
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
        words = "请承办单位负责人亲自办，注意回避，先报方案。"
        leader.sign_acceptance(life.order, words=words, by=signer(life))


def plan(life: Life) -> str:
    """What the plan is waiting for now: "report" by the unit, "sign" by the leader, "" nothing."""
    order = life.fresh
    if not order.conduct or not order.leader or not _owes(life, "plan"):
        return ""
    return {"": "report", "waits": "sign"}.get(plan_state(order, read(order)), "")


def report_plan(life: Life) -> None:
    head = in_unit(life.fresh.seats.get(role="lead", closed=None).unit_id, "head")
    words = "由单位负责人牵头，两日内约谈当事人、调取记录，当面答复诉求人。"
    leader.report_plan(life.order, words=words, by=head)


def sign_plan(life: Life) -> None:
    if plan(life) == "sign":
        leader.sign_plan(life.order, words="同意，调取的记录一并存档。", by=signer(life))


def close(life: Life) -> None:
    words = "已阅，同意办结；请相关科室跟踪回看。"
    leader.sign_off(life.fresh, words=words, by=signer(life))


def _owes(life: Life, kind: str) -> bool:
    return kind in {spec.id for spec in pack(life.order.pack_id).signatures}


def name(life: Life, by: Actor) -> None:
    """As the charges of the line propose; where none are noted, the first leader and the inspectors."""
    order = life.fresh
    charge = of_line(order.category.line if order.category else "")
    principal = charge.leader.actor_id if charge else holders("leader")[0].id
    section = charge.section if charge else unit(next(iter(life.centre("inspector").units)))
    leader.name_leader(order, leader=principal, section=section, by=by)


def prepare(first: dt.date, last: dt.date) -> None:
    """Who answers for which line, and when the first leader is away: some days in the second week,
    and at the end, so that whoever opens the demo finds a deputy at work."""
    one, other = _leaders()
    inspectors = unit(next(iter(holders("inspector")[0].units)))
    put_in_charge("", leader=one, section=inspectors, by=BY)
    put_in_charge("C", leader=other, section=inspectors, by=BY)
    day = dt.timedelta(days=1)
    for since, until in ((first + 7 * day, first + 10 * day), (last - day, last + 2 * day)):
        state_absence(one, deputy=other, since=since, until=until, by=holders("leader")[0])


def _leaders() -> list[Person]:
    return [Person.objects.get(pk=int(a.id.split(":")[1])) for a in holders("leader")[:2]]
