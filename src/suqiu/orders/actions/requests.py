"""Requests beside the state: one way to ask, to rule, and to lapse. What they are about is elsewhere."""

from typing import Any

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.models import Order, Request, Seat


def ask(step: Step, kind: str, seat: Seat, reason: str, **more: Any) -> Request:
    """Write the request down; `more` are its other fields. `reason_code` is the kind where none is."""
    row = Request.objects.create(
        order=step.order,
        seat=seat,
        kind=kind,
        reason=clean(reason),
        asked_by=step.by.id,
        asked_at=step.at,
        **{"reason_code": kind, **more},
    )
    step.data |= {"request": row.pk, "unit": seat.unit_id}
    step.words["reason"] = row.reason
    return row


def waiting(step: Step, kind: str) -> Request:
    """The request of this kind that waits for a ruling; a guard has seen that there is one."""
    return Request.objects.select_related("seat").get(order=step.order, kind=kind, ruled_at=None)


def rule(step: Step, request: Request, ruling: str, note: str) -> None:
    """Write the ruling; "granted" or "refused"."""
    request.ruled_by, request.ruled_at, request.ruling, request.note = (
        step.by.id,
        step.at,
        ruling,
        clean(note),
    )
    request.save(update_fields=["ruled_by", "ruled_at", "ruling", "note"])
    step.data |= {"request": request.pk, "ruling": ruling, "unit": request.seat.unit_id}
    if note:
        step.words["note"] = clean(note)


def refuse(order: Order, verb: str, kind: str, *, reason: str, by: Actor) -> Order:
    """The verb by which a request of this kind is turned down; nothing else changes."""
    with advance(order.pk, verb, by=by, given={"reason": reason}) as step:
        rule(step, waiting(step, kind), "refused", reason)
    return step.order


def lapse(step: Step, note: str) -> None:
    """What else a unit had asked goes with its seat: the next one must neither find nor inherit it."""
    rows = Request.objects.filter(order=step.order, ruled_at=None, seat__closed__isnull=False)
    step.data["lapsed"] = sorted(rows.values_list("pk", flat=True))
    Request.objects.filter(pk__in=step.data["lapsed"]).update(
        ruled_by=step.by.id, ruled_at=step.at, ruling="refused", note=note
    )
