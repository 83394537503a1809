"""A day's stretches say what the telephone would be answered with, at every minute of it."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from suqiu.organisations.rules import DAY, answering, day_of, gaps

SUNDAY = dt.date(2026, 9, 20)


@dataclass(frozen=True)
class Line:
    days: str
    since: dt.time
    until: dt.time


def is_work(day: dt.date) -> bool:
    return day.weekday() < 5


DAYS = ["work", "rest", *((SUNDAY + dt.timedelta(days=n)).isoformat() for n in (-1, 0))]
TIMES = st.builds(
    dt.time, st.integers(0, 23), st.sampled_from([0, 30, 59]), st.sampled_from([0, 59])
)


@given(st.lists(st.builds(Line, st.sampled_from(DAYS), TIMES, TIMES), max_size=6), st.data())
def test_stretches_cover_the_day_and_say_what_the_telephone_says(
    lines: list[Line], data: st.DataObject
) -> None:
    found = day_of(lines, SUNDAY, is_work)
    assert [s.start for s in found] == [0, *(s.end for s in found[:-1])]
    assert found[-1].end == DAY
    second = data.draw(st.integers(0, DAY - 1))
    stretch = next(s for s in found if s.start <= second < s.end)
    at = dt.datetime.combine(SUNDAY, dt.time()) + dt.timedelta(seconds=second)
    said = answering(lines, at, is_work)
    assert said is stretch.line or (said is None and stretch.line is not None), (said, stretch)


def test_a_hole_is_told_and_a_minute_is_none() -> None:
    day = [
        Line("rest", dt.time(8), dt.time(17, 29)),
        Line("rest", dt.time(17, 30), dt.time(23, 59, 59)),
    ]
    assert [s.hours for s in gaps(day_of(day, SUNDAY, is_work))] == ["00:00–08:00"]
    assert [s.hours for s in gaps(day_of([], SUNDAY, is_work))] == ["00:00–24:00"]
