"""Return (退单): asked with reason, ruled on by the centre; the clock never stops meanwhile."""

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.requests import ask, lapse, rule, waiting
from suqiu.orders.models import Order


def ask_return(order: Order, *, reason_code: str, reason: str, by: Actor) -> Order:
    """The unit says that it is not its matter. `reason_code`: remit, place, duplicate, other."""
    with advance(
        order.pk, "ask_return", by=by, given={"reason_code": reason_code, "reason": reason}
    ) as step:
        ask(step, "return", step.own_seat(), reason, reason_code=reason_code)
        step.data["reason"] = reason_code
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
        lapse(step, _("已准退单，随之作废"))
        step.change(returns=step.order.returns + 1, held_until=None)
    return step.order


def refuse_return(order: Order, *, reason: str, by: Actor) -> Order:
    """The objection fails; with the last allowed one the dispatch is forced and final."""
    with advance(order.pk, "refuse_return", by=by, given={"reason": reason}) as step:
        rule(step, waiting(step, "return"), "refused", reason)
        returns = step.order.returns + 1
        step.change(returns=returns, returns_locked=returns >= step.pack.returns.max)
        step.data["forced"] = step.order.returns_locked
    return step.order
