"""Writing the calendar: the years that come with the house, and the notice of each November."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from importlib.metadata import version

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.calendars.models import CalendarDay, Edition
from suqiu.calendars.rules import SATURDAY, STATUTORY, Day, Kind

_NAMES = {
    "New Year's Day": gettext_noop("元旦"),
    "Spring Festival": gettext_noop("春节"),
    "Tomb-sweeping Day": gettext_noop("清明"),
    "Labour Day": gettext_noop("劳动节"),
    "Dragon Boat Festival": gettext_noop("端午"),
    "National Day": gettext_noop("国庆"),
    "Mid-autumn Festival": gettext_noop("中秋"),
    "Anti-Fascist 70th Day": gettext_noop("抗战胜利纪念日"),
}
# Where the package errs: 国办发明电〔2005〕35号 has this Saturday worked for New Year 2006.
_ERRATA = {dt.date(2005, 12, 31): Day("work", "元旦调休")}
_KINDS: Mapping[str, Kind] = {
    "work": "work",
    "班": "work",
    "上班": "work",
    "工作日": "work",
    "rest": "rest",
    "休": "rest",
    "放假": "rest",
    "休息日": "rest",
}
_COLUMNS = {"日期": "date", "类型": "kind", "名称": "name"}
_MOST_BYTES = 1_000_000


def seed(*, by: Actor) -> int:
    """Import every year that chinesecalendar knows and the calendar does not; returns how many."""
    known = chinese_calendar.constants.holidays
    source = f"chinesecalendar {version('chinesecalendar')}"
    imported = 0
    with transaction.atomic():
        _hold()
        for number in range(min(known).year, max(known).year + 1):
            if not _definitive(number):
                import_year(number, _from_package(number), by=by, source=source)
                imported += 1
    return imported


def import_year(
    year: int, days: Mapping[dt.date, Day], *, source: str, by: Actor, correcting: bool = False
) -> int:
    """Write a year for certain: `days` as they are given, all others Mon–Fri. Returns the changes.

    A notice names only what departs from the week, so `days` may do the same. Provisional rows are
    replaced; a year that is known for certain is refused, past or not, unless one says that it is
    being corrected (the State Council has changed a year under way, 2020). Clocks follow the entry.
    """
    if not by.is_system and "sysadmin" not in by.roles:
        raise NotAllowed("calendar.keeper", _("日历由系统管理员导入"))
    check(year, days, source)
    with transaction.atomic():
        _hold()
        if _definitive(year) and not correcting:
            raise WrongState("calendar.definitive", _("%d 年的日历已经确定") % year, year=year)
        before = {row.date: row.kind for row in CalendarDay.objects.filter(date__year=year)}
        rows = [_row(date, days.get(date), source) for date in _dates(year)]
        CalendarDay.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["date"],
            update_fields=["kind", "name", "source", "provisional"],
        )
        changed = [row.date.isoformat() for row in rows if before.get(row.date) != row.kind]
        journal.append(
            f"calendar:{year}",
            "calendar.imported",
            by=by,
            data={
                "year": year,
                "rest": sorted(d.isoformat() for d, day in days.items() if day.kind == "rest"),
                "work": sorted(d.isoformat() for d, day in days.items() if day.kind == "work"),
                "correcting": correcting,
            },
            words={"source": source},
        )
    return len(changed)


def read_csv(content: bytes) -> dict[dt.date, Day]:
    """Days from a sheet with the columns date, kind, name (日期, 类型, 名称).

    Every line that cannot be read is told at once, with its number and why.
    """
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    reader.fieldnames = [_COLUMNS.get(clean(n), clean(n)) for n in reader.fieldnames or []]
    if missing := {"date", "kind"} - set(reader.fieldnames):
        said = _("第 1 行缺少列：%s") % _("、").join(sorted(missing))
        raise Invalid("calendar.file", said, findings=[("1", "columns", said)])
    days: dict[dt.date, Day] = {}
    findings: list[tuple[str, str, str]] = []
    try:
        for row in reader:
            if any(row.get(name) for name in ("date", "kind", "name")):
                _take(row, reader.line_num, days, findings)
    except csv.Error as error:
        said = _("第 %(line)d 行不是 CSV:%(why)s") % {"line": reader.line_num, "why": error}
        raise Invalid(
            "calendar.file", said, findings=[(str(reader.line_num), "csv", said)]
        ) from error
    if findings or not days:
        said = findings[0][2] if findings else _("文件里没有一天")
        raise Invalid("calendar.file", said, findings=findings)
    return days


def _take(
    row: Mapping[str, str | None],
    line: int,
    days: dict[dt.date, Day],
    findings: list[tuple[str, str, str]],
) -> None:
    given = {name: clean(row.get(name) or "") for name in ("date", "kind", "name")}
    date, kind = _date(given["date"]), _KINDS.get(given["kind"].lower())
    for rule, wrong, said in (
        ("date", date is None, _("第 %(line)d 行：“%(date)s”不是日期")),
        ("twice", date in days, _("第 %(line)d 行：%(date)s 出现了两次")),
        ("kind", kind is None, _("第 %(line)d 行：类型“%(kind)s”应为 work 或 rest")),
        ("name", len(given["name"]) > 32, _("第 %(line)d 行：名称超过 32 个字")),
    ):
        if wrong:
            findings.append((str(line), rule, said % {"line": line, **given}))
            return
    if date and kind:
        days[date] = Day(kind, given["name"])


def _date(value: str) -> dt.date | None:
    # Excel turns 2027-01-01 into 2027/1/1 as soon as a file is saved from it.
    try:
        year, month, day = (int(part) for part in value.replace("/", "-").split("-"))
        return dt.date(year, month, day)
    except ValueError:
        return None


def _text(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise Invalid("calendar.file", _("文件太大"), findings=[])
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in Chinese saves the latter
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("calendar.file", _("文件不是 UTF-8，也不是 GB 18030"), findings=[])


def as_csv(days: Mapping[dt.date, Day]) -> str:
    """The sheet that `read_csv` reads as these days."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(["date", "kind", "name"])
    sheet.writerows([date.isoformat(), day.kind, day.name] for date, day in sorted(days.items()))
    return out.getvalue()


def check(year: int, days: Mapping[dt.date, Day], source: str) -> None:
    """Raises Invalid where these days are no notice of this year."""
    if not source.strip() or len(source) > 64:
        raise Invalid("calendar.source", _("来源须填写，不超过 64 字"))
    if strangers := sorted(date for date in days if date.year != year):
        said = _("%(date)s 不在 %(year)d 年") % {"date": strangers[0], "year": year}
        raise Invalid("calendar.year", said, dates=[str(date) for date in strangers])
    # Half a file would otherwise become a year known for certain.
    for month, day in STATUTORY:
        if (month, day) == (5, 2) and year < 2025:
            continue  # a statutory day only since the rules of 2025
        date = dt.date(year, month, day)
        if date not in days or days[date].kind != "rest":
            raise Invalid(
                "calendar.year", _("%s 是法定节假日，却没有列为休息") % date, dates=[str(date)]
            )


def _hold() -> None:
    """One writes the calendar at a time."""
    Edition.objects.get_or_create(pk=1)
    Edition.objects.select_for_update().get(pk=1)


def _definitive(year: int) -> bool:
    return CalendarDay.objects.filter(date__year=year, provisional=False).exists()


def _dates(year: int) -> list[dt.date]:
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    return [first + dt.timedelta(days=i) for i in range((end - first).days)]


def _row(date: dt.date, day: Day | None, source: str) -> CalendarDay:
    day = day or Day("work" if date.weekday() < SATURDAY else "rest")
    return CalendarDay(date=date, kind=day.kind, name=day.name, source=source, provisional=False)


def _from_package(year: int) -> dict[dt.date, Day]:
    days: dict[dt.date, Day] = {}
    for date in _dates(year):
        rests, holiday = chinese_calendar.get_holiday_detail(date)
        name = _NAMES.get(holiday, holiday) if holiday else ""
        if rests:
            days[date] = Day("rest", name)
        elif name:
            days[date] = Day("work", f"{name}调休")
    return days | {date: day for date, day in _ERRATA.items() if date.year == year}
