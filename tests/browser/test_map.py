"""The places of orders on a map, in a browser that may fetch pictures of one source only."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from suqiu.config import settings as at_start
from suqiu.orders.actions import dispose
from tests.browser.people import People
from tests.city import City
from tests.pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SOURCE = "https://tiles.example/{z}/{x}/{y}.png"


def test_a_place_is_seen_on_a_map_only_when_it_is_asked_for(
    people: People, city: City, settings: Any
) -> None:
    order = dispose.be_on_site(city.signed(), lon=121.43707, lat=31.18834, by=city.handler)
    policy = dict(at_start.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    policy["img-src"] = [*policy["img-src"], "https://tiles.example"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    settings.TILES, settings.TILES_CREDIT = SOURCE, "© <b>"
    fetched: list[str] = []

    def tile(route: Route) -> None:
        fetched.append(route.request.url)
        assert "referer" not in route.request.headers
        route.fulfill(body=photo("PNG", size=(256, 256), place=False), content_type="image/png")

    for phone in (False, True):
        hand = people.come("dispatcher1", phone=phone)
        hand.page.route("https://tiles.example/**", tile)
        hand.go(f"/orders/{order.number}")
        fold = hand.page.locator("details.points")
        expect(fold).to_be_visible()
        assert not fetched
        fold.locator("summary").click()
        expect(fold.locator("path.leaflet-interactive")).to_have_count(1)
        expect(fold.locator("img.leaflet-tile-loaded").first).to_be_visible()
        # What the owner wants said is words, not a piece of page.
        expect(fold.locator(".leaflet-control-attribution")).to_contain_text("© <b>")
        fold.locator("tbody a").focus()
        expect(fold.locator('path[fill="#b3231b"]')).to_have_count(1)
        hand.check()
        fetched.clear()
