"""The words of a verdict leave with the words of an order that it speaks of; the verdict stays. Called
under the order's lock by `retention`.
"""

from suqiu.audit import journal
from suqiu.audit.queries import spoken
from suqiu.base.actors import Actor
from suqiu.orders.models import Order
from suqiu.supervision.signals.models import Signal


def is_open(order: Order) -> bool:
    """Whether a question about it still waits for a verdict."""
    return Signal.objects.filter(evidence__order=order, verdict="").exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the table and from beside the journal's entries."""
    for row in Signal.objects.filter(evidence__order=order).distinct():
        if said := spoken(row.chain):
            journal.erase(said, by=by, chain=row.chain, basis=basis)
        Signal.objects.filter(pk=row.pk).update(words="")
