"""Counting: against a slow walk over 2004–2026, and at the edges where people lose days."""

import datetime as dt
from decimal import Decimal
from typing import Any

import chinese_calendar
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from suqiu.base.clock import LOCAL
from suqiu.base.errors import Invalid
from suqiu.calendars.rules import Day, Due, Limit, Unit, WorkCalendar, describe
from tests.calendars.known import KNOWN

slow = settings(deadline=None, max_examples=150)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
UNITS: tuple[Unit, ...] = ("natural_hour", "work_hour", "work_day", "natural_day")

minutes = st.datetimes(
    dt.datetime(2004, 1, 1), dt.datetime(2027, 3, 1), timezones=st.just(LOCAL)
).map(lambda moment: moment.replace(second=0, microsecond=0))
moments = st.datetimes(dt.datetime(2004, 1, 1), dt.datetime(2027, 3, 1), timezones=st.just(LOCAL))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 60), st.sampled_from(UNITS)),
    st.builds(Limit, st.decimals("0.1", "60", places=1), st.sampled_from(UNITS[:2])),
)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def ends(start: str, n: Any, unit: Unit, calendar: WorkCalendar = KNOWN) -> str:
    """The end on the wall clock, as the next day's 0:00 where people say 24:00."""
    due = calendar.due(at(start), Limit(n, unit))
    assert due.moment.tzinfo is dt.UTC
    return due.moment.astimezone(LOCAL).isoformat(" ")[:19]


# The slow walk: nothing of the rules' arithmetic, one step after another.


def _open(moment: dt.datetime) -> bool:
    if not KNOWN.is_work(moment.date()):
        return False
    clock = moment.hour * 60 + moment.minute
    return 540 <= clock < 720 or 810 <= clock < 1050


def _walk_minutes(start: dt.datetime, n: int, *, office: bool) -> dt.datetime:
    moment = start
    while n:
        if not office or _open(moment):
            n -= 1
        moment += MINUTE
    return moment


def _walk_days(start: dt.datetime, n: int, *, working: bool) -> dt.datetime:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    while n:
        if not working or KNOWN.is_work(midnight.date()):
            n -= 1
        midnight += DAY
    while not KNOWN.is_work((midnight - DAY).date()):
        midnight += DAY
    return midnight


@slow
@given(minutes, st.integers(1, 60 * 45), st.booleans())
def test_hours_end_where_a_walk_by_minutes_ends(start: dt.datetime, n: int, office: bool) -> None:
    limit = Limit(Decimal(n) / 60, "work_hour" if office else "natural_hour")
    found = KNOWN.due(start, limit).moment
    assert abs(found - _walk_minutes(start, n, office=office)) < dt.timedelta(milliseconds=1)


@slow
@given(moments, st.integers(1, 90), st.booleans())
def test_days_end_where_a_walk_by_days_ends(start: dt.datetime, n: int, working: bool) -> None:
    limit = Limit(n, "work_day" if working else "natural_day")
    assert KNOWN.due(start, limit).moment == _walk_days(start, n, working=working)


@slow
@given(moments, limits)
def test_what_has_elapsed_at_the_end_is_the_limit(start: dt.datetime, limit: Limit) -> None:
    end = KNOWN.due(start, limit).moment
    elapsed = KNOWN.elapsed(start, end, limit.unit)
    if limit.unit == "natural_day":
        assert elapsed >= limit.n
    else:
        assert elapsed == pytest.approx(float(limit.n))


@slow
@given(moments, limits, st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)))
def test_later_starts_never_end_earlier(
    start: dt.datetime, limit: Limit, later: dt.timedelta
) -> None:
    assert KNOWN.due(start + later, limit).moment >= KNOWN.due(start, limit).moment


@slow
@given(moments, limits, st.floats(0, 1), st.timedeltas(dt.timedelta(0), 40 * DAY))
def test_a_pause_never_takes_time(
    start: dt.datetime, limit: Limit, share: float, length: dt.timedelta
) -> None:
    due = KNOWN.due(start, limit).moment
    paused = start + (due - start) * share
    assume(paused < due)
    resumed = paused + length
    after = KNOWN.after_pause(due, paused_at=paused, resumed_at=resumed, unit=limit.unit)
    assert after >= due
    if limit.unit.endswith("hour"):
        before = KNOWN.elapsed(paused, due, limit.unit)
        assert KNOWN.elapsed(resumed, after, limit.unit) == pytest.approx(before)
    if length == dt.timedelta(0):
        assert after == due


@slow
@given(moments, st.integers(1, 30), st.integers(1, 30))
def test_an_extension_is_the_longer_limit(start: dt.datetime, n: int, more: int) -> None:
    due = KNOWN.due(start, Limit(n, "work_day")).moment
    assert KNOWN.extend(due, more) == KNOWN.due(start, Limit(n + more, "work_day")).moment


def test_each_day_agrees_with_the_package_but_for_its_one_error() -> None:
    differ = [d for d in KNOWN.days if KNOWN.is_work(d) != chinese_calendar.is_workday(d)]
    assert len(KNOWN.days) == 8401
    assert differ == [dt.date(2005, 12, 31)], "国办发明电〔2005〕35号: that Saturday was worked"


@pytest.mark.parametrize(
    ("start", "n", "unit", "end"),
    [
        # A second before Mid-autumn begins: the holiday takes 25, 26 and 27 September.
        ("2026-09-24 23:59:59", 1, "work_day", "2026-09-29 00:00:00"),
        ("2026-09-25 00:00:00", 1, "work_day", "2026-09-29 00:00:00"),
        ("2026-09-24 23:59:59", 2, "natural_hour", "2026-09-25 01:59:59"),
        ("2026-09-24 23:59:59", 2, "work_hour", "2026-09-28 11:00:00"),
        # Sunday 20 September 2026 is worked for National Day.
        ("2026-09-18 10:00:00", 1, "work_day", "2026-09-21 00:00:00"),
        ("2026-09-19 10:00:00", 1, "work_hour", "2026-09-20 10:00:00"),
        ("2026-09-18 10:00:00", 2, "natural_day", "2026-09-21 00:00:00"),
        # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 worked.
        ("2026-02-13 09:00:00", 1, "work_day", "2026-02-15 00:00:00"),
        ("2026-02-13 09:00:00", 2, "work_day", "2026-02-25 00:00:00"),
        ("2026-02-13 09:00:00", 2, "natural_day", "2026-02-25 00:00:00"),
        ("2026-02-14 16:30:00", 2, "work_hour", "2026-02-24 10:00:00"),
        # A leap day.
        ("2024-02-28 10:00:00", 1, "work_day", "2024-03-01 00:00:00"),
        # A natural day that ends on a working day stays; on a Saturday it moves to Monday.
        ("2026-09-14 08:00:00", 3, "natural_day", "2026-09-18 00:00:00"),
        ("2026-08-13 08:00:00", 2, "natural_day", "2026-08-18 00:00:00"),
        # The office: before it opens, over lunch, at its edges, after it closes, on Friday evening.
        ("2026-09-14 08:00:00", 1, "work_hour", "2026-09-14 10:00:00"),
        ("2026-09-14 11:30:00", 1, "work_hour", "2026-09-14 14:00:00"),
        ("2026-09-14 12:00:00", 1, "work_hour", "2026-09-14 14:30:00"),
        ("2026-09-14 12:45:00", 1, "work_hour", "2026-09-14 14:30:00"),
        ("2026-09-14 09:00:00", 3, "work_hour", "2026-09-14 12:00:00"),
        ("2026-09-14 09:00:00", 7, "work_hour", "2026-09-14 17:30:00"),
        ("2026-09-14 17:30:00", 1, "work_hour", "2026-09-15 10:00:00"),
        ("2026-08-14 17:00:00", 1, "work_hour", "2026-08-17 09:30:00"),
        ("2026-09-14 09:00:00", 0.5, "work_hour", "2026-09-14 09:30:00"),
    ],
)
def test_the_edges(start: str, n: float, unit: Unit, end: str) -> None:
    assert ends(start, n, unit) == end


def test_moments_of_other_zones_are_counted_in_shanghai() -> None:
    utc = dt.datetime(2026, 9, 14, 16, 30, tzinfo=dt.UTC)  # Tuesday 0:30 in Shanghai
    assert KNOWN.due(utc, Limit(1, "work_day")).moment == at("2026-09-17 00:00")
    with pytest.raises(ValueError, match="time zone"):
        KNOWN.due(dt.datetime(2026, 9, 14, 9), Limit(1, "work_day"))


def test_beyond_the_notice_days_are_guessed_and_said_to_be() -> None:
    before = KNOWN.due(at("2026-12-30 10:00"), Limit(1, "work_day"))
    across = KNOWN.due(at("2026-12-31 10:00"), Limit(1, "work_day"))
    assert (before.moment, before.provisional) == (at("2027-01-01 00:00"), False)
    assert (across.moment, across.provisional) == (at("2027-01-05 00:00"), True)
    assert not KNOWN.due(at("2026-12-31 10:00"), Limit(48, "natural_hour")).provisional
    assert KNOWN.due(at("2026-12-31 17:00"), Limit(1, "work_hour")).provisional
    assert not KNOWN.due(at("2026-12-31 16:30"), Limit(1, "work_hour")).provisional
    rest = [d for d in ("05-01", "10-01", "10-03") if not KNOWN.is_work(at(f"2035-{d}").date())]
    assert len(rest) == 3


def test_a_provisional_row_counts_as_it_says() -> None:
    eve = dt.date(2027, 2, 5)  # a Friday, thought to be New Year's Eve
    calendar = WorkCalendar({**KNOWN.days, eve: Day("rest", "春节", provisional=True)})
    assert KNOWN.is_work(eve)
    assert not calendar.is_work(eve)
    assert calendar.is_provisional(eve)
    assert calendar.name(eve) == "春节"


def test_rest_days_passed_over_are_told() -> None:
    due = KNOWN.due(at("2026-09-24 09:00"), Limit(2, "work_day"))
    assert [(d.day, name) for d, name in due.skipped] == [(25, "中秋"), (26, "中秋"), (27, "中秋")]
    assert not KNOWN.due(at("2026-09-14 09:00"), Limit(2, "work_day")).skipped
    moved = KNOWN.due(at("2026-08-13 08:00"), Limit(2, "natural_day"))
    assert [d.day for d, _ in moved.skipped] == [15, 16]


@pytest.mark.parametrize(
    ("start", "n", "unit", "words"),
    [
        ("2026-09-24 09:00", 2, "work_day", "9-29 周二 24:00，跳过中秋"),
        ("2026-08-13 09:00", 2, "work_day", "8-17 周一 24:00"),
        ("2026-09-14 09:00", 2, "work_hour", "9-14 周一 11:00"),
        ("2026-09-24 09:00", 4, "work_day", "10-8 周四 24:00，跳过中秋、国庆"),
        ("2026-12-31 09:00", 1, "work_day", "1-4 周一 24:00，跳过元旦，暂定"),
    ],
)
def test_words(start: str, n: int, unit: Unit, words: str) -> None:
    due = KNOWN.due(at(start), Limit(n, unit))
    assert describe(due) == words


def test_midnight_is_said_as_the_end_of_the_day() -> None:
    assert describe(Due(at("2026-03-01 00:00").astimezone(dt.UTC))) == "2-28 周六 24:00"


@pytest.mark.parametrize(
    ("n", "unit"),
    [
        (0, "work_day"),
        (-1, "natural_hour"),
        (-0.5, "work_hour"),
        (1.5, "work_day"),
        (float("nan"), "natural_hour"),
        (float("inf"), "natural_day"),
        (Decimal("1E-12"), "work_hour"),
        (10**7, "work_hour"),
        (1, "fortnight"),
    ],
)
def test_nonsense_limits_are_refused(n: Any, unit: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Limit(n, unit)
    assert refused.value.code == "calendar.limit"


def test_office_hours_in_disorder_are_refused() -> None:
    nine, noon = dt.time(9), dt.time(12)
    for windows in ((), ((noon, nine),), ((nine, noon), (dt.time(11), dt.time(13)))):
        with pytest.raises(Invalid):
            WorkCalendar({}, windows)
    assert ends("2026-09-14 00:00", 4, "work_hour", WorkCalendar({}, ((nine, noon),))) == (
        "2026-09-15 10:00:00"
    )


@pytest.mark.parametrize(
    ("unit", "due", "paused", "resumed", "after"),
    [
        # Two whole working days were left on Monday; they begin the day after the resumption.
        ("work_day", "09-17 00:00", "09-14 10:00", "09-14 11:00", "09-17 00:00"),
        ("work_day", "09-17 00:00", "09-14 10:00", "09-17 15:00", "09-21 00:00"),
        ("work_day", "09-17 00:00", "09-14 10:00", "09-18 15:00", "09-22 00:00"),
        # On its last day: it ends with the day of resumption, or the working day after.
        ("work_day", "09-17 00:00", "09-16 10:00", "09-18 09:00", "09-19 00:00"),
        ("work_day", "09-17 00:00", "09-16 10:00", "09-19 09:00", "09-21 00:00"),
        ("natural_day", "09-17 00:00", "09-14 10:00", "09-16 10:00", "09-19 00:00"),
        ("natural_day", "09-17 00:00", "09-16 10:00", "09-19 09:00", "09-21 00:00"),
        ("work_hour", "09-14 11:00", "09-14 10:00", "09-15 16:30", "09-15 17:30"),
        ("natural_hour", "09-14 11:00", "09-14 10:00", "09-15 16:30", "09-15 17:30"),
        # Already due: nothing is given back.
        ("work_day", "09-17 00:00", "09-17 00:00", "09-21 10:00", "09-17 00:00"),
    ],
)
def test_pauses(unit: str, due: str, paused: str, resumed: str, after: str) -> None:
    moments = [at(f"2026-{each}") for each in (due, paused, resumed)]
    found = KNOWN.after_pause(moments[0], paused_at=moments[1], resumed_at=moments[2], unit=unit)
    assert found == at(f"2026-{after}")


def test_time_does_not_run_backwards() -> None:
    early, late = at("2026-09-14 09:00"), at("2026-09-15 09:00")
    with pytest.raises(Invalid):
        KNOWN.elapsed(late, early, "work_hour")
    with pytest.raises(Invalid):
        KNOWN.after_pause(late, paused_at=late, resumed_at=early, unit="work_day")
    with pytest.raises(Invalid):
        KNOWN.after_pause(late, paused_at=early, resumed_at=early, unit="fortnight")
    with pytest.raises(Invalid):
        KNOWN.extend(late, 0)


def test_broken_days_elapse_in_their_part() -> None:
    monday = at("2026-09-14 09:00")
    assert KNOWN.elapsed(monday, at("2026-09-14 23:00"), "work_day") == 0
    assert KNOWN.elapsed(monday, at("2026-09-15 12:00"), "work_day") == 0.5
    assert KNOWN.elapsed(monday, at("2026-09-15 12:00"), "work_hour") == 10
    assert KNOWN.elapsed(at("2026-09-24 09:00"), at("2026-09-28 00:00"), "work_day") == 0
    assert KNOWN.elapsed(at("2026-09-24 09:00"), at("2026-09-28 00:00"), "natural_day") == 3
