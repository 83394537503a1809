"""Units in which nobody can work are named, and so are duties that nobody holds."""

import datetime as dt

import pytest

from suqiu.accounts import staffing
from suqiu.accounts.models import Person, Posting
from suqiu.base import clock
from suqiu.cli import health
from suqiu.organisations.models import Duty
from tests.city import City

pytestmark = pytest.mark.django_db


def lacking(city: City) -> list[str]:
    found = {u.pk: gone for u, gone in staffing.units_without_people(clock.today())}
    return found.get(city.squad.pk, [])


def test_a_unit_lacks_whom_nobody_is_any_more(city: City) -> None:
    today = clock.today()
    assert lacking(city) == []
    Person.objects.filter(username=f"head.{city.squad.code}").update(is_active=False)
    assert lacking(city) == ["head"]
    posts = Posting.objects.filter(unit=city.squad, role="handler")
    posts.update(until=today)
    assert lacking(city) == ["head"]  # today is still his
    posts.update(until=today - dt.timedelta(days=1))
    assert lacking(city) == ["handler", "head"]
    posts.update(until=None, since=today + dt.timedelta(days=1))
    assert lacking(city) == ["handler", "head"]  # he only comes tomorrow


def test_a_house_without_callback_officer_is_told(city: City) -> None:
    assert "callback_officer" not in staffing.nobody_holds(clock.today())
    Posting.objects.filter(role="callback_officer").update(until=dt.date(2020, 1, 1))
    assert "callback_officer" in staffing.nobody_holds(clock.today())


def test_the_doctor_warns_and_stays_well(city: City) -> None:
    Posting.objects.filter(role="dispatcher").update(until=dt.date(2020, 1, 1))
    Posting.objects.filter(unit=city.squad, role="head").update(until=dt.date(2020, 1, 1))
    Duty.objects.filter(unit=city.squad).delete()
    said = {line.what: line for line in health.looked_at("postgresql://u@h/d")}
    posts, units, rosters = said["posts"], said["units"], said["rosters"]
    assert all(line.well and line.warns for line in (posts, units, rosters))
    assert "dispatcher" in posts.said
    assert f"{city.squad.code} (head)" in units.said
    assert "units with hours of nobody today" in rosters.said
