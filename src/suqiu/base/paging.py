"""Pages of what waits, the first due first, that stay put while others finish their work: where a page
ends is a moment and a key, not a number of rows."""

import datetime as dt
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)


def page(rows: QuerySet[M], due: str, after: str, size: int) -> tuple[list[M], str]:
    """`size` rows by the moment in the column `due`, and where to go on ("" at the end). `after` is
    what the page before told; what is no place to go on from begins at the beginning."""
    place = _place(after)
    if place:
        moment, pk = place
        # The first condition lets the index begin there; the second passes over what was seen.
        rows = rows.filter(Q((f"{due}__gte", moment)))
        rows = rows.filter(Q((f"{due}__gt", moment)) | Q(pk__gt=pk))
    found = list(rows.order_by(F(due), "pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, due).isoformat()}|{last.pk}"


def _place(after: str) -> tuple[dt.datetime, int] | None:
    due, _bar, pk = after.partition("|")
    try:
        moment, key = dt.datetime.fromisoformat(due), int(pk)
    except ValueError:
        return None
    return (moment, key) if moment.tzinfo else None
