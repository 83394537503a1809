"""What the unit has to do: the demand, its plan, the ruling on it, each measure done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, Refused
from suqiu.base.text import clean
from suqiu.orders.actions import leader, pairs
from suqiu.orders.models import Seat
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.actions import clocks
from suqiu.supervision.cases.actions.advance import Step, advance
from suqiu.supervision.cases.models import Case, Measure, Plan
from suqiu.supervision.cases.states import State


@dataclass(frozen=True)
class Line:
    """One measure as the unit writes it: what, who (a post), until which day."""

    words: str
    owner: str
    until: dt.date


def leads(case: Case) -> list[Unit]:
    """The units that lead or led the orders of the case, the latest first: whom it is demanded of."""
    seats = Seat.objects.filter(order__in=case.orders.all(), role="lead").select_related("unit")
    return list({s.unit_id: s.unit for s in seats.order_by("-pk")}.values())


def demand(case: Case, *, unit: Unit, by: Actor, words: str = "") -> Case:
    """Tell the unit to rectify. Its orders that are open are supervised from now on."""
    with advance(case, "demand", by=by, given={"unit": unit}) as step:
        if unit.pk not in {u.pk for u in leads(step.row)}:
            raise Invalid("case.unit", _("只能交办主办过这些工单的单位"), field="unit")
        step.row.unit = unit
        step.say(words=words)
        for order in step.row.orders.filter(supervised=False, ended_at=None):
            try:
                pairs.supervise(order, reason=_("督办件 %s") % step.row.number, by=by)
            except Refused:  # it has just ended, or is not the demander's to mark
                continue
    return step.row


def clear(case: Case, *, reason: str, by: Actor) -> Case:
    """Nothing was wrong: the report says so."""
    with advance(case, "clear", by=by, given={"reason": reason}) as step:
        step.say(reason=reason)
    return step.row


def plan(case: Case, *, words: str, measures: Sequence[Line], by: Actor) -> Case:
    """The unit's head hands in the plan. Each measure has an owner and a day that is still to come."""
    with advance(case, "plan", by=by, given={"words": words, "measures": measures}) as step:
        today = clock.today()
        for n, line in enumerate(measures, 1):
            if not clean(line.words) or not clean(line.owner) or line.until < today:
                raise Invalid(
                    "case.measure",
                    _("第 %d 条措施：写明做什么、谁负责、哪天前(不早于今天)") % n,
                    field="measures",
                )
        unit = step.row.unit
        if unit is None:
            raise RuntimeError("a plan without a unit that was told to make it")
        row = Plan.objects.create(
            case=step.row, unit=unit, round=step.row.round, by=by.id,
            at=step.at, words=clean(words),
        )  # fmt: skip
        Measure.objects.bulk_create(
            Measure(plan=row, words=clean(m.words), owner=clean(m.owner), until=m.until)
            for m in measures
        )
        step.data |= {"plan": row.pk, "measures": len(measures)}
        step.say(words=words)
        # Where an order's principal leader has to sign a plan, it is this one: nobody writes two.
        for order in step.row.orders.filter(conduct=True, ended_at=None):
            leader.adopt_plan(order, words=words, case=step.row.number, by=by)
    return step.row


def return_plan(case: Case, *, reason: str, by: Actor) -> Case:
    with advance(case, "return_plan", by=by, given={"reason": reason}) as step:
        _rule(step, "returned", reason)
    return step.row


def approve_plan(case: Case, *, by: Actor, note: str = "") -> Case:
    """From now on each measure has its clock."""
    with advance(case, "approve_plan", by=by, given={}) as step:
        row = _rule(step, "approved", note)
        if not step.it.discipline:
            step.told += [clocks.start_measure(step.row, m, step.at) for m in row.measures.all()]
        for order in step.row.orders.filter(conduct=True, ended_at=None):
            words = note or _("批准督办件 %s 的整改方案") % step.row.number
            leader.adopt_signature(order, words=words, case=step.row.number, by=by)
    return step.row


def do_measure(case: Case, *, measure: int, words: str, by: Actor) -> Case:
    """One line of the plan is done; with the last one the case waits for the re-check."""
    given = {"measure": measure, "words": words}
    with advance(case, "do_measure", by=by, given=given) as step:
        current = Measure.objects.filter(plan__case=step.row, plan__ruling="approved")
        row = current.filter(plan__round=step.row.round, pk=measure, done_at=None).first()
        if row is None:
            raise Missing("case.no_measure", _("没有这条待办的措施"))
        row.done_at, row.done_by, row.done_words = step.at, by.id, clean(words)
        row.save(update_fields=["done_at", "done_by", "done_words"])
        clocks.stop(step.row, ("measure",), step.at, row.pk)
        left = current.filter(plan__round=step.row.round, done_at=None).exists()
        step.to = State.RECTIFYING if left else State.CHECKING
        step.data["measure"] = row.pk
        step.say(words=words)
    return step.row


def _rule(step: Step, ruling: str, note: str) -> Plan:
    row = step.row.plans.get(ruling="")
    row.ruling, row.ruled_by, row.ruled_at, row.note = ruling, step.by.id, step.at, clean(note)
    row.save(update_fields=["ruling", "ruled_by", "ruled_at", "note"])
    step.data |= {"plan": row.pk, "ruling": ruling}
    step.say(note=note)
    return row
