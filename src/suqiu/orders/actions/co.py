"""Co-handling (协办): asked by the lead, granted by the centre, answered within its own limit."""

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.dispatch import check_unit
from suqiu.orders.actions.requests import ask, refuse, rule, waiting
from suqiu.orders.actions.transfer import BELOW
from suqiu.orders.models import Assist, Order
from suqiu.organisations.models import Unit


def ask_co(order: Order, *, unit: Unit, reason: str, by: Actor) -> Order:
    """The lead asks for this unit's help; `reason` is what it is to do. Raises Invalid for a unit that
    sits in the order already, is accused or ended, or handles nothing."""
    given = {"unit": unit.pk, "reason": reason}
    with advance(order.pk, "ask_co", by=by, given=given) as step:
        _check(step, unit)
        seat = next(s for s in step.seats if s.role == "lead" and s.closed is None)
        ask(step, "co", seat, reason, unit=unit)
        step.data["asked"] = unit.pk
    return step.order


def _check(step: Step, unit: Unit) -> None:
    check_unit(step, unit)
    if unit.kind not in BELOW or unit.pk in {s.unit_id for s in step.seats if s.closed is None}:
        raise Invalid("co.unit", _("协办的须是还没有参与这件的承办单位"), unit=unit.pk)


def grant_co(order: Order, *, by: Actor, note: str = "") -> Order:
    """The unit takes a seat beside the lead; its own clock starts now."""
    with advance(order.pk, "grant_co", by=by) as step:
        request = waiting(step, "co")
        if request.unit is None:
            raise RuntimeError("a request for help without a unit")
        _check(step, request.unit)
        rule(step, request, "granted", note)
        step.about = step.open_seat(request.unit, "co")
        Assist.objects.create(order=step.order, seat=step.about, task=request.reason)
        step.data["unit"] = request.unit.pk
        step.note(
            "order.transmitted", leg="unit", whom=f"unit:{request.unit.pk}", unit=request.unit.pk
        )
    return step.order


def refuse_co(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_co", "co", reason=reason, by=by)


def answer_co(order: Order, *, words: str, by: Actor) -> Order:
    """The co-handling unit tells the lead what it did; its clock stops, its seat stays."""
    with advance(order.pk, "answer_co", by=by, given={"words": words}) as step:
        mine = by.units_as("handler", "head")
        row = step.order.assists.filter(
            answered_at=None, seat__closed=None, seat__unit__in=mine
        ).order_by("pk")[0]
        row.answer, row.answered_by, row.answered_at = clean(words), by.id, step.at
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        step.about = next(s for s in step.seats if s.pk == row.seat_id)
        step.data = {"assist": row.pk, "unit": step.about.unit_id}
        step.words = {"words": row.answer}
    return step.order
