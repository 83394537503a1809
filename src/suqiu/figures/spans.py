"""Days, dekads (旬) and months: a period as few of them, and the rows that a day is in. Pure.

A day's orders stand in three sums, of the day, of its dekad (the 1st to 10th, 11th to 20th, 21st to
the end) and of its month. So thirty days are read from about eight rows and a year from twelve,
whatever days it begins and ends on, and nothing is rounded to whole months. Of a dekad that lies
inside but for a few days, those days are taken away again: the sums are whole numbers.
"""

import datetime as dt
from collections.abc import Iterator

from suqiu.figures import years

DAY, DEKAD, MONTH = "day", "dekad", "month"
Span = tuple[str, dt.date]  # which of the three, and its first day
Part = tuple[int, str, dt.date]  # 1: added, -1: taken away
_ONE = dt.timedelta(days=1)


def spans_of(day: dt.date) -> tuple[Span, ...]:
    """The sums that this day is in."""
    return (DAY, day), (DEKAD, _dekad(day)), (MONTH, day.replace(day=1))


def parts(first: dt.date, after: dt.date, *, whole_days: bool = False) -> Iterator[Part]:
    """[first, after) as few spans, oldest first; `whole_days`: as single days."""
    while first < after:
        month, dekad = first.replace(day=1), _dekad(first)
        if whole_days:
            end = after
            yield from _days(1, first, end)
        elif first == month and (end := _end(MONTH, month)) <= after:
            yield 1, MONTH, month
        else:
            end = min(after, _end(DEKAD, dekad))
            yield from _within(dekad, first, end)
        first = end


def _within(dekad: dt.date, first: dt.date, after: dt.date) -> Iterator[Part]:
    """Some days of one dekad: they alone, or the dekad without the others."""
    end = _end(DEKAD, dekad)
    outside = (end - dekad) - (after - first)
    if after - first <= outside:
        yield from _days(1, first, after)
        return
    yield 1, DEKAD, dekad
    yield from _days(-1, dekad, first)
    yield from _days(-1, after, end)


def _days(sign: int, first: dt.date, after: dt.date) -> Iterator[Part]:
    for number in range((after - first).days):
        yield sign, DAY, first + number * _ONE


def label(day: dt.date, group: str, begins: int = 1) -> str:
    """The week (2026-W38), month (2026-09) or year of assessment (2026) of this day."""
    if group == "year":
        return str(years.assessment_year(day, begins))
    return f"{day:%G-W%V}" if group == "week" else f"{day:%Y-%m}"


def _dekad(day: dt.date) -> dt.date:
    """The first day of its dekad."""
    return day.replace(day=1 if day.day <= 10 else 11 if day.day <= 20 else 21)


def _end(span: str, first: dt.date) -> dt.date:
    """The day after the dekad or month that begins on this day."""
    if span == DEKAD and first.day < 21:
        return first + 10 * _ONE
    return (first.replace(day=1) + 31 * _ONE).replace(day=1)
