"""Points on a map, where the house has a source of tiles, and only for whom the addresses are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.base.actors import Actor
from suqiu.orders.access import is_secret
from suqiu.orders.models import Order
from suqiu.orders.places import place


@dataclass(frozen=True)
class Point:
    """WGS 84 degrees, as written into the page; `name` opens `url`, `said` tells what is there."""

    lat: str
    lon: str
    name: str
    said: str
    url: str


@dataclass(frozen=True)
class Map:
    source: str
    credit: str
    points: list[Point]
    head: str  # what the points are named by


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
            " · ".join(filter(None, (one.title, one.address))),
            reverse("desk:order", args=[one.number]),
        )
        for one in orders
        if (there := place(one.lon, one.lat)) and not is_secret(one, by)
    ]
    return _map(points, _("单号"))


def of_spots(
    rows: Iterable[dict[str, Any]], middles: dict[tuple[str, int], tuple[float, float]]
) -> Map | None:
    """Where it rises, street by street: a board is opened by nobody's number, so it tells no order's
    address; the orders stand behind the link, and opening one is noted. A middle of few orders would be
    one's door, so that two decimals are kept: about a kilometre."""
    points = [
        Point(
            f"{middles[at][0]:.2f}",
            f"{middles[at][1]:.2f}",
            row["street"],
            f"{row['category']} · "
            + ngettext("%(n)d 件", "%(n)d 件", row["now"]) % {"n": row["now"]},
            row["url"],
        )
        for row in rows
        if (at := (row["category_code"], row["street_id"])) in middles
    ]
    return _map(points, _("街镇"))


def _map(points: list[Point], head: str) -> Map | None:
    if not (settings.TILES and points):
        return None
    return Map(settings.TILES, settings.TILES_CREDIT, points, head)
