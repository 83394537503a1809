"""Who answers the duty telephone at a moment, and where nobody does. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

DAY = 24 * 3600
MINUTE = 60


class Line(Protocol):
    """One line of a roster: `days` is "work", "rest" or an ISO date; until is included."""

    days: str
    since: dt.time
    until: dt.time


L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class Stretch(Generic[L]):
    """A part of one day, in seconds from its 00:00 (end excluded); `line` None: nobody."""

    start: int
    end: int
    line: L | None

    @property
    def hours(self) -> str:
        """08:00–17:30; the end of the day is 24:00."""
        return f"{_clock(self.start)}–{_clock(self.end)}"


def answering(lines: Sequence[L], at: dt.datetime, is_work: Callable[[dt.date], bool]) -> L | None:
    """The line that holds at a local moment.

    A dated line goes before a kind of day. A line over midnight belongs to the day on which it
    begins: Friday's night lasts into Saturday, though Saturday is a rest day.
    """
    today, yesterday = at.date(), at.date() - dt.timedelta(days=1)
    kinds = {day: "work" if is_work(day) else "rest" for day in (today, yesterday)}
    wanted = (
        (today.isoformat(), True),
        (yesterday.isoformat(), False),
        (kinds[today], True),
        (kinds[yesterday], False),
    )
    time = at.time().replace(microsecond=0)  # a line until 23:59:59 leaves no gap
    fitting = (
        line
        for days, began_today in wanted
        for line in lines
        if line.days == days and _covers(line, time, began_today=began_today)
    )
    return next(fitting, None)


def day_of(
    lines: Sequence[L], day: dt.date, is_work: Callable[[dt.date], bool]
) -> list[Stretch[L]]:
    """The whole day, stretch after stretch, each with the line that answers in it.

    It asks `answering` at every moment at which the answer can change, so that page and telephone
    cannot disagree. A hole under a minute is none: people write 17:29 and mean until 17:30.
    """
    edges = {0, DAY}
    for given in lines:
        edges |= {_seconds(given.since), min(_seconds(given.until) + 1, DAY)}
    marks = sorted(edges)
    found: list[Stretch[L]] = []
    for start, end in zip(marks, marks[1:], strict=False):
        moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=start)
        line: L | None = answering(lines, moment, is_work)
        if line is None and end - start < MINUTE and found:
            line = found[-1].line
        if found and found[-1].line is line:
            found[-1] = Stretch(found[-1].start, end, line)
        else:
            found.append(Stretch(start, end, line))
    return found


def gaps(stretches: Iterable[Stretch[L]]) -> list[Stretch[L]]:
    """Where nobody is on duty."""
    return [stretch for stretch in stretches if stretch.line is None]


def _covers(line: Line, time: dt.time, *, began_today: bool) -> bool:
    over_midnight = line.since > line.until
    if began_today:
        return line.since <= time and (over_midnight or time <= line.until)
    return over_midnight and time <= line.until


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def _clock(seconds: int) -> str:
    # A line that includes its last second ends one second later, at the minute people wrote.
    minutes = (seconds + 1) // MINUTE if seconds % MINUTE == MINUTE - 1 else seconds // MINUTE
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
