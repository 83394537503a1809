"""The telephone's own rates, from the call figures by half hour (`figures.calls`).

They count calls, not orders, so they open into no orders. What writes the half hours, a sheet today
and the telephone's own records once the port is there, is nothing to them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.figures.chance import wilson
from suqiu.figures.models import CallSlot

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Definition:
    """`top` of `bottom`, both columns of a half hour; one that does not know its `top` is left out of
    both. `below` and `above` say so in words."""

    code: str
    name: "StrPromise"
    bottom: str
    top: str
    below: "StrPromise"
    above: "StrPromise"
    source: "StrPromise"


@dataclass(frozen=True)
class CallRate:
    """As a rate over orders: ratio 0–1, None where there was no call."""

    code: str
    name: "StrPromise"
    numerator: int
    denominator: int
    value: float | None
    low: float | None
    high: float | None
    weighting: str


_ROWS = (
    Definition(
        "connected",
        _("接通率"),
        "offered",
        "answered",
        _("呼入的电话"),
        _("接通的电话"),
        _("GB/T 33358-2016：不低于 95 %"),
    ),
    Definition(
        "quick",
        _("15 秒接通率"),
        "answered",
        "quick",
        _("接通的电话，表里没有这一列的半小时不计"),
        _("15 秒内接通的电话"),
        _("GB/T 33358-2016：15 秒内应答"),
    ),
)
DEFINITIONS = {row.code: row for row in _ROWS}


def rates(first: dt.date, after: dt.date) -> dict[str, CallRate]:
    """Over the half hours of these days; `after` is the day after the last."""
    wanted = {}
    for row in _ROWS:
        known = Q(**{f"{row.top}__isnull": False})
        wanted[f"{row.code}_n"] = Sum(row.bottom, filter=known)
        wanted[f"{row.code}_top"] = Sum(row.top, filter=known)
    found = CallSlot.objects.filter(day__gte=first, day__lt=after).aggregate(**wanted)
    return {
        row.code: made(row, found[f"{row.code}_top"] or 0, found[f"{row.code}_n"] or 0)
        for row in _ROWS
    }


def made(row: Definition, top: int, n: int) -> CallRate:
    low, high = wilson(top, n) if n else (None, None)
    value = top / n if n else None
    return CallRate(row.code, row.name, top, n, value, low, high, gettext("每通计 1"))
