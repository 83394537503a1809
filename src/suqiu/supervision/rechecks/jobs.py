"""What the journal does to rechecks. May run at any moment, any number of times."""

from django.db import transaction

from suqiu.audit.models import Entry
from suqiu.audit.queries import advance_cursor, follow
from suqiu.base.actors import system
from suqiu.orders.queries import locked, visible_to
from suqiu.supervision.rechecks import actions

BY = system("supervision")
READER = "supervision.rechecks"
BATCH = 500


def follow_orders() -> int:
    """Follow the journal: what closes on a leaf that comes back is to be looked at again."""
    planned = 0
    while entries := follow(READER, BATCH):
        for position, entry in entries:
            if entry.kind == "order.close":
                with transaction.atomic():
                    planned += _plan(entry)
                    advance_cursor(READER, position)
        advance_cursor(READER, entries[-1][0])
    return planned


def _plan(entry: Entry) -> int:
    rows = visible_to(BY).filter(pk=int(entry.chain.removeprefix("order:")))
    order = rows.filter(category__recurs=True).first()
    return actions.plan(locked(order.pk), entry.at, by=BY) if order else 0
