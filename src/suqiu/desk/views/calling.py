"""A callback as the form gives it."""

from typing import Any

from suqiu.base.actors import Actor
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.orders.models import Order

_SAID = {"yes": True, "no": False}


def call(order: Order, given: dict[str, Any], by: Actor) -> Order:
    """Record one call; what was learned decides where the order goes."""
    answer = AnswerGiven(
        solved=given["solved"],
        efficiency=given["efficiency"],
        attitude=given["attitude"],
        result=given["result"],
        satisfaction=given["satisfaction"],
        disposal_true=_SAID.get(given["disposal_true"]),
        feedback_true=_SAID.get(given["feedback_true"]),
        wants=given["wants"],
        advice=given["advice"],
    )
    reached = given["outcome"] == "reached"
    record(
        order,
        by=by,
        outcome=given["outcome"],
        answer=answer if reached else None,
        note=given["note"],
    )
    order.refresh_from_db()
    return order
