"""The calendar as the database has it, kept in each process until a change is seen."""

import threading

from suqiu.calendars.models import CalendarDay, Edition
from suqiu.calendars.rules import Day, WorkCalendar

_lock = threading.Lock()
_kept: tuple[int, WorkCalendar] | None = None


def calendar() -> WorkCalendar:
    """The working calendar; one small read tells whether the copy kept here is still the newest."""
    global _kept  # noqa: PLW0603 - one copy per process
    number = Edition.objects.values_list("number", flat=True).first() or 0
    with _lock:
        if _kept is None or _kept[0] != number:
            rows = CalendarDay.objects.values_list("date", "kind", "name", "provisional")
            days = {date: Day(kind == "work", name, provisional) for date, kind, name, provisional in rows}
            _kept = (number, WorkCalendar(days))
        return _kept[1]


def known_until() -> str:
    """The last day that is told of for certain, ISO; "" when none is."""
    last = CalendarDay.objects.filter(provisional=False).order_by("-date").values_list("date", flat=True).first()
    return last.isoformat() if last else ""
