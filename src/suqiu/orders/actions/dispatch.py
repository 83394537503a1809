"""Sending an order out: the seats, the two transmissions, and climbing when nobody answers."""

import datetime as dt

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.calendars.queries import calendar
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.models import URGENCIES, Order, Seat, Transmission
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import centre, hub_of, on_call

STEPS = ("officer", "deputy", "hub", "centre")


def dispatch(order: Order, *, to: Unit, by: Actor, note: str = "") -> Order:
    """Give the order to the unit that leads. Its clocks start now, not when it signs.

    The district's hub takes the callback seat; a hub that leads itself leaves it to the centre.
    """
    with advance(order.pk, "dispatch", by=by, given={"to": to.pk}) as step:
        check_unit(step, to)
        lead = step.open_seat(to, "lead")
        step.open_seat(_caller(step, to), "callback")
        transmit(step, lead)
        step.change(dispatched_at=step.at)
        step.data = {"unit": to.pk}
        step.words = {"note": clean(note)} if note else {}
    return step.order


def check_unit(step: Step, to: Unit) -> None:
    """Raises Invalid where the unit is accused, or does not exist any more."""
    if to.pk in step.situation.accused:
        raise Invalid("dispatch.accused", _("%(to)s 是被诉单位，不能承办") % {"to": to})
    if to.valid_to and to.valid_to < clock.today():
        raise Invalid(
            "dispatch.ended",
            _("%(to)s 已于 %(valid_to)s 撤销") % {"to": to, "valid_to": to.valid_to},
        )


def _caller(step: Step, to: Unit) -> Unit:
    """Who owes the first callback: the district's hub; the centre where the hub itself leads or is
    accused, and where a section of the centre leads. Somebody always owes it."""
    hub = hub_of(to.region)
    free = hub and hub.pk != to.pk and hub.pk not in step.situation.accused
    return hub if hub and free and to.kind != "section" else centre()


def transmit(step: Step, lead: Seat) -> None:
    """二传: one by system to the unit, one to the officer on duty, each to be acknowledged."""
    local = clock.local(step.at)
    duty = on_call(lead.unit_id, local, calendar().is_work)
    for spec in step.pack.transmissions:
        leg = "officer" if spec.to == "duty_officer" else "unit"
        to = (
            (duty.person if duty else f"unit:{lead.unit_id}")
            if leg == "officer"
            else f"unit:{lead.unit_id}"
        )
        Transmission.objects.create(
            order=step.order,
            seat=lead,
            leg=leg,
            to=to,
            sent_at=step.at,
            ack_due=step.at + dt.timedelta(minutes=spec.ack_minutes),
        )
        step.note("order.transmitted", leg=leg, to=to, unit=lead.unit_id)


def acknowledge(order: Order, *, by: Actor) -> Order:
    """The unit, or its officer on duty, says: it has come."""
    with advance(order.pk, "acknowledge", by=by) as step:
        rows = step.order.transmissions.filter(acked_at=None, seat__closed=None)
        step.data = {"legs": sorted(rows.values_list("leg", flat=True))}
        rows.update(acked_at=step.at, acked_by=by.id)
    return step.order


def climb(order_id: int, *, by: Actor) -> Order:
    """Nobody has acknowledged in time: the deputy is asked, then the hub, then the centre."""
    with advance(order_id, "climb", by=by) as step:
        waiting = step.order.transmissions.filter(
            acked_at=None, seat__closed=None, ack_due__lte=step.at
        )
        for row in waiting.select_related("seat__unit"):
            row.step = min(row.step + 1, len(STEPS) - 1)
            row.to = _next_to(row)
            row.ack_due = step.at + (row.ack_due - row.sent_at)
            row.sent_at = step.at
            row.save(update_fields=["step", "to", "ack_due", "sent_at"])
            step.note(
                "order.transmitted",
                leg=row.leg,
                to=row.to,
                unit=row.seat.unit_id,
                step=STEPS[row.step],
            )
    return step.order


def _next_to(row: Transmission) -> str:
    unit, local = row.seat.unit, clock.local(clock.now())
    duty = on_call(unit.pk, local, calendar().is_work)
    hub = hub_of(unit.region)
    return {
        "deputy": duty.deputy if duty and duty.deputy else f"unit:{unit.pk}",
        "hub": f"unit:{hub.pk}" if hub else f"unit:{centre().pk}",
        "centre": f"unit:{centre().pk}",
    }.get(STEPS[row.step], f"unit:{unit.pk}")


def sign(order: Order, *, by: Actor) -> Order:
    """The unit takes the order in hand; a transmission not yet acknowledged is so by this."""
    with advance(order.pk, "sign", by=by) as step:
        step.order.transmissions.filter(acked_at=None, seat__closed=None).update(
            acked_at=step.at, acked_by=by.id
        )
        step.data = {"unit": step.own_seat().unit_id}
    return step.order


def urge(order: Order, *, reason: str, by: Actor) -> Order:
    """The citizen asks again, or time runs short: the unit is pressed, and it counts."""
    with advance(order.pk, "urge", by=by, given={"reason": reason}) as step:
        step.change(urged=step.order.urged + 1)
        step.words = {"reason": clean(reason)}
    return step.order


def set_urgency(order: Order, *, urgency: str, by: Actor) -> Order:
    """Another urgency, other limits: the open clocks are counted again from their start."""
    if urgency not in URGENCIES:
        raise Invalid(
            "urgency", _("没有“%(urgency)s”这种紧急程度") % {"urgency": urgency}, known=URGENCIES
        )
    with advance(order.pk, "set_urgency", by=by, given={"urgency": urgency}) as step:
        step.change(urgency=urgency)
        step.data = {"urgency": urgency}
        clocks.reconsider(step.order, step.pack, by=by, why="urgency")
    return step.order
