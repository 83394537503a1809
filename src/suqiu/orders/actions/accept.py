"""The centre's gate: accept, answer at once, name the right door, or send back for mending."""

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.catalogue.models import Door
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import advance
from suqiu.orders.models import Order


def accept(order: Order, *, by: Actor) -> Order:
    """The appeal is ours; the citizen's promise runs from here. Raises WrongState with the findings
    that stop it."""
    with advance(order.pk, "accept", by=by) as step:
        promised = clocks.promised(step.order, step.pack, step.at)
        step.change(accepted_at=step.at, promised_at=promised)
        step.data = {"promised": promised.isoformat()}
    return step.order


def answer(order: Order, *, answer: str, by: Actor) -> Order:
    """Answered on the telephone; no order goes out."""
    with advance(order.pk, "answer", by=by, given={"answer": answer}) as step:
        step.change(result="answered")
        step.words = {"answer": clean(answer)}
    return step.order


def reject(order: Order, *, door: Door, by: Actor, note: str = "") -> Order:
    """Not of this trade: the citizen is told which door is the right one."""
    with advance(order.pk, "reject", by=by, given={"door": door.code}) as step:
        step.change(door=door, result="rejected")
        step.data = {"door": door.code}
        step.words = {"told": door.tell, "note": clean(note)}
    return step.order


def send_back(order: Order, *, reason: str, by: Actor) -> Order:
    """Review found a fault; the one who registered it mends it, and it counts for him."""
    with advance(order.pk, "send_back", by=by, given={"reason": reason}) as step:
        step.data = {"of": step.order.drafted_by}
        step.words = {"reason": clean(reason)}
    return step.order


def void(order: Order, *, reason: str, by: Actor) -> Order:
    """A draft made by mistake."""
    with advance(order.pk, "void", by=by, given={"reason": reason}) as step:
        step.words = {"reason": clean(reason)}
    return step.order
