"""What one person alone may not do, asked for by one, ruled on by another of a different post; and the
marks by which the centre follows an order."""

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.requests import ask, refuse, rule, waiting
from suqiu.orders.models import Order


def ask_force(order: Order, *, reason: str, evidence: str, by: Actor) -> Order:
    """Ask to close what can be brought to no end (强制办结), with the evidence for it."""
    given = {"reason": reason, "evidence": evidence}
    with advance(order.pk, "ask_force", by=by, given=given) as step:
        row = ask(step, "force", step.centre_seat(), reason, evidence=clean(evidence))
        step.words["evidence"] = row.evidence
    return step.order


def grant_force(order: Order, *, by: Actor, note: str = "") -> Order:
    """A leader closes it; it stays out of every rate and is published among the exclusions."""
    with advance(order.pk, "grant_force", by=by) as step:
        rule(step, waiting(step, "force"), "granted", note)
        step.change(forced=True, result="forced", held_until=None)
        step.close_seats()
    return step.order


def refuse_force(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_force", "force", reason=reason, by=by)


def ask_unreasonable(order: Order, *, reason: str, by: Actor) -> Order:
    """Say that the demand is unreasonable; it counts only when another has confirmed it."""
    with advance(order.pk, "ask_unreasonable", by=by, given={"reason": reason}) as step:
        ask(step, "unreasonable", step.centre_seat(), reason)
    return step.order


def grant_unreasonable(order: Order, *, by: Actor, note: str = "") -> Order:
    """Left out of satisfaction and solution, and published among the exclusions."""
    with advance(order.pk, "grant_unreasonable", by=by) as step:
        rule(step, waiting(step, "unreasonable"), "granted", note)
        step.change(unreasonable=True)
    return step.order


def refuse_unreasonable(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_unreasonable", "unreasonable", reason=reason, by=by)


def ask_out_of_remit(order: Order, *, reason: str, by: Actor) -> Order:
    """Say that no unit of the trade may decide the matter (超出职责); it counts when confirmed."""
    with advance(order.pk, "ask_out_of_remit", by=by, given={"reason": reason}) as step:
        ask(step, "out_of_remit", step.centre_seat(), reason)
    return step.order


def grant_out_of_remit(order: Order, *, by: Actor, note: str = "") -> Order:
    """Left out of what is actually solved, and published among the exclusions."""
    with advance(order.pk, "grant_out_of_remit", by=by) as step:
        rule(step, waiting(step, "out_of_remit"), "granted", note)
    return step.order


def refuse_out_of_remit(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_out_of_remit", "out_of_remit", reason=reason, by=by)


def mark_difficult(order: Order, *, reason: str, by: Actor) -> Order:
    """More than one unit can do alone (疑难): a joint study takes it up."""
    return _marked(order, "mark_difficult", reason, by, difficult=True)


def clear_difficult(order: Order, *, reason: str, by: Actor) -> Order:
    return _marked(order, "clear_difficult", reason, by, difficult=False)


def supervise(order: Order, *, reason: str, by: Actor) -> Order:
    """The centre follows the order until it is done (督办)."""
    return _marked(order, "supervise", reason, by, supervised=True)


def unsupervise(order: Order, *, reason: str, by: Actor) -> Order:
    return _marked(order, "unsupervise", reason, by, supervised=False)


def _marked(order: Order, verb: str, reason: str, by: Actor, **mark: bool) -> Order:
    with advance(order.pk, verb, by=by, given={"reason": reason}) as step:
        step.change(**mark)
        step.words = {"reason": clean(reason)}
    return step.order
