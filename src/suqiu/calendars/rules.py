"""Counting hours and days on the Chinese working calendar. Pure: no ORM, no clock.

Sources: 民法典 201–203 for days that begin the day after and end on a working day; 行政处罚法 85 for
"日" as working days. Counted in Asia/Shanghai, which has no summer time; given back in UTC.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from suqiu.base.clock import LOCAL

Unit = Literal["natural_hour", "work_hour", "work_day", "natural_day"]
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
# The fixed days of the statute, for a year whose notice has not come (全国年节及纪念日放假办法).
STATUTORY = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
OFFICE = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30)))


@dataclass(frozen=True)
class Day:
    work: bool
    name: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Limit:
    """`n` of a unit; n is positive, and whole for days."""

    n: float
    unit: Unit

    def __post_init__(self) -> None:
        if self.n <= 0:
            raise ValueError("a limit is positive")
        if self.unit.endswith("day") and self.n != int(self.n):
            raise ValueError("days are whole")


@dataclass(frozen=True)
class Due:
    """The moment (UTC), whether a day on the way is provisional, and the named rest days passed over."""

    moment: dt.datetime
    provisional: bool = False
    skipped: tuple[tuple[dt.date, str], ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """A pure calendar, given its days. Days it was not told of are Mon–Fri less the fixed statutory
    ones, and provisional."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    windows: tuple[tuple[dt.time, dt.time], ...] = OFFICE

    def day(self, date: dt.date) -> Day:
        known = self.days.get(date)
        if known is not None:
            return known
        name = STATUTORY.get((date.month, date.day), "")
        return Day(date.weekday() < 5 and not name, name, provisional=True)

    def is_work(self, date: dt.date) -> bool:
        return self.day(date).work

    def is_provisional(self, date: dt.date) -> bool:
        return self.day(date).provisional

    def due(self, start: dt.datetime, limit: Limit) -> Due:
        """When `limit` from `start` is over.

        natural_hour: by the clock, from the moment. work_hour: only inside office windows of working
        days. work_day: the end (24:00) of the nth working day after the day of the start. natural_day:
        the end of the nth day after it; a rest day gives way to the next working day.
        """
        local = start.astimezone(LOCAL)
        if limit.unit == "natural_hour":
            return Due((start + limit.n * HOUR).astimezone(dt.UTC))
        if limit.unit == "work_hour":
            return self._after_hours(local, limit.n * HOUR)
        if limit.unit == "work_day":
            return self._after_days(local.date(), int(limit.n))
        return self._to_work(local.date(), local.date() + int(limit.n) * DAY)

    def extend(self, due: dt.datetime, days: int) -> dt.datetime:
        """`days` more working days after the day on which it was due."""
        return self._after_days(_last_day(due), days).moment

    def after_pause(self, due: dt.datetime, *, paused_at: dt.datetime, resumed_at: dt.datetime, unit: str) -> dt.datetime:
        """The due moment after a pause: what was left when it began runs on from its end.

        Hours by the clock move by the length of the pause. Days: the working days left, the day of
        the pause not counted, are counted again from the day on which work goes on (推定).
        An already past due moment does not move.
        """
        if due <= paused_at:
            return due
        if unit == "natural_hour":
            return due + (resumed_at - paused_at)
        if unit == "work_hour":
            left = self.office_time(paused_at, due)
            return self._after_hours(resumed_at.astimezone(LOCAL), left).moment
        last, paused = _last_day(due), paused_at.astimezone(LOCAL).date()
        resumed = resumed_at.astimezone(LOCAL).date()
        if unit == "natural_day":
            return self._to_work(resumed, resumed + (last - paused)).moment
        left_days = sum(self.is_work(paused + i * DAY) for i in range(1, (last - paused).days + 1))
        return self._after_days(resumed, left_days).moment if left_days else _end_of(resumed)

    def office_time(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """The office time between two moments."""
        total, date, last = dt.timedelta(0), start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
        while date <= last:
            for opens, closes in self._windows(date):
                total += max(dt.timedelta(0), min(end, closes) - max(start, opens))
            date += DAY
        return total

    def _windows(self, date: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        if not self.is_work(date):
            return []
        return [
            (dt.datetime.combine(date, a, LOCAL), dt.datetime.combine(date, b, LOCAL)) for a, b in self.windows
        ]

    def _after_hours(self, local: dt.datetime, left: dt.timedelta) -> Due:
        if not self.windows:
            raise ValueError("a calendar without office windows cannot count office hours")
        date, provisional = local.date(), False
        skipped: list[tuple[dt.date, str]] = []
        while True:
            day = self.day(date)
            provisional |= day.provisional
            if not day.work and day.name:
                skipped.append((date, day.name))
            for opens, closes in self._windows(date):
                begin = max(local, opens)
                if begin < closes:
                    if left <= closes - begin:
                        return Due((begin + left).astimezone(dt.UTC), provisional, tuple(skipped))
                    left -= closes - begin
            date += DAY

    def _after_days(self, date: dt.date, n: int) -> Due:
        provisional, skipped = False, []
        while n > 0:
            date += DAY
            day = self.day(date)
            provisional |= day.provisional
            if day.work:
                n -= 1
            elif day.name:
                skipped.append((date, day.name))
        return Due(_end_of(date), provisional, tuple(skipped))

    def _to_work(self, start: dt.date, last: dt.date) -> Due:
        provisional = any(self.is_provisional(start + i * DAY) for i in range(1, (last - start).days + 1))
        skipped = []
        while not self.day(last).work:
            if self.day(last).name:
                skipped.append((last, self.day(last).name))
            last += DAY
            provisional |= self.is_provisional(last)
        return Due(_end_of(last), provisional, tuple(skipped))


def _end_of(date: dt.date) -> dt.datetime:
    """24:00 of the day, which is 00:00 of the next."""
    return dt.datetime.combine(date + DAY, dt.time(0), LOCAL).astimezone(dt.UTC)


def _last_day(due: dt.datetime) -> dt.date:
    """The day a due moment belongs to: midnight is the end of the day before."""
    return (due.astimezone(LOCAL) - dt.timedelta(microseconds=1)).date()
