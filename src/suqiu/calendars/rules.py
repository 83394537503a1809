"""Counting limits of time over working days. Pure: no ORM, no clock.

Hours start at the moment. Days start the next day and end at its 24:00, which is 00:00 of the day
after. A limit in natural days that ends on a rest day ends with the next working day (民法典 201 to
203); one in working days does not count rest days at all (行政许可法 82, 行政处罚法 85).
Everything is counted on Shanghai's wall clock and answered in UTC.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base.clock import LOCAL
from suqiu.base.errors import Invalid
from suqiu.base.language import word

Kind = Literal["work", "rest"]
Unit = Literal["natural_hour", "work_hour", "work_day", "natural_day"]
Window = tuple[dt.time, dt.time]

OFFICE: tuple[Window, ...] = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30)))
# What is a holiday in every year; the others follow the moon, or the notice (month, day → name).
STATUTORY: Mapping[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆",
    (10, 2): "国庆",
    (10, 3): "国庆",
}
SATURDAY = 5
_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
_TICK = dt.timedelta(microseconds=1)
_UNITS = ("natural_hour", "work_hour", "work_day", "natural_day")
# Ten years. A longer limit is a slip of the pen, and would be walked day by day.
_MOST_DAYS = 3660
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


@dataclass(frozen=True)
class Day:
    """What is known of a day; `name` is the holiday it is, or is worked in place of."""

    kind: Kind
    name: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Limit:
    """n of a unit; hours may be broken, days may not."""

    n: Decimal | float
    unit: Unit

    def __post_init__(self) -> None:
        number = Decimal(str(self.n))
        if self.unit not in _UNITS:
            raise Invalid("calendar.limit", _("没有“%s”这种时限单位") % self.unit)
        hours = self.unit.endswith("hour")
        most = _MOST_DAYS * 24 if hours else _MOST_DAYS
        if not number.is_finite() or not 0 < number <= most:
            said = _("时限须大于 0，不超过 %(most)d:%(n)s") % {"most": most, "n": self.n}
            raise Invalid("calendar.limit", said)
        if not hours and number != int(number):
            raise Invalid("calendar.limit", _("以日计的时限须为整数：%s") % self.n)
        if hours and not self.length:
            raise Invalid("calendar.limit", _("时限太短：%s") % self.n)

    @property
    def length(self) -> dt.timedelta:
        """The limit in hours, as a length of time."""
        return dt.timedelta(microseconds=int(Decimal(str(self.n)) * 3_600_000_000))

    @property
    def days(self) -> int:
        return int(self.n)


@dataclass(frozen=True)
class Due:
    """When a limit ends, in UTC, and the rest days that were passed over on the way."""

    moment: dt.datetime
    provisional: bool = False
    skipped: tuple[tuple[dt.date, str], ...] = ()


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """The days that are known, and the office's hours. Unknown days are guessed, never refused."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    windows: tuple[Window, ...] = OFFICE

    def __post_init__(self) -> None:
        edges = [edge for window in self.windows for edge in window]
        if not edges or edges != sorted(set(edges)):
            raise Invalid("calendar.windows", _("办公时段须依次排列，互不重叠"))

    def is_work(self, day: dt.date) -> bool:
        """A known day as it is known (a provisional row too); else Mon–Fri without 1/1, 5/1 …"""
        if known := self.days.get(day):
            return known.kind == "work"
        return day.weekday() < SATURDAY and (day.month, day.day) not in STATUTORY

    def is_provisional(self, day: dt.date) -> bool:
        """Whether the day is guessed, and an import may say otherwise."""
        known = self.days.get(day)
        return known is None or known.provisional

    def name(self, day: dt.date) -> str:
        """The holiday the day is, or is worked in place of; "" for a plain day."""
        if known := self.days.get(day):
            return known.name
        return STATUTORY.get((day.month, day.day), "")

    def due(self, start: dt.datetime, limit: Limit) -> Due:
        """When `limit`, counted from `start`, ends."""
        if limit.unit == "natural_hour":
            return Due(_local(start).astimezone(dt.UTC) + limit.length)
        if limit.unit == "work_hour":
            return self._after_office_hours(start, limit.length)
        day = _local(start).date()
        if limit.unit == "work_day":
            return self._after_work_days(day, limit.days)
        return self._after_natural_days(day, limit.days)

    def extend(self, due: dt.datetime, work_days: int) -> dt.datetime:
        """The end of the Nth working day after the day on which `due` falls.

        That day is the one which ends at a `due` of 24:00. A clock in hours that is extended by
        days ends at 24:00 as well: days have no hour.
        """
        return self._after_work_days(_last_day(due), Limit(work_days, "work_day").days).moment

    def after_pause(
        self, due: dt.datetime, *, paused_at: dt.datetime, resumed_at: dt.datetime, unit: str
    ) -> dt.datetime:
        """Where `due` comes to lie when the clock stood still from one moment to another.

        What was left is counted again from the resumption. Hours: to the second. Days: the whole
        days after the day of the pause that were left, counted from the day after the resumption;
        the day of the pause is spent, the day of resumption is free, and a clock paused on its
        last day ends with the (working) day of resumption. Never earlier than before; a clock
        already due when it was paused gains nothing.
        """
        if resumed_at < paused_at:
            raise Invalid("calendar.backwards", _("恢复时间早于暂停时间"))
        if paused_at >= due:
            return due
        if unit == "natural_hour":
            return due + (resumed_at - paused_at)
        if unit == "work_hour":
            left = self._office_time(paused_at, due)
            moved = self._after_office_hours(resumed_at, left).moment if left else resumed_at
            return max(due, moved)
        return max(due, self._days_left_again(due, paused_at, resumed_at, unit))

    def elapsed(self, start: dt.datetime, end: dt.datetime, unit: Unit) -> float:
        """How much of `unit` lies between two moments: hours, or days with their broken part.

        Days are counted as in `due`: the day of `start` is free, and each day that counts runs
        from 0:00 to 24:00, so that a limit of N working days has elapsed N at its end.
        """
        if end < start:
            raise Invalid("calendar.backwards", _("结束时间早于开始时间"))
        if unit == "natural_hour":
            return (end - start) / _HOUR
        if unit == "work_hour":
            return self._office_time(start, end) / _HOUR
        day, last, total = _local(start).date() + _DAY, _local(end).date(), 0.0
        while day <= last:
            if unit == "natural_day" or self.is_work(day):
                total += min(1.0, (end - _begin(day)) / _DAY)
            day += _DAY
        return total

    def _after_work_days(self, day: dt.date, n: int) -> Due:
        skipped, provisional = [], False
        while n:
            day += _DAY
            provisional = provisional or self.is_provisional(day)
            if self.is_work(day):
                n -= 1
            else:
                skipped.append((day, self.name(day)))
        return Due(_end(day), provisional, tuple(skipped))

    def _after_natural_days(self, day: dt.date, n: int) -> Due:
        day += n * _DAY
        if self.is_work(day):
            return Due(_end(day), self.is_provisional(day))
        moved = self._after_work_days(day, 1)
        skipped = ((day, self.name(day)), *moved.skipped)
        return Due(moved.moment, moved.provisional or self.is_provisional(day), skipped)

    def _after_office_hours(self, start: dt.datetime, left: dt.timedelta) -> Due:
        since = _local(start)
        day, skipped, provisional = since.date(), [], False
        while True:
            provisional = provisional or self.is_provisional(day)
            if not self.is_work(day):
                skipped.append((day, self.name(day)))
            for opens, closes in self._open(day):
                begin = max(opens, since)
                if left <= closes - begin:
                    return Due((begin + left).astimezone(dt.UTC), provisional, tuple(skipped))
                left -= max(closes - begin, dt.timedelta(0))
            day += _DAY

    def _office_time(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        since, until, total = _local(start), _local(end), dt.timedelta(0)
        day = since.date()
        while day <= until.date():
            for opens, closes in self._open(day):
                total += max(min(closes, until) - max(opens, since), dt.timedelta(0))
            day += _DAY
        return total

    def _open(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """When the office is open on a day, on the wall clock."""
        if self.is_work(day):
            for opens, closes in self.windows:
                yield (
                    dt.datetime.combine(day, opens, LOCAL),
                    dt.datetime.combine(day, closes, LOCAL),
                )

    def _days_left_again(
        self, due: dt.datetime, paused_at: dt.datetime, resumed_at: dt.datetime, unit: str
    ) -> dt.datetime:
        spent, last, day = _local(paused_at).date(), _last_day(due), _local(resumed_at).date()
        if unit == "natural_day":
            return self._after_natural_days(day, (last - spent).days).moment
        if unit != "work_day":
            raise Invalid("calendar.limit", _("没有“%s”这种时限单位") % unit)
        between = (spent + i * _DAY for i in range(1, (last - spent).days + 1))
        left = sum(self.is_work(each) for each in between)
        if not left and self.is_work(day):
            return _end(day)
        return self._after_work_days(day, max(left, 1)).moment


def holiday(name: str) -> str:
    """A day's stored name in the reader's language; one of the house's own keeps its name."""
    if name.endswith("调休"):
        return _("%s调休") % word(name.removesuffix("调休"))
    return word(name)


def describe(due: Due) -> str:
    """9-29 周二 24:00,跳过中秋: the day people still have, and the holidays not counted."""
    day, at = _last_day(due.moment), _local(due.moment)
    midnight = at.timetz().replace(tzinfo=None) == dt.time(0)
    said = _("%(month)d-%(day)d %(weekday)s %(time)s") % {
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
        "time": "24:00" if midnight else f"{at:%H:%M}",
    }
    if names := list(dict.fromkeys(name for _date, name in due.skipped if name)):
        said = _("%(due)s，跳过%(holidays)s") % {
            "due": said,
            "holidays": _("、").join(map(holiday, names)),
        }
    return _("%(due)s，暂定") % {"due": said} if due.provisional else said


def _local(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment has a time zone.")
    return moment.astimezone(LOCAL)


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), LOCAL).astimezone(dt.UTC)


def _end(day: dt.date) -> dt.datetime:
    return _begin(day + _DAY)


def _last_day(due: dt.datetime) -> dt.date:
    """The day a due moment belongs to: 0:00 is the day before's 24:00."""
    return (_local(due) - _TICK).date()
