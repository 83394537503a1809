"""Calling for a second check beside the random draw, where a question was raised."""

from suqiu.base.actors import Actor
from suqiu.orders.models import Order
from suqiu.orders.queries import locked


def call_for_check(pk: int, *, by: Actor) -> bool:
    """The order's next draw sends it to a second check, with the reason "signal" in the fact of the
    draw, apart from chance. Returns False where it was called before or has ended. The fact stands in
    the chain of what called for it: the order's own is read by its unit, which is never told."""
    order = locked(pk)
    if order.signalled or order.ended_at is not None:
        return False
    Order.objects.filter(pk=pk).update(signalled=True)
    return True
