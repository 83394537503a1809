"""What the journal does to rechecks. May run at any moment, any number of times."""

from suqiu.audit.models import Entry
from suqiu.audit.queries import follow_each
from suqiu.base.actors import system
from suqiu.orders.queries import locked, visible_to
from suqiu.supervision.rechecks import actions

BY = system("supervision")
READER = "supervision.rechecks"
BATCH = 500


def follow_orders() -> int:
    """Follow the journal: what closes on a leaf that comes back is to be looked at again."""
    return follow_each(READER, {"order.close"}, _plan)


def _plan(entry: Entry) -> int:
    rows = visible_to(BY).filter(pk=int(entry.chain.removeprefix("order:")))
    order = rows.filter(category__recurs=True).first()
    return actions.plan(locked(order.pk), entry.at, by=BY) if order else 0
