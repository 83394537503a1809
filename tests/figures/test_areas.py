"""A page narrowed to a district or a line reads no order and no fact, and says what counting says."""

import datetime as dt
from dataclasses import replace

import pytest

from suqiu.base import clock
from suqiu.figures import gathered, keeping, queries, rollups
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from tests.city import City
from tests.figures.areas import AREAS, assert_same_area, bare, wide
from tests.figures.test_queries import closed
from tests.figures.test_rollups import _a_day, _elsewhere, _late, _returned, _told, follow


@pytest.mark.parametrize("basis", keeping.BASES)
def test_a_district_a_line_and_a_line_of_a_district_are_read_from_sums(
    city: City, monkeypatch: pytest.MonkeyPatch, basis: str
) -> None:
    for step in (closed, _elsewhere, _late, _returned, _a_day, _elsewhere):
        step(city)
    follow()
    for name in ("cells", "volumes", "lost", "hours", "places"):
        monkeypatch.setattr(gathered, name, None)  # to read facts would fail
    for narrow in AREAS:
        cohort = replace(wide(basis), **narrow)
        assert rollups.volumes(cohort)[""] > 0
        assert_same_area(city, cohort)
        for group in ("street", "unit") if "line" not in narrow else ("category",):
            if group == "category" and "region" in narrow:
                continue  # a leaf of a district is counted, and has no rates of its own
            slow = queries.rates(cohort, city.leader, group)
            quick = rollups.rates(cohort, group)
            assert {k: {c: bare(r) for c, r in row.items()} for k, row in slow.items()} == quick


@pytest.mark.parametrize("narrow", AREAS)
def test_a_narrowed_board_says_the_same_from_sums(
    city: City, monkeypatch: pytest.MonkeyPatch, narrow: dict[str, str]
) -> None:
    for days in (0, 0, 0, 0, 8, 1):
        closed(city)
        city.wait(days=days)
    _elsewhere(city)
    last = clock.midnight(clock.today() + dt.timedelta(days=1))
    cohort = replace(Cohort("closed_in", last - dt.timedelta(days=12), last), **narrow)
    counted = _told(Board(cohort, city.leader))
    follow()
    for name in ("cells", "volumes", "lost", "hours", "places"):
        monkeypatch.setattr(gathered, name, None)
    assert _told(Board(cohort, city.leader)) == counted
