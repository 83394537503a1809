"""The wall: who may see it, how its link ends, and what is never on it."""

import datetime as dt
import re

import pytest
from django.test import Client

from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.desk.views import walls as view
from suqiu.figures import walls
from suqiu.figures.models import Wall
from suqiu.figures.rules import FOUR
from suqiu.orders.models import Order
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_dashboards import followed
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def screen(token: str) -> Client:
    """A browser on the wall that has opened its link."""
    client = Client()
    assert client.get(f"/wall/open/{token}").headers["Location"] == "/wall"
    return client


def test_a_link_opens_the_wall_without_a_login_and_stands_in_no_address(city: City) -> None:
    followed()
    _row, token = walls.open_wall(name="一楼大厅", days=30, by=city.leader)
    client = Client()
    answer = client.get(f"/wall/open/{token}")
    cookie = answer.cookies["wall"]
    assert cookie["httponly"] and cookie["path"] == "/wall" and cookie["samesite"] == "Lax"
    shown = client.get("/wall")
    assert shown.status_code == 200 and token not in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    # It opens this page and no other.
    for path in ("/leader", "/queue", "/figures", "/walls", "/centre"):
        assert client.get(path).status_code == 302


def test_only_a_hash_is_kept_and_each_step_is_in_the_journal(city: City) -> None:
    row, token = walls.open_wall(name="大厅", days=30, by=city.leader)
    assert token not in str(Wall.objects.filter(pk=row.pk).values())
    walls.revoke_wall(row.pk, by=city.leader)
    walls.revoke_wall(row.pk, by=city.leader)
    said = list(chain(f"wall:{row.pk}"))
    assert [entry.kind for entry in said] == ["wall.opened", "wall.revoked"]
    assert token not in str([entry.data for entry in said])


def test_a_revoked_link_shows_nothing_at_the_next_look(city: City) -> None:
    followed()
    row, token = walls.open_wall(name="大厅", days=30, by=city.leader)
    client = screen(token)
    assert client.get("/wall?part=1").status_code == 200
    client_of(city.leader).post(f"/walls/{row.pk}/revoke")
    for path in ("/wall", "/wall?part=1", f"/wall/open/{token}"):
        answer = client.get(path)
        assert answer.status_code == 404 and "及时率" not in answer.content.decode()


def test_a_link_ends_by_itself(city: City) -> None:
    _row, token = walls.open_wall(name="大厅", days=1, by=city.leader)
    client = screen(token)
    city.wait(hours=25)
    assert client.get("/wall").status_code == 404


def test_guessing_ends_after_a_few_and_then_even_the_right_one_waits(city: City) -> None:
    _row, token = walls.open_wall(name="大厅", days=1, by=city.leader)
    for n in range(view.GUESSES):
        assert Client().get(f"/wall/open/{n:043d}").status_code == 404
    assert Client().get(f"/wall/open/{token}").status_code == 404
    city.wait(minutes=2)
    assert Client().get(f"/wall/open/{token}").status_code == 302


def test_a_screen_asks_only_so_often(city: City) -> None:
    followed()
    client = screen(walls.open_wall(name="大厅", days=1, by=city.leader)[1])
    codes = [client.get("/wall?part=1").status_code for _look in range(view.LOOKS + 2)]
    assert codes.count(200) == view.LOOKS and codes[-1] == 429


def test_links_are_the_leaders(city: City) -> None:
    for by in (city.dispatcher, city.handler, city.inspector):
        with pytest.raises(NotAllowed):
            walls.open_wall(name="大厅", days=30, by=by)
        assert client_of(by).get("/walls").status_code == 403
    for wrong in ({"name": " ", "days": 3}, {"name": "厅", "days": 0}, {"name": "厅", "days": 367}):
        with pytest.raises(Invalid):
            walls.open_wall(**wrong, by=city.leader)  # type: ignore[arg-type]
    made = client_of(city.leader).post("/walls/open", {"name": "大厅", "days": "7"})
    link = re.search(r"http://testserver(/wall/open/[\w-]{43})", made.content.decode())
    assert link and Client().get(link.group(1)).status_code == 302
    assert link.group(1) not in client_of(city.leader).get("/walls").content.decode()


def test_by_role_the_wall_needs_no_link(city: City) -> None:
    followed()
    assert client_of(city.dispatcher).get("/wall").status_code == 200
    assert client_of(city.handler).get("/wall").status_code == 403
    assert Client().get("/wall").status_code == 302


def test_nobody_and_no_order_is_on_the_wall(city: City) -> None:
    order = closed(city)
    late = city.signed(title="独一无二的标题甲乙丙丁", address="独一无二路9号")
    city.wait(days=5)
    followed()
    shown = client_of(city.leader).get("/wall").content.decode()
    assert "逾期" in shown and re.search(r'is-red"><b>[1-9]', shown)
    for one in Order.objects.filter(pk__in=[order.pk, late.pk]):
        for told in (one.number, one.title, one.address, one.street.name):
            assert told not in shown
    assert "王试" not in shown and "13900000001" not in shown
    # No number opens anything, and under thirty no rate is told.
    assert "/orders" not in shown and "<a " not in shown
    rates = shown[shown.index('class="wall-rates"') : shown.index('class="wall-body"')]
    assert rates.count('<p class="value">—</p>') == len(FOUR) and "<small>%" not in rates


def test_the_wall_says_when_its_figures_are_of(city: City) -> None:
    followed()
    shown = client_of(city.leader).get("/wall?part=1").content.decode()
    assert f'data-at="{clock.local(clock.now()):%Y-%m-%dT%H:%M}' in shown
    assert "<html" not in shown and '<meta http-equiv="refresh"' not in shown
    whole = client_of(city.leader).get("/wall").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in whole and "onload" not in whole
    assert not re.search(r"<script(?![^>]*src=)", whole), "no script stands in the page"


def test_before_the_sums_are_made_the_wall_says_so(city: City) -> None:
    closed(city)
    shown = client_of(city.leader).get("/wall").content.decode()
    assert "还在汇总" in shown and "及时率" not in shown


def test_the_weekday_is_that_of_the_city_not_of_greenwich(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed()
    early = dt.datetime(2026, 10, 13, 5, 28, tzinfo=clock.LOCAL).astimezone(dt.UTC)
    monkeypatch.setattr(clock, "_fixed", early)
    shown = client_of(city.leader).get("/wall?part=1").content.decode()
    assert "10-13 周二" in shown
