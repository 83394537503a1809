"""Return (退单): asked with reason, ruled on by the centre; the clock never stops meanwhile."""

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.models import Order, Request


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


def ask_return(order: Order, *, reason_code: str, reason: str, by: Actor) -> Order:
    """The unit says that it is not its matter. `reason_code`: remit, place, duplicate, other."""
    with advance(
        order.pk, "ask_return", by=by, given={"reason_code": reason_code, "reason": reason}
    ) as step:
        seat = step.own_seat()
        row = Request.objects.create(
            order=step.order,
            seat=seat,
            kind="return",
            reason_code=reason_code,
            reason=clean(reason),
            asked_by=by.id,
            asked_at=step.at,
        )
        step.data = {"request": row.pk, "reason": reason_code, "unit": seat.unit_id}
        step.words = {"reason": row.reason}
    return step.order


def uphold_return(order: Order, *, by: Actor, note: str = "") -> Order:
    """The objection stands: the seat closes, its clocks end as moved, the order waits for dispatch."""
    with advance(order.pk, "uphold_return", by=by) as step:
        request = waiting(step, "return")
        rule(step, request, "granted", note)
        for seat in [
            s for s in step.seats if s.role in {"lead", "callback", "co"} and s.closed is None
        ]:
            clocks.move_off(seat, step.at)
            step.close_seat(seat)
        lapse(step, _("已准退单,随之作废"))
        step.change(returns=step.order.returns + 1, held_until=None)
    return step.order


def lapse(step: Step, note: str) -> None:
    """What else a unit had asked goes with its seat: the next one must neither find nor inherit it."""
    rows = Request.objects.filter(order=step.order, ruled_at=None, seat__closed__isnull=False)
    step.data["lapsed"] = sorted(rows.values_list("pk", flat=True))
    Request.objects.filter(pk__in=step.data["lapsed"]).update(
        ruled_by=step.by.id, ruled_at=step.at, ruling="refused", note=note
    )


def refuse_return(order: Order, *, reason: str, by: Actor) -> Order:
    """The objection fails; with the last allowed one the dispatch is forced and final."""
    with advance(order.pk, "refuse_return", by=by, given={"reason": reason}) as step:
        rule(step, waiting(step, "return"), "refused", reason)
        returns = step.order.returns + 1
        step.change(returns=returns, returns_locked=returns >= step.pack.returns.max)
        step.data["forced"] = step.order.returns_locked
    return step.order
