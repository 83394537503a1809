"""When appeals come and how far they go: from the sums as from the rows, cell by cell."""

import datetime as dt
import importlib
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection

from suqiu.base import clock
from suqiu.figures import keeping
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import orders
from suqiu.figures.funnel import funnel
from suqiu.figures.heat import Heat, heat, within
from suqiu.figures.models import FigureFact, FigureSum
from tests.city import MONDAY, City
from tests.figures.test_queries import closed
from tests.figures.test_rollups import differing, follow, wide

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def spread(city: City) -> None:
    """Monday 9 twice, Monday 23, Tuesday 0, and Monday 9 a week later."""
    for moment in (
        MONDAY,
        MONDAY + dt.timedelta(minutes=5),
        MONDAY.replace(hour=23, minute=59),
        MONDAY.replace(hour=0, minute=1) + dt.timedelta(days=1),
        MONDAY + dt.timedelta(days=7),
    ):
        clock.set_to(moment)
        city.accepted()


def cells(found: Heat) -> dict[tuple[int, int], int]:
    return {
        (day + 1, hour): n for day, row in enumerate(found.rows) for hour, n in enumerate(row) if n
    }


@pytest.mark.parametrize("narrow", [{}, {"region": "310104"}, {"line": "C"}])
def test_the_sums_say_by_hour_and_weekday_what_the_rows_say(
    city: City, narrow: dict[str, str]
) -> None:
    spread(city)
    cohort = replace(wide("closed_in"), **narrow)
    counted = heat(cohort, city.leader)  # no sums yet: counted by the database
    follow()
    kept = heat(cohort, city.leader)
    assert cells(kept) == cells(counted) == {(1, 9): 3, (1, 23): 1, (2, 0): 1}
    assert (kept.peak, kept.whole, kept.most) == ((1, 9), 5, 3)
    assert differing() == []
    taken = orders(replace(cohort, basis="accepted_in"), city.leader)
    for (weekday, hour), n in cells(kept).items():
        assert within(taken, weekday, hour).count() == n


def test_a_unit_sees_the_hours_of_its_own_orders_only(city: City) -> None:
    spread(city)
    city.dispatched()
    follow()
    assert heat(wide("accepted_in"), city.leader).whole == 6
    assert heat(wide("accepted_in"), city.handler).whole == 1
    assert heat(wide("accepted_in"), city.outsider).whole == 0
    assert heat(wide("accepted_in"), city.outsider).peak is None


def test_the_funnel_counts_who_came_through_each_step(city: City) -> None:
    closed(city)
    city.accepted()
    city.dispatched()
    for made in (lambda: None, follow):
        made()
        board, steps = funnel(Board(wide("closed_in"), city.leader))
        told = {step.code: step.n for step in steps}
        assert (told[""], told["order.dispatch"], told["order.sign"], told["order.close"]) == (
            3,
            2,
            1,
            1,
        )
        assert steps[1].share == pytest.approx(2 / 3)
        assert board.cohort.basis == "accepted_in"


@pytest.mark.parametrize("migration", ["0007_sums", "0010_areas"])
def test_what_was_kept_in_another_form_is_made_anew_after_the_migration(
    city: City, migration: str
) -> None:
    spread(city)
    follow()
    if migration == "0007_sums":  # which makes the table of sums, that is empty then
        FigureSum.objects.all().delete()
    module = importlib.import_module(f"suqiu.figures.migrations.{migration}")
    with connection.schema_editor() as editor:
        module.afresh(apps, editor)
    assert not FigureFact.objects.exists() and not FigureSum.objects.exists()
    cohort = replace(wide("accepted_in"), region="310104")
    assert not keeping.ready() and not Board(cohort, city.leader).summed
    follow()
    assert differing() == []
    assert Board(cohort, city.leader).summed
    assert cells(heat(cohort, city.leader)) == {(1, 9): 3, (1, 23): 1, (2, 0): 1}
