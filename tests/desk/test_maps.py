"""Points on a map: only with a source of tiles, and never a place that its reader may not know."""

import html
from dataclasses import replace
from typing import Any

import pytest

from suqiu.audit.models import Access
from suqiu.config import settings as at_start
from suqiu.desk import maps
from suqiu.desk.views import boards
from suqiu.orders.actions import dispose
from suqiu.orders.models import Order
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
SOURCE = "https://tiles.example/{z}/{x}/{y}.png"
LON, LAT = 121.43707, 31.18834


def placed(city: City) -> Order:
    return dispose.be_on_site(city.signed(), lon=LON, lat=LAT, by=city.handler)


def page(city: City, order: Order, by: Any) -> str:
    return str(client_of(by).get(f"/orders/{order.number}").content.decode())


def test_without_a_source_there_is_no_map_and_nothing_of_others(city: City) -> None:
    order = placed(city)
    text = page(city, order, city.dispatcher)
    assert "data-points" not in text and "leaflet" not in text
    assert at_start.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] == ["'self'", "data:"]


def test_a_place_is_a_row_and_a_point(city: City, settings: Any) -> None:
    order = placed(city)
    settings.TILES, settings.TILES_CREDIT = SOURCE, "测绘院 <b>"
    text = page(city, order, city.dispatcher)
    assert f'data-points="{SOURCE}"' in text and 'data-credit="测绘院 &lt;b&gt;"' in text
    assert f'<tr data-lat="{LAT:.5f}" data-lon="{LON:.5f}">' in text


def test_a_secret_order_is_no_point_to_its_unit(city: City, settings: Any) -> None:
    order = placed(city)
    settings.TILES = SOURCE
    Order.objects.filter(pk=order.pk).update(confidential=True)
    order.refresh_from_db()
    assert maps.of([order], city.handler) is None
    assert maps.of([order], city.dispatcher) is not None
    text = page(city, order, city.handler)
    assert "data-points" not in text and f"{LAT:.5f}" not in text


def test_an_order_without_a_place_is_no_point(city: City, settings: Any) -> None:
    settings.TILES = SOURCE
    assert maps.of([city.signed()], city.dispatcher) is None


def test_the_board_shows_where_it_rises_and_tells_no_address(
    city: City, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(city)
    secret = placed(city)
    Order.objects.filter(pk=secret.pk).update(confidential=True, lat=LAT + 5)
    settings.TILES = SOURCE
    row = {
        "category": "流动设摊", "street": "青禾街道", "category_code": order.category_id,
        "street_id": order.street_id, "now": 3, "before": 0.0, "periods": [0, 0, 0, 0, 3],
    }  # fmt: skip
    monkeypatch.setattr(
        boards.Board,
        "hot",
        property(lambda self: [{**row, "cohort": replace(self.cohort, basis="accepted_in")}]),
    )
    before = Access.objects.filter(subject=order.chain).count()
    text = client_of(city.leader).get("/leader").content.decode()
    shown = text.split("data-points")[1].split("</details>")[0]
    assert f'<tr data-lat="{LAT:.2f}" data-lon="{LON:.2f}">' in shown
    assert ">青禾街道</a>" in shown and "流动设摊 · 3 件" in shown and "<th>街镇</th>" in shown
    # Nothing was noted, so nothing of one order was shown.
    assert Access.objects.filter(subject=order.chain).count() == before
    assert order.address and not any(
        told in shown for told in (order.number, order.address, order.title, f"{LAT:.5f}")
    )
    # The orders stand one step further: the list behind the point.
    link = html.unescape(shown.split('<a href="')[1].split('"')[0])
    assert order.number in client_of(city.leader).get(link).content.decode()
