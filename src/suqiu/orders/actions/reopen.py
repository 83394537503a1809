"""Coming again, and going away: reopen and withdraw."""

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.draft import take_from
from suqiu.orders.models import Order


def reopen(order: Order, *, reason: str, by: Actor) -> Order:
    """The citizen comes again about a closed order: a new one is registered, marked as a repeat and
    linked; the old one stays as it ended. Returns the new order."""
    with advance(order.pk, "reopen", by=by, given={"reason": reason}) as step:
        content = f"{clean(reason)}\n——\n{step.order.content}"
        child = take_from(step, content=content, repeat=True, by=by)
        step.words = {"reason": clean(reason)}
    return child


def withdraw(order: Order, *, reason: str, by: Actor) -> Order:
    """The citizen no longer wants it; the dispatcher has made sure of that."""
    with advance(order.pk, "withdraw", by=by, given={"reason": reason}) as step:
        step.change(result="withdrawn")
        step.words = {"reason": clean(reason)}
        step.order.requests.filter(kind="withdraw", ruled_at=None).update(
            ruled_at=step.at, ruled_by=by.id, ruling="granted"
        )
        step.close_seats()
    return step.order
