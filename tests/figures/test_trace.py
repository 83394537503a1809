"""From a figure to the entries of the journal that it rests on."""

import datetime as dt
import re

import pytest
from django.utils import translation

from suqiu.base import clock
from suqiu.figures import call_rates
from suqiu.figures.models import CallSlot
from suqiu.figures.queries import rates
from suqiu.figures.reasons import UNCOUNTED
from suqiu.figures.rules import DEFINITIONS, FOUR
from suqiu.figures.trace import trace
from suqiu.orders.actions.reopen import withdraw
from tests.city import City
from tests.desk.test_pages import client_of
from tests.figures.test_queries import closed, month

pytestmark = pytest.mark.django_db


def test_each_rate_of_a_closed_order_rests_on_entries(city: City) -> None:
    order = closed(city)
    found = {one.code: one for one in trace(order, city.leader)}
    made = rates(month(), city.leader)[""]
    assert list(found) == list(DEFINITIONS)
    for code, one in found.items():
        assert bool(one.part) == bool(made[code].raw_denominator)
        assert (one.part == "numerator") == (order.pk in made[code].numerator_ids)
        assert one.weight == made[code].raw_numerator
        assert bool(one.entries) == bool(one.part), code


def test_the_entry_behind_satisfaction_says_the_answer(city: City) -> None:
    found = {one.code: one for one in trace(closed(city), city.leader)}
    told = [e.data.get("satisfaction") for e in found["satisfaction"].entries]
    assert "基本满意" in told and found["satisfaction"].weight == 0.8
    kinds = {e.kind for e in found["disposal_timely"].entries}
    assert {"clock.started", "order.dispatch", "order.pass_disposal"} <= kinds
    assert "order.contact" not in kinds
    assert {e.data["code"] for e in found["disposal_timely"].entries if "code" in e.data} == {
        "dispose"
    }


def test_a_unit_traces_the_five_and_only_what_it_may_read(city: City) -> None:
    order = closed(city)
    assert [one.code for one in trace(order, city.handler)] == list(FOUR)
    other = city.in_callback()
    (satisfied,) = [one for one in trace(other, city.handler) if one.code == "satisfaction"]
    assert satisfied.part == "" and satisfied.entries == []


def test_what_is_not_counted_says_what_it_lacks_and_why_it_would_be_left_out(city: City) -> None:
    order = withdraw(city.dispatched(), reason="诉求人撤回", by=city.dispatcher)
    found = {one.code: one for one in trace(order, city.leader)}
    assert set(UNCOUNTED) == set(DEFINITIONS)
    assert found["solved"].part == "" and found["solved"].reason == "withdrawn"
    client = client_of(city.leader)
    page = client.get(f"/orders/{order.number}/figures").content.decode()
    assert "不计：撤回，本轮处置没有审核通过" in page and "不计：撤回，本轮没有核实过" in page
    assert not re.search(r"<td>不计</td>|<td>剔除</td>", page)
    with translation.override("zh-hans"):  # and back again: a request leaves its language behind
        page = client.get(f"/orders/{order.number}/figures", headers={"accept-language": "en"})
    assert "Not counted: withdrawn, not verified in this round" in page.content.decode()


def test_call_rates_say_what_they_are_of_and_open_into_nothing(city: City) -> None:
    day = clock.today()
    CallSlot.objects.create(day=day, slot=18, offered=40, answered=38, handling_s=90, quick=30)
    CallSlot.objects.create(day=day, slot=19, offered=60, answered=57, handling_s=90)
    CallSlot.objects.create(
        day=day + dt.timedelta(days=1), slot=19, offered=9, answered=0, handling_s=0
    )
    made = call_rates.rates(day, day + dt.timedelta(days=1))
    assert (made["connected"].numerator, made["connected"].denominator) == (95, 100)
    # The half hour in which nobody counted the quick ones is in neither part.
    assert (made["quick"].numerator, made["quick"].denominator) == (30, 38)
    assert made["connected"].value == 0.95 and made["connected"].weighting == "每通计 1"
    empty = call_rates.rates(day - dt.timedelta(days=9), day - dt.timedelta(days=8))
    assert {(one.value, one.low, one.denominator) for one in empty.values()} == {(None, None, 0)}
