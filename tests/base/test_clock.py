"""The only clock: it moves for tests and the demo, and never in production."""

import datetime as dt
import time

import pytest

from suqiu.base import clock

AT = dt.datetime(2026, 9, 14, 23, 30, tzinfo=clock.LOCAL)


def test_it_runs_in_utc() -> None:
    clock.set_to(None)
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == dt.timedelta(0) and first <= second


def test_it_stands_still_and_runs_on() -> None:
    clock.set_to(AT)
    assert clock.now() == clock.now() == AT
    clock.set_to(None)
    assert clock.now() != AT


def test_it_runs_away_from_the_machines_clock() -> None:
    clock.set_to(AT)
    before = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    clock.shift(dt.timedelta(days=-40))
    gone = clock.now() - before
    assert dt.timedelta(days=-40) <= gone < dt.timedelta(days=-40, seconds=5)


def test_the_trades_day_is_shanghais() -> None:
    clock.set_to(AT)
    assert clock.today() == dt.date(2026, 9, 14)
    clock.set_to(dt.datetime(2026, 9, 14, 16, 0, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2026, 9, 15)
    assert clock.local(clock.now()).hour == 0


def test_it_does_not_move_in_production(settings: object) -> None:
    settings.CLOCK_MOVABLE = False  # type: ignore[attr-defined]
    before = clock.now()
    try:
        with pytest.raises(RuntimeError, match="production"):
            clock.set_to(AT)
        with pytest.raises(RuntimeError, match="production"):
            clock.set_to(None)
        with pytest.raises(RuntimeError, match="production"):
            clock.shift(dt.timedelta(days=1))
        assert dt.timedelta(0) <= clock.now() - before < dt.timedelta(seconds=5)
    finally:
        settings.CLOCK_MOVABLE = True  # type: ignore[attr-defined]
