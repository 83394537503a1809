"""Which running clocks ask for attention now: of orders, and of whatever else owes by a clock."""

import datetime as dt
from typing import TypeVar

from django.db.models import F, QuerySet

from suqiu.base import clock
from suqiu.orders.clocked import Clock

C = TypeVar("C", bound=Clock)


def running(rows: QuerySet[C]) -> QuerySet[C]:
    return rows.filter(outcome="open", paused_since=None)


def overdue(rows: QuerySet[C]) -> QuerySet[C]:
    """Past their due moment, and not marked red yet."""
    return running(rows).filter(due__lt=clock.now(), red_at=None)


def soon(rows: QuerySet[C]) -> QuerySet[C]:
    """In the last third of the limit, at most four hours before the end (ui.md), not reminded yet."""
    now = clock.now()
    return running(rows).filter(
        due__gte=now,
        due__lte=now + dt.timedelta(hours=4),
        reminded_at=None,
        due__lt=now + (F("due") - F("started")) / 3,
    )
