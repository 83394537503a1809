"""Who exists on a day, and who answers the duty telephone."""

import datetime as dt

import pytest

from suqiu.audit.queries import chain
from suqiu.base.actors import system
from suqiu.base.clock import LOCAL
from suqiu.organisations.actions import found_unit, set_duty
from suqiu.organisations.models import Duty, Unit
from suqiu.organisations.queries import centre, hub_of, on_call, regions_on, valid_on
from tests.city import DISTRICT, City

BY = system("demo")
FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY = (dt.date(2026, 9, day) for day in (18, 19, 20, 21, 22))


def is_work(day: dt.date) -> bool:
    return day not in {SATURDAY, SUNDAY}


@pytest.fixture
def unit(city: City) -> Unit:
    """A unit with an office shift, a night shift after work days, and one shift of rest days."""
    Duty.objects.filter(unit=city.squad).delete()
    line(city.squad, "work", 8, 17, "day")
    line(city.squad, "work", 18, 6, "night")
    line(city.squad, "rest", 0, 23, "rest")
    return city.squad


def line(unit: Unit, days: str, since: int, until: int, person: str) -> Duty:
    return set_duty(
        unit, days=days, since=dt.time(since), until=dt.time(until, 59, 59), person=person, by=BY
    )


def who(unit: Unit, day: dt.date, hour: int) -> str:
    duty = on_call(unit.pk, dt.datetime.combine(day, dt.time(hour, 30), LOCAL), is_work)
    return duty.person if duty else ""


def test_work_days_and_rest_days_have_their_own_lines(unit: Unit) -> None:
    assert [who(unit, MONDAY, hour) for hour in (8, 17, 18, 23)] == ["day", "day", "night", "night"]
    assert [who(unit, SUNDAY, hour) for hour in (8, 12, 23)] == ["rest"] * 3
    assert who(unit, MONDAY, 7) == ""


def test_a_night_belongs_to_the_day_on_which_it_began(unit: Unit) -> None:
    assert who(unit, TUESDAY, 2) == "night", "Monday's"
    assert who(unit, MONDAY, 2) == "", "Sunday is no work day, so nobody began a night"
    Duty.objects.filter(unit=unit, days="rest").delete()
    assert who(unit, SATURDAY, 2) == "night", "Friday's, though Saturday is a rest day"
    assert who(unit, SATURDAY, 7) == ""


def test_who_began_today_goes_before_who_began_yesterday(unit: Unit) -> None:
    assert who(unit, SATURDAY, 2) == "rest"


def test_a_dated_line_goes_before_a_kind_of_day(unit: Unit) -> None:
    line(unit, "2026-09-21", 8, 12, "dated")
    assert [who(unit, MONDAY, hour) for hour in (8, 12, 13)] == ["dated", "dated", "day"]
    assert who(unit, TUESDAY, 8) == "day"


def test_a_dated_night_runs_into_the_next_day_and_not_into_its_own_morning(unit: Unit) -> None:
    line(unit, "2026-09-21", 18, 6, "dated")
    assert [who(unit, MONDAY, 2), who(unit, MONDAY, 20), who(unit, TUESDAY, 2)] == [
        "",
        "dated",
        "dated",
    ]
    assert who(unit, TUESDAY, 20) == "night"


def test_no_roster_no_officer(unit: Unit, city: City) -> None:
    Duty.objects.filter(unit=city.street).delete()
    assert who(city.street, MONDAY, 9) == ""


def test_a_line_is_replaced_and_journalled(unit: Unit) -> None:
    before = len(chain(f"unit:{unit.pk}"))
    line(unit, "work", 8, 17, "another")
    assert who(unit, MONDAY, 9) == "another"
    assert Duty.objects.filter(unit=unit).count() == 3
    entry = chain(f"unit:{unit.pk}")[before]
    assert (entry.kind, entry.data["person"]) == ("duty.set", "another")


def test_units_exist_from_a_day_to_a_day(city: City) -> None:
    unit = city.squad
    unit.valid_from, unit.valid_to = dt.date(2020, 1, 1), dt.date(2026, 9, 20)
    unit.save(update_fields=["valid_from", "valid_to"])
    on = {day: unit in valid_on(day) for day in (dt.date(2019, 12, 31), SUNDAY, MONDAY)}
    assert list(on.values()) == [False, True, False]


def test_regions_of_a_day(city: City) -> None:
    assert len(regions_on(dt.date(2026, 9, 14))) == 16
    assert len(regions_on(dt.date(2013, 6, 1))) == 17


@pytest.mark.parametrize(
    "day", [dt.date(2013, 6, 1), dt.date(2015, 11, 3), dt.date(2016, 7, 22), dt.date(2026, 9, 14)]
)
def test_every_district_of_a_day_has_a_cell_of_its_own_on_the_map(city: City, day: dt.date) -> None:
    cells = [(one.tile_row, one.tile_column) for one in regions_on(day)]
    assert (None, None) not in cells and len(set(cells)) == len(cells)


def test_the_centre_and_a_districts_hub(city: City) -> None:
    hub = hub_of(city.squad.region)
    assert hub and hub.code == f"{DISTRICT}-HUB"
    assert centre().kind == "centre"


def test_founding_again_changes_and_is_told(city: City) -> None:
    found = found_unit(code="T-1", name="试验中队", kind="squad", region=DISTRICT, by=BY)
    again = found_unit(code="T-1", name="改名中队", kind="squad", region=DISTRICT, by=BY)
    assert found.pk == again.pk and again.name == "改名中队"
    kinds = [e.kind for e in chain(f"unit:{found.pk}")]
    assert kinds == ["unit.founded", "unit.changed"]
