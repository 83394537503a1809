"""Points on a map, where the house has a source of tiles, and only for whom the addresses are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from suqiu.base.actors import Actor
from suqiu.orders.access import is_secret
from suqiu.orders.models import Order
from suqiu.orders.places import place

MOST = 200


@dataclass(frozen=True)
class Point:
    """WGS 84 degrees, as written into the page."""

    lat: str
    lon: str
    number: str
    title: str
    address: str
    url: str


@dataclass(frozen=True)
class Map:
    source: str
    credit: str
    points: list[Point]


def of(orders: Iterable[Order], by: Actor) -> Map | None:
    """None where the house has no source, or nothing that this person may find has a place. What an
    order's own page would not tell him (`shapes.text`) is not told here either."""
    if not settings.TILES:
        return None
    points = [
        Point(
            f"{there.lat:.5f}",
            f"{there.lon:.5f}",
            one.number,
            one.title,
            one.address,
            reverse("desk:order", args=[one.number]),
        )
        for one in orders
        if (there := place(one.lon, one.lat)) and not is_secret(one, by)
    ]
    return Map(settings.TILES, settings.TILES_CREDIT, points) if points else None
