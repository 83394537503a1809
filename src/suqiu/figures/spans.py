"""Days, dekads (旬) and months: a period as the fewest of them, and the row that a day is in. Pure.

A day's orders stand in three sums, of the day, of its dekad (the 1st to 10th, 11th to 20th, 21st to
the end) and of its month. So thirty days are read from about eleven rows and a year from twelve,
whatever days it begins and ends on, and nothing is rounded to whole months.
"""

import datetime as dt
from collections.abc import Iterator

from suqiu.figures import years

DAY, DEKAD, MONTH = "day", "dekad", "month"
Span = tuple[str, dt.date]  # which of the three, and its first day


def spans_of(day: dt.date) -> tuple[Span, ...]:
    """The sums that this day is in."""
    return (DAY, day), (DEKAD, day.replace(day=_dekad(day))), (MONTH, day.replace(day=1))


def parts(first: dt.date, after: dt.date, *, whole_days: bool = False) -> Iterator[Span]:
    """[first, after) as the fewest spans, oldest first; `whole_days`: as single days."""
    while first < after:
        span = DAY if whole_days else _longest(first, after)
        yield span, first
        first = _end(span, first)


def label(day: dt.date, group: str, begins: int = 1) -> str:
    """The week (2026-W38), month (2026-09) or year of assessment (2026) of this day."""
    if group == "year":
        return str(years.assessment_year(day, begins))
    return f"{day:%G-W%V}" if group == "week" else f"{day:%Y-%m}"


def _longest(first: dt.date, after: dt.date) -> str:
    if first.day == 1 and _end(MONTH, first) <= after:
        return MONTH
    return DEKAD if first.day == _dekad(first) and _end(DEKAD, first) <= after else DAY


def _dekad(day: dt.date) -> int:
    return 1 if day.day <= 10 else 11 if day.day <= 20 else 21


def _end(span: str, first: dt.date) -> dt.date:
    """The day after the span that begins on this day."""
    if span == DAY:
        return first + dt.timedelta(days=1)
    if span == DEKAD and first.day < 21:
        return first + dt.timedelta(days=10)
    return (first.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
