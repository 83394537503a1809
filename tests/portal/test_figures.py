"""Figures for everybody: only what a leader looked at and approved, frozen as it was then."""

import datetime as dt
import re

import pytest
from django.test import Client

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.figures import actions
from suqiu.figures.models import Publication
from suqiu.orders.models import Order
from tests.city import City
from tests.desk.test_pages import client_of
from tests.portal.work import closed

pytestmark = pytest.mark.django_db


def _last_month() -> dt.date:
    return (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _ended(city: City, n: int) -> list[Order]:
    """Orders that ended in the middle of last month."""
    rows = [closed(city, city.in_callback()) for _each in range(n)]
    middle = dt.datetime.combine(_last_month(), dt.time(9), clock.LOCAL) + dt.timedelta(days=14)
    Order.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=middle)
    return rows


def _approve(city: City) -> Publication:
    seen = actions.digest(actions.counted(_last_month()))
    return actions.publish(_last_month(), seen=seen, by=city.leader)


def test_nothing_is_shown_before_a_leader_approved_it(city: City) -> None:
    _ended(city, 1)
    text = Client().get("/portal/figures").content.decode()
    assert "还没有批准公布" in text and "hundred" not in text
    assert Client().get("/portal/figures?month=2020-01").status_code == 404


def test_a_leader_looks_approves_and_everybody_sees_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 2)
    _ended(city, 2)
    leader, month = client_of(city.leader), f"{_last_month():%Y-%m}"
    page = leader.get("/publications").content.decode()
    assert "这个月公布过" not in page
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    done = leader.post("/publications/approve", {"month": month, "seen": seen[1]}, follow=True)
    assert "已公布" in done.content.decode()
    text = Client().get("/portal/figures").content.decode()
    assert "100.0%" in text and "每 100 件里 100 件" in text and "n=2" in text
    assert text.count('class="on"') == 300
    entry = Entry.objects.get(kind="figures.published")
    assert entry.actor == city.leader.id and entry.data["orders"] == 2
    assert entry.data["sha256"] == actions.digest(Publication.objects.get().body)


def test_what_was_published_does_not_move_with_the_orders(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 1)
    rows = _ended(city, 2)
    _approve(city)
    before = Client().get("/portal/figures").content
    Order.objects.filter(pk=rows[0].pk).update(ended_at=clock.now())
    assert actions.counted(_last_month())["orders"] == 1
    page = client_of(city.leader).get("/publications").content.decode()
    assert "这个月公布过，之后数变了" in page and "批准公布" in page
    assert _without_tokens(Client().get("/portal/figures").content) == _without_tokens(before)


def _without_tokens(page: bytes) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page.decode())


def test_under_thirty_nothing_is_judged(city: City) -> None:
    _ended(city, 1)
    body = _approve(city).body
    assert body["rates"]["solved"] == {
        "n": 1,
        "value": None,
        "low": None,
        "high": None,
        "excluded": 0,
    }
    assert body["top"] == []
    text = Client().get("/portal/figures").content.decode()
    assert "不足 30 件，不评价" in text and 'class="on"' not in text


def test_only_a_leader_and_only_what_he_looked_at(city: City) -> None:
    _ended(city, 1)
    seen = actions.digest(actions.counted(_last_month()))
    with pytest.raises(NotAllowed):
        actions.publish(_last_month(), seen=seen, by=city.dispatcher)
    _ended(city, 1)
    with pytest.raises(WrongState) as moved:
        actions.publish(_last_month(), seen=seen, by=city.leader)
    assert moved.value.code == "publish.moved" and not Publication.objects.exists()


def test_a_month_that_runs_or_is_empty_is_refused(city: City) -> None:
    with pytest.raises(Invalid, match="还没有过完"):
        actions.counted(clock.today())
    with pytest.raises(Invalid, match="没有办结"):
        actions.counted(_last_month())
