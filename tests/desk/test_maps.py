"""Points on a map: only with a source of tiles, and never a place that its reader may not know."""

from typing import Any

import pytest

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


def test_the_board_shows_the_places_of_what_rises(
    city: City, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(city)
    other = city.signed()
    settings.TILES = SOURCE
    row = {
        "category": "", "street": "", "category_code": order.category_id,
        "street_id": order.street_id, "now": 3, "before": 0.0, "periods": [0, 0, 0, 0, 3],
    }  # fmt: skip
    monkeypatch.setattr(
        boards.Board, "hot", property(lambda self: [{**row, "cohort": self.cohort}])
    )
    text = client_of(city.leader).get("/leader").content.decode()
    assert f'<tr data-lat="{LAT:.5f}"' in text and order.number in text
    assert f">{other.number}<" not in text.split("data-points")[1]
