"""What the demo plays of supervisors from outside, in a city of two districts."""

import datetime as dt
from collections.abc import Iterator

import pytest

from suqiu.accounts.models import Posting
from suqiu.assessment.models import Entry, Evidence
from suqiu.base import clock
from suqiu.demo import assessing, people
from suqiu.demo.outsiders import Outsiders
from suqiu.orders.actions import dispatch
from suqiu.organisations.models import Region, Unit
from suqiu.supervision.external.models import Obligation, Opinion, Term
from tests.city import DISTRICT, OTHER, City
from tests.reports.conftest import closed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_city() -> Iterator[None]:
    """Who holds which post is remembered by the process; here each test has a city of its own."""
    people.holders.cache_clear()
    people.in_unit.cache_clear()
    yield
    people.holders.cache_clear()
    people.in_unit.cache_clear()


def in_hand(city: City) -> None:
    """Three orders, each signed by another unit that has a head."""
    heads = Posting.objects.filter(role="head").values("unit")
    rows = Unit.objects.filter(pk__in=heads, region__in=(DISTRICT, OTHER))
    for unit in rows.exclude(kind="hub").order_by("code")[:3]:
        street = Unit.objects.filter(kind="street", region=unit.region_id).order_by("code")[0]
        where = {"region": Region.objects.get(pk=unit.region_id), "street": street}
        order = dispatch.dispatch(city.accepted(**where), to=unit, by=city.dispatcher)
        dispatch.sign(order, by=people.in_unit(unit.pk, "handler"))


def test_one_is_answered_one_comes_on_paper_one_waits_too_long(city: City) -> None:
    in_hand(city)
    story = Outsiders()
    story.appoint()
    story.open()
    assert len({case.unit_id for case in story.cases}) == 3
    city.wait(days=1)
    story.say()
    city.wait(days=2)
    story.answer()
    clock.set_to(clock.now() + dt.timedelta(days=25))
    assert story.end(None, None) == 3
    told = {o.way + ":" + o.state for o in Opinion.objects.all()}
    assert told == {"own:settled", "own:open", "paper:answered"}
    (late,) = Obligation.objects.filter(outcome="open")
    assert late.red_at and late.late
    assert {bool(t.person) for t in Term.objects.all()} == {True, False}
    assert Term.objects.filter(reminded_at__isnull=False).count() == 1


def test_an_expert_marks_the_month_s_sheet_himself(city: City) -> None:
    closed(city)
    clock.set_to(dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL))
    sheet = assessing.assess(dt.date(2026, 9, 1))
    assert all(row.evidence.filter(later=False).count() == 1 for row in Entry.objects.all())
    assert Evidence.objects.filter(after_freeze=True).count() == 1
    story = Outsiders()
    story.appoint()
    story.end(None, sheet)
    mark = Entry.objects.get(work="expert")
    assert (mark.way, mark.state) == ("own", "entered")
    assert [row.later for row in mark.evidence.order_by("pk")] == [False, True]
