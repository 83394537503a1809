"""How moments, durations, rates and clocks are said. Pure: what is now is told by the caller."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format as date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.calendars.rules import WEEKDAYS, WorkCalendar, holiday

NOTHING = "—"
# Near: a third of the limit or less is left, and never more than this.
SOON_SHARE = 1 / 3
SOON_AT_MOST = dt.timedelta(hours=4)


def weekday(day: dt.date) -> str:
    return str(WEEKDAYS[day.weekday()])


def moment(value: dt.datetime | None) -> str:
    """9月24日 周四 14:32."""
    if value is None:
        return NOTHING
    at = clock.local(value)
    return _("%(month)d月%(day)d日 %(weekday)s %(time)s") % {
        "month": at.month,
        "day": at.day,
        "weekday": weekday(at),
        "time": f"{at:%H:%M}",
    }


def month_name(day: dt.date) -> str:
    """9 月, September."""
    return _("%s 月") % day.month if _is_chinese() else date(day, "F")


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def short_moment(value: dt.datetime | None) -> str:
    """09-24 14:32, for tables."""
    return f"{clock.local(value):%m-%d %H:%M}" if value else NOTHING


def due_moment(value: dt.datetime | None) -> str:
    """09-29 24:00, for tables: by when."""
    if value is None:
        return NOTHING
    day, time = _day_and_time(value)
    return f"{day:%m-%d} {time}"


def _day_and_time(value: dt.datetime) -> tuple[dt.date, str]:
    # A day's end is its own 24:00, not the next day's 00:00: people count the day they still have.
    at = clock.local(value)
    if (at.hour, at.minute) == (0, 0):
        return at.date() - dt.timedelta(days=1), "24:00"
    return at.date(), f"{at:%H:%M}"


def day_due(value: dt.datetime | None) -> str:
    """至 9-29 周二 24:00."""
    if value is None:
        return NOTHING
    day, time = _day_and_time(value)
    return _("至 %(month)d-%(day)d %(weekday)s %(time)s") % {
        "month": day.month,
        "day": day.day,
        "weekday": weekday(day),
        "time": time,
    }


def short_due(value: dt.datetime | None, after: dt.datetime | None = None) -> str:
    """20 日 24:00, for marks on the track; on the day of `after` the time is enough."""
    if value is None:
        return NOTHING
    day, time = _day_and_time(value)
    if after is not None and _day_and_time(after)[0] == day:
        return time
    return _("%(day)d 日 %(time)s") % {"day": day.day, "time": time}


def percent1(ratio: float | None) -> str:
    """0.986 → 98.6; no figure is a dash, never a nought."""
    return NOTHING if ratio is None else f"{ratio * 100:.1f}"


def points1(change: float | None) -> str:
    """A change of ratio in points: +0.4, −1.2."""
    if change is None:
        return NOTHING
    sign = "−" if change < 0 else "+"
    return f"{sign}{abs(change) * 100:.1f}"


def signed2(points: float) -> str:
    """A change of a score: +0.42, −1.20."""
    return f"{'−' if points < 0 else '+'}{abs(points):.2f}"


def duration_words(length: dt.timedelta | None) -> str:
    """22 分, 1 时 08 分, 2 天 3 时; whole minutes, the sign is the caller's word."""
    if length is None:
        return NOTHING
    minutes = int(abs(length).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minute = divmod(rest, 60)
    if days and not hours:
        return _("%(days)d 天") % {"days": days}
    if days:
        return _("%(days)d 天 %(hours)d 时") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d 时 %(minutes)02d 分") % {"hours": hours, "minutes": minute}
    if minute:
        return _("%(minutes)d 分") % {"minutes": minute}
    return _("不到 1 分")


def day_note(day: dt.date, calendar: WorkCalendar) -> str:
    """工作日 · 明起中秋放假 3 天: what the day is, and the holiday within a week."""
    work, name = calendar.is_work(day), holiday(calendar.name(day))
    if work:
        note = _("调休上班") if day.weekday() >= 5 else _("工作日")
    else:
        note = _("%s假期") % name if name else _("休息日")
    if calendar.is_provisional(day):
        note = _("%s（暂定）") % note
    ahead = _holiday_ahead(day, calendar) if work or not name else ""
    return f"{note} · {ahead}" if ahead else note


def _holiday_ahead(day: dt.date, calendar: WorkCalendar) -> str:
    """The next holiday within a week. A worked day may carry a holiday's name too."""
    for distance in range(1, 8):
        first = day + dt.timedelta(days=distance)
        name = calendar.name(first)
        if calendar.is_work(first) or not name:
            continue
        length = 1
        while length < 15 and not calendar.is_work(first + dt.timedelta(days=length)):
            length += 1
        said = {"name": holiday(name), "days": length, "date": f"{first.month}-{first.day}"}
        if distance == 1:
            return _("明起%(name)s放假 %(days)d 天") % said
        return _("%(date)s 起%(name)s放假 %(days)d 天") % said
    return ""


@dataclass(frozen=True)
class Face:
    """What a clock chip shows. `state`: idle running soon overdue met met-late paused."""

    name: str
    state: str
    words: str
    share_left: float = 0.0
    provisional: bool = False
    due_words: str = ""


def face(
    name: str,
    *,
    now: dt.datetime,
    started: dt.datetime | None,
    due: dt.datetime | None,
    met: dt.datetime | None = None,
    waiting_for: str | None = None,
    provisional: bool = False,
) -> Face:
    """The face of one obligation; `waiting_for` (may be empty) says that it is paused."""
    state, words, share = _reading(now, started, due, met, waiting_for)
    return Face(name, state, words, share, provisional, day_due(due) if due else "")


def _reading(
    now: dt.datetime,
    started: dt.datetime | None,
    due: dt.datetime | None,
    met: dt.datetime | None,
    waiting_for: str | None,
) -> tuple[str, str, float]:
    if started is None or due is None:
        return "idle", _("未起算"), 0.0
    if met is not None:
        return _outcome(started, due, met)
    if waiting_for is not None:
        words = _("暂停，等%s") % waiting_for if waiting_for else _("暂停")
        return "paused", words, 0.0
    left, limit = due - now, due - started
    if left < dt.timedelta(0):
        return "overdue", _("逾期 %s") % duration_words(left), 0.0
    share = min(1.0, left / limit) if limit else 0.0
    if left <= min(limit * SOON_SHARE, SOON_AT_MOST):
        return "soon", _("仅剩 %s") % duration_words(left), share
    return "running", _("剩 %s") % duration_words(left), share


def _outcome(started: dt.datetime, due: dt.datetime, met: dt.datetime) -> tuple[str, str, float]:
    if met > due:
        return "met-late", _("超时完成 +%s") % duration_words(met - due), 0.0
    return "met", _("已达标 %s") % duration_words(met - started), 0.0


_URGENCY = {"overdue": 0, "soon": 1, "running": 2, "paused": 3, "idle": 4, "met-late": 5, "met": 6}


def urgency(shown: Face) -> int:
    """The order of chips in every list: worst first."""
    return _URGENCY[shown.state]
