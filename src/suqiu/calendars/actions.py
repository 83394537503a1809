"""Bringing years in: from the package that knows the past, or from the State Council's notice."""

import csv
import datetime as dt
import io

import chinese_calendar
from django.db import transaction
from django.db.models import F

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.calendars.models import CalendarDay, Edition
from suqiu.calendars.rules import Day

FIRST, LAST = 2004, 2026
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午", "Mid-autumn Festival": "中秋", "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def seed(*, by: Actor) -> int:
    """Write the years that the package knows (2004–2026). A second call changes nothing."""
    if CalendarDay.objects.filter(date__year=LAST).count() >= 365:
        return 0
    rows = []
    date, end = dt.date(FIRST, 1, 1), dt.date(LAST, 12, 31)
    while date <= end:
        rest, name = chinese_calendar.get_holiday_detail(date)
        rows.append(
            CalendarDay(date=date, kind="rest" if rest else "work", name=NAMES.get(name or "", name or ""),
                        source="chinesecalendar")
        )
        date += dt.timedelta(days=1)
    with transaction.atomic():
        CalendarDay.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        _count_change()
        journal.append("calendar", "calendar.seeded", by=by, data={"from": FIRST, "to": LAST, "days": len(rows)})
    return len(rows)


def import_year(year: int, days: dict[dt.date, Day], *, source: str, by: Actor) -> int:
    """Put a year in as the notice has it: `days` name the exceptions, the rest is Mon–Fri.

    Raises Invalid for a day of another year. Orders follow the entry and count provisional clocks anew.
    """
    if stray := [d for d in days if d.year != year]:
        raise Invalid("calendar.year", f"{stray[0]} 不在 {year} 年", date=stray[0].isoformat())
    with transaction.atomic():
        date = dt.date(year, 1, 1)
        while date.year == year:
            day = days.get(date, Day(date.weekday() < 5))
            CalendarDay.objects.update_or_create(
                date=date,
                defaults={"kind": "work" if day.work else "rest", "name": day.name, "source": source, "provisional": False},
            )
            date += dt.timedelta(days=1)
        _count_change()
        journal.append("calendar", "calendar.imported", by=by, data={"year": year, "exceptions": len(days)})
    return len(days)


def read_csv(text: str) -> dict[dt.date, Day]:
    """Exceptions from "date,kind,name" lines. Raises Invalid with the line that cannot be read."""
    days: dict[dt.date, Day] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            date = dt.date.fromisoformat((row.get("date") or "").strip())
        except ValueError as error:
            raise Invalid("calendar.date", f"第 {number} 行:日期写作 2027-01-01", line=number) from error
        kind = (row.get("kind") or "").strip()
        if kind not in {"work", "rest"}:
            raise Invalid("calendar.kind", f"第 {number} 行:kind 只能是 work 或 rest", line=number)
        if date in days:
            raise Invalid("calendar.twice", f"第 {number} 行:{date} 写了两次", line=number)
        days[date] = Day(kind == "work", (row.get("name") or "").strip())
    return days


def _count_change() -> None:
    Edition.objects.get_or_create(pk=1)
    Edition.objects.filter(pk=1).update(number=F("number") + 1)
