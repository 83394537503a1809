"""A callback as the form gives it."""

from typing import Any

from suqiu.base.actors import Actor
from suqiu.orders.actions.verify import Outcome, verify
from suqiu.orders.models import Order

_SAID = {"yes": True, "no": False}


def call(order: Order, given: dict[str, Any], by: Actor) -> Order:
    """Record one call; what was learned decides where the order goes."""
    if given["reached"] != "yes":
        return verify(order, Outcome(reached=False), by=by)
    outcome = Outcome(
        reached=True,
        solved=_SAID.get(given["solved"]),
        satisfaction=given["satisfaction"],
        disposal_true=_SAID.get(given["disposal_true"]),
        feedback_true=_SAID.get(given["feedback_true"]),
    )
    return verify(order, outcome, by=by)
