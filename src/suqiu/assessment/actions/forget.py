"""What was said of an order in an appeal against a score leaves with the order's own words; that there
was an appeal and how it was ruled stays. Called under the order's lock by `retention`."""

from suqiu.assessment.models import Appeal
from suqiu.assessment.states import OVER
from suqiu.audit import journal
from suqiu.audit.queries import spoken
from suqiu.base.actors import Actor
from suqiu.orders.models import Order


def is_open(order: Order) -> bool:
    """Whether an appeal on it still waits for a ruling."""
    return Appeal.objects.filter(order=order).exclude(state__in=OVER).exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the table and from beside the journal's entries."""
    rows = Appeal.objects.select_for_update().filter(order=order).order_by("pk")
    for row in rows:
        still = list(spoken(row.chain))
        if still:
            journal.erase(still, by=by, chain=row.chain, basis=basis)
    rows.update(words="", advice_words="", ruling_words="")
