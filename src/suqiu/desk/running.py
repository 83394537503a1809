"""Clocks that run, by when they run out: how many of each obligation, and which."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from suqiu.base import clock, paging
from suqiu.base.actors import Actor
from suqiu.desk import queries
from suqiu.orders.access import is_inside
from suqiu.orders.models import Obligation
from suqiu.orders.queries import visible_to

SOON = dt.timedelta(hours=4)
PAGE = 40
LABELS = {
    "overdue": _("逾期"),
    "soon": _("4 小时内"),
    "today": _("今天内"),
    "tomorrow": _("明天"),
    "later": _("以后"),
    "paused": _("停着"),
}
# Whose clocks: the centre's own, or the units'. A unit's people see their own only.
SCOPES = {"centre": ("centre", "section"), "units": ("hub", "department", "street", "squad")}


@dataclass(frozen=True)
class Running:
    """One obligation, and how many of its clocks are in each bin."""

    code: str
    name: str
    bins: list[tuple[str, int]]


def clocks(by: Actor, scope: str = "") -> QuerySet[Obligation]:
    """The open clocks of orders that this person may see, those of one side where a scope is named."""
    rows = queries.clocks(by).filter(order__in=visible_to(by))
    if scope in SCOPES and is_inside(by):
        rows = rows.filter(seat__unit__kind__in=SCOPES[scope])
    return rows


def bins() -> dict[str, Q]:
    """Which clocks are in which bin: each is in one."""
    now = clock.now()
    soon = now + SOON
    night = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight, after = night + dt.timedelta(days=1), night + dt.timedelta(days=2)
    runs = Q(paused_since=None)
    return {
        "overdue": runs & Q(due__lt=now),
        "soon": runs & Q(due__gte=now, due__lt=soon),
        "today": runs & Q(due__gte=soon, due__lt=tonight),
        "tomorrow": runs & Q(due__gte=max(soon, tonight), due__lt=after),
        "later": runs & Q(due__gte=max(soon, after)),
        "paused": Q(paused_since__isnull=False),
    }


def table(by: Actor, scope: str = "") -> list[Running]:
    """A row for each obligation of which a clock is open, counted by the database."""
    wanted = {f"n_{name}": Count("pk", filter=rule) for name, rule in bins().items()}
    rows: Any = clocks(by, scope).order_by().values("code", "name").annotate(**wanted)
    return [
        Running(row["code"], row["name"], [(one, row[f"n_{one}"]) for one in LABELS])
        for row in rows.order_by("code")
    ]


def page(
    by: Actor, *, scope: str, code: str, within: str, after: str
) -> tuple[list[Obligation], str]:
    """The clocks of one cell, the first to run out first; the second value continues behind the last."""
    rows = clocks(by, scope)
    if code:
        rows = rows.filter(code=code)
    if within in LABELS:
        rows = rows.filter(bins()[within])
    beside = ("order__category", "order__region", "order__street", "seat__unit")
    return paging.page(rows.select_related(*beside), "due", after, PAGE)
