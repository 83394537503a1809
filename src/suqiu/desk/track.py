"""The clock track as plain geometry: days across, a lane for each obligation. No ORM, no clock."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.calendars.rules import WorkCalendar, holiday
from suqiu.desk import words

# x in per cent of the drawing's width, y in px: so words keep their size at any width.
HEAD = 28
LANE = 30
BAR = 9
# A drawing may get as narrow as this many px (chart.css); words must still fit then.
_NARROWEST = 560
_PERCENT = 100 / _NARROWEST
_WIDE, _NARROW = 60 * _PERCENT, 24 * _PERCENT  # what "17 周四" needs, and "17"


@dataclass(frozen=True)
class Day:
    """A day of the calendar. `kind`: work, rest (not counted), shift (a weekend worked instead)."""

    date: dt.date
    kind: str = "work"
    note: str = ""


@dataclass(frozen=True)
class Duty:
    """One obligation as the track needs it. `due` is in force; `original` differs when extended."""

    name: str
    limit: str
    started: dt.datetime | None
    due: dt.datetime | None
    met: dt.datetime | None = None
    original: dt.datetime | None = None
    waiting_for: str | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Column:
    x: float
    width: float
    kind: str
    label: str
    label_x: float
    anchor: str
    shift: int


@dataclass(frozen=True)
class Bar:
    """`kind`: done, late, running, left (dashed, not yet spent)."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Mark:
    """Words beside a bar; `anchor` is SVG's text-anchor, `shift` px away from the bar."""

    x: float
    anchor: str
    shift: int
    text: str
    late: bool


@dataclass(frozen=True)
class Lane:
    duty: Duty
    face: words.Face
    y: float
    bars: tuple[Bar, ...]
    due_x: float | None
    mark: Mark | None

    @property
    def bar_y(self) -> float:
        return self.y + (LANE - BAR) / 2

    @property
    def text_y(self) -> float:
        return self.y + LANE / 2 + 4

    @property
    def due_top(self) -> float:
        return self.y + 7

    @property
    def due_end(self) -> float:
        return self.y + LANE - 7

    @property
    def original_words(self) -> str:
        return words.day_due(self.duty.original or self.duty.due)


@dataclass(frozen=True)
class Track:
    height: int
    head: int
    columns: tuple[Column, ...]
    lanes: tuple[Lane, ...]
    now_x: float | None
    now_words: str

    @property
    def now_label_x(self) -> float:
        """Where the label of "now" is centred, kept inside the drawing."""
        return min(max(self.now_x or 0.0, 4.0), 96.0)


class _Scale:
    def __init__(self, first: dt.date, count: int) -> None:
        self.start = dt.datetime.combine(first, dt.time(), clock.LOCAL)
        self.count = max(1, count)
        self.day = 100 / self.count

    def x(self, at: dt.datetime) -> float:
        days = (at - self.start) / dt.timedelta(days=1)
        return round(max(0.0, min(float(self.count), days)) * self.day, 2)

    def holds(self, at: dt.datetime) -> bool:
        return dt.timedelta(0) <= at - self.start <= dt.timedelta(days=self.count)


def span(duties: Sequence[Duty], now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The first and last day a track of these duties shows, both included."""
    moments = [now]
    for duty in duties:
        moments += [at for at in (duty.started, duty.due, duty.met) if at is not None]
    if all(duty.met is not None or duty.started is None for duty in duties):
        moments = moments[1:] or moments  # a finished order does not stretch until today
    last = clock.local(max(moments) - dt.timedelta(microseconds=1)).date()
    return clock.local(min(moments)).date(), last


def days(calendar: WorkCalendar, first: dt.date, last: dt.date) -> list[Day]:
    """The days from `first` to `last` (see `span`), as the calendar counts them."""
    shown = []
    for n in range((last - first).days + 1):
        date = first + dt.timedelta(days=n)
        if not calendar.is_work(date):
            shown.append(Day(date, "rest", holiday(calendar.name(date))))
        else:
            shown.append(Day(date, "shift" if date.weekday() >= 5 else "work"))
    return shown


def build(duties: Sequence[Duty], days: Sequence[Day], now: dt.datetime) -> Track:
    """Geometry of `duties` over `days` (consecutive, oldest first; see `span`)."""
    if not days:
        raise ValueError("A track needs at least one day.")
    scale = _Scale(days[0].date, len(days))
    lanes = tuple(_lane(duty, HEAD + n * LANE, scale, now) for n, duty in enumerate(duties))
    shown = scale.holds(now)
    return Track(
        height=HEAD + LANE * len(lanes),
        head=HEAD,
        columns=tuple(_column(n, day, scale, now) for n, day in enumerate(days)),
        lanes=lanes,
        now_x=scale.x(now) if shown else None,
        now_words=f"{clock.local(now):%H:%M}",
    )


def _column(n: int, day: Day, scale: _Scale, now: dt.datetime) -> Column:
    x, width = n * scale.day, scale.day
    label, at, anchor, shift = _day_label(day, width), x + width / 2, "middle", 0
    if label and clock.local(now).date() == day.date:
        # The label of "now" stands in this column: the number makes way to the other side.
        label = str(day.date.day)
        morning = clock.local(now).hour < 12
        at, anchor, shift = (x + width, "end", -5) if morning else (x, "start", 5)
    return Column(round(x, 2), round(width, 2), day.kind, label, round(at, 2), anchor, shift)


def _day_label(day: Day, width: float) -> str:
    number = str(day.date.day)
    sign = {"rest": _("休"), "shift": _("班")}.get(day.kind, "")
    if width >= _WIDE:
        return " ".join(
            part for part in (number, day.note or words.weekday(day.date), sign) if part
        )
    if width >= _NARROW:
        return f"{number}{sign}"
    return number if day.date.weekday() == 0 else ""


def _lane(duty: Duty, y: float, scale: _Scale, now: dt.datetime) -> Lane:
    shown = words.face(
        duty.name,
        now=now,
        started=duty.started,
        due=duty.due,
        met=duty.met,
        waiting_for=duty.waiting_for,
        provisional=duty.provisional,
    )
    bars = _bars(duty, scale, now)
    due_x = scale.x(duty.due) if duty.due is not None else None
    return Lane(duty, shown, y, bars, due_x, _mark(duty, bars, due_x, shown))


def _bars(duty: Duty, scale: _Scale, now: dt.datetime) -> tuple[Bar, ...]:
    if duty.started is None or duty.due is None:
        return ()
    end = duty.met or max(now, duty.started)
    kept = min(end, duty.due)
    late = end > duty.due
    kind = "spent" if late else ("met" if duty.met else "running")
    bars = [_bar(scale, duty.started, kept, kind)]
    if late:
        bars.append(_bar(scale, duty.due, end, "late"))
    elif duty.met is None:
        bars.append(_bar(scale, end, duty.due, "left"))
    return tuple(bar for bar in bars if bar.width > 0)


def _bar(scale: _Scale, start: dt.datetime, end: dt.datetime, kind: str) -> Bar:
    x = scale.x(start)
    # A contact made within minutes must still be seen: three pixels or more.
    least = 0.55 if end > start and kind != "left" else 0.0
    return Bar(x, max(least, round(scale.x(end) - x, 2)), kind)


def _mark(duty: Duty, bars: Sequence[Bar], due_x: float | None, shown: words.Face) -> Mark | None:
    if due_x is None or not bars:
        return None
    text = _mark_words(duty)
    right = max(due_x, *(bar.x + bar.width for bar in bars))
    late = shown.state in {"met-late", "overdue"}
    room = (8 * len(text) + 6) * _PERCENT
    if right + room <= 100:
        return Mark(round(right, 2), "start", 6, text, late)
    left = bars[0].x
    if left - room >= 0:
        return Mark(round(left, 2), "end", -6, text, late)
    return None


def _mark_words(duty: Duty) -> str:
    """应 20 日 24:00，实 21 日 10:40; a day that was just said is not said again."""
    text = _("应 %s") % words.short_due(duty.due, after=duty.started)
    if duty.met is not None:
        text += _("，实 %s") % words.short_due(duty.met, after=duty.due)
    return text


@dataclass(frozen=True)
class Scale:
    """A rate card's line: x of each mark in 0–100, the ends in per cent."""

    floor: int
    value: float | None
    low: float
    high: float
    raw: float | None

    @property
    def band(self) -> float:
        return round(self.high - self.low, 1)


def rate_scale(
    value: float | None, low: float | None, high: float | None, raw: float | None
) -> Scale:
    """70–100, or from a lower ten when a mark would otherwise leave the line."""
    given = [mark for mark in (value, low, raw) if mark is not None]
    floor = min([70, *(math.floor(mark * 10) * 10 for mark in given)])

    def x(mark: float) -> float:
        return round((min(mark, 1.0) * 100 - floor) / (100 - floor) * 100, 1)

    return Scale(
        floor=floor,
        value=None if value is None else x(value),
        low=0.0 if low is None else x(low),
        high=0.0 if high is None else x(high),
        raw=None if raw is None else x(raw),
    )
