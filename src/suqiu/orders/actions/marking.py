"""A reminder before a clock's due moment and a red mark after it, each once, for clocks of whatever
owes by one (docs/adr/0011). Those of orders are marked batch by batch in `orders.jobs`: there are far
more of them."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from suqiu.base import clock
from suqiu.orders import due
from suqiu.orders.clocked import Clock

C = TypeVar("C", bound=Clock)
BATCH = 500


def mark(
    rows: QuerySet[C], *, hold: Callable[[C], object], tell: Callable[[C, bool], object]
) -> int:
    """Mark those of `rows` that ask for it now; returns how many.

    `hold` locks that whose chain is written to, so that one pen is on it; `tell` writes the fact, and
    is told whether the mark is the red one.
    """
    return _mark(rows, hold, tell, red=False) + _mark(rows, hold, tell, red=True)


def _mark(
    rows: QuerySet[C],
    hold: Callable[[C], object],
    tell: Callable[[C, bool], object],
    *,
    red: bool,
) -> int:
    pick = due.overdue if red else due.soon
    done = 0
    for row in list(pick(rows)[:BATCH]):
        with transaction.atomic():
            hold(row)
            # Read again under the lock: another worker may have marked it by now.
            fresh = pick(rows.filter(pk=row.pk)).first()
            if fresh is None:
                continue
            tell(fresh, red)
            marked = {"red_at": clock.now(), "late": True} if red else {"reminded_at": clock.now()}
            rows.model._default_manager.filter(pk=row.pk).update(**marked)
        done += 1
    return done
