"""The calendar as it is seeded, without a database."""

from suqiu.calendars.actions import _from_package
from suqiu.calendars.rules import SATURDAY, Day, WorkCalendar

FIRST, LAST = 2004, 2026


def _known() -> WorkCalendar:
    import datetime as dt

    days = {}
    for year in range(FIRST, LAST + 1):
        given = _from_package(year)
        date = dt.date(year, 1, 1)
        while date.year == year:
            days[date] = given.get(date, Day("work" if date.weekday() < SATURDAY else "rest"))
            date += dt.timedelta(days=1)
    return WorkCalendar(days)


KNOWN = _known()
