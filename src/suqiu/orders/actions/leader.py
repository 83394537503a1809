"""Conduct orders: a principal leader signs, a responsible section carries out."""

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import advance
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit


def name_leader(order: Order, *, leader: str, section: Unit, by: Actor) -> Order:
    """`leader` is the actor id of the principal leader."""
    with advance(
        order.pk, "name_leader", by=by, given={"leader": leader, "section": section.pk}
    ) as step:
        # Another leader has signed nothing yet.
        if leader != step.order.leader:
            step.change(leader_signed_at=None)
        step.change(leader=leader, section=section)
        step.data = {"leader": leader, "unit": section.pk}
    return step.order


def sign_off(order: Order, *, words: str, by: Actor) -> Order:
    """The leader has read what was done and signs; without it a conduct order does not close.

    What he signs is this round's disposal, which its unit has passed: rework takes the signature away.
    """
    with advance(order.pk, "sign_off", by=by, given={"words": words}) as step:
        step.change(leader_signed_at=step.at)
        step.words = {"words": clean(words)}
    return step.order
