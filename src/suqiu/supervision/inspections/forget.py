"""What was written about an order at an inspection leaves with the order's own words; what was answered,
scored and mended stays. Called under the order's lock by `retention`.
"""

from suqiu.audit import journal
from suqiu.audit.queries import chain, spoken
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.orders.models import Order
from suqiu.supervision.inspections.models import Found, Inspection, Item
from suqiu.supervision.inspections.states import State


def is_open(order: Order) -> bool:
    """Whether people are on their way to look at it, or a unit has time still to mend what was found."""
    looking = Item.objects.filter(order=order, drawn=True, inspection__state=State.DRAWN)
    owed = Found.objects.filter(item__order=order, mended_at=None, due__gte=clock.today())
    return looking.exists() or owed.exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the tables and from beside the journal's entries."""
    for item in Item.objects.filter(order=order).order_by("pk"):
        row = Inspection.objects.select_for_update().get(pk=item.inspection_id)
        found = set(Found.objects.filter(item=item).values_list("pk", flat=True))
        Found.objects.filter(pk__in=found).update(words="", mended_words="")
        still = set(spoken(row.chain))
        said = [
            e.pk for e in chain(row.chain)
            if e.pk in still and (e.data.get("item") == item.pk or e.data.get("found") in found)
        ]  # fmt: skip
        if said:
            journal.erase(said, by=by, chain=row.chain, basis=basis)
