"""Coming again, and going away: reopen and withdraw."""

from django.db import transaction

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.draft import Appeal, draft, register
from suqiu.orders.actions.links import accused_in
from suqiu.orders.models import Order


def reopen(order: Order, *, reason: str, by: Actor) -> Order:
    """The citizen comes again about a closed order: a new one is registered, marked as a repeat and
    linked; the old one stays as it ended. Returns the new order."""
    with transaction.atomic():
        with advance(order.pk, "reopen", by=by, given={"reason": reason}) as step:
            old = step.order
            child = draft(
                Appeal(
                    source=old.source,
                    title=old.title,
                    content=f"{clean(reason)}\n——\n{old.content}",
                    kind=old.kind,
                    demand=old.demand,
                    occurred_at=old.occurred_at,
                    frequency=old.frequency,
                    category=old.category,
                    urgency=old.urgency,
                    region=old.region,
                    street=old.street,
                    address=old.address,
                    appellant=old.appellant,
                    confidential=old.confidential,
                    paraphrase=old.paraphrase,
                    repeat=True,
                    parent=old,
                    accused=accused_in(step),
                ),
                by=by,
            )
            step.data = {"child": child.pk}
            step.words = {"reason": clean(reason)}
        return register(child, by=by)


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
