"""Reading the calendar."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from suqiu.audit.kept import kept
from suqiu.calendars.models import CalendarDay
from suqiu.calendars.rules import SATURDAY, Day, Kind, WorkCalendar


@dataclass(frozen=True)
class Change:
    """A day that would be worked instead of rested, or the other way round."""

    date: dt.date
    kind: Kind
    name: str


@dataclass(frozen=True)
class Would:
    """What an import of a year would bring, said beforehand."""

    year: int
    holidays: list[dt.date]
    worked: list[dt.date]  # weekend days
    changed: list[Change]


@kept("calendars_calendarday")
def _calendar() -> WorkCalendar:
    return WorkCalendar(_days())


def calendar() -> WorkCalendar:
    """The calendar as it stands; read again only when it was written."""
    return _calendar()


def _days() -> dict[dt.date, Day]:
    rows = CalendarDay.objects.values_list("date", "kind", "name", "provisional")
    return {
        date: Day("work" if kind == "work" else "rest", name, provisional)
        for date, kind, name, provisional in rows
    }


def known_until() -> str:
    """The last day that is known for certain, ISO; "" while the calendar is empty."""
    days = CalendarDay.objects.filter(provisional=False).order_by("-date")
    last = days.values_list("date", flat=True).first()
    return last.isoformat() if last else ""


def days_of(year: int) -> list[CalendarDay]:
    """The days of a year that are known, in their order."""
    return list(CalendarDay.objects.filter(date__year=year).order_by("date"))


def would_change(year: int, days: Mapping[dt.date, Day]) -> Would:
    """How the year would differ from what clocks count with today, known or guessed."""
    now = calendar()
    changed = []
    for day in (dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)):
        if day.year != year:
            continue
        given = days.get(day) or Day("work" if day.weekday() < SATURDAY else "rest")
        if (given.kind == "work") != now.is_work(day):
            changed.append(Change(day, given.kind, given.name))
    return Would(
        year,
        sorted(date for date, day in days.items() if day.kind == "rest"),
        sorted(d for d, day in days.items() if day.kind == "work" and d.weekday() >= SATURDAY),
        changed,
    )
