"""Where the demo's appeals are: somewhere in their district's tile, each street in a corner of its own."""

import random

from suqiu.orders.models import Order

SOUTH, WEST, STEP = (
    31.65,
    121.0,
    0.11,
)  # degrees; a tile of the map of districts is about ten kilometres
CORNER, STREET = 0.04, 0.006


def spot(order: Order) -> tuple[float, float] | tuple[None, None]:
    """Longitude and latitude, the same whenever it is asked for; none for an order without a street.
    Drawn apart from the demo's own chance, so that a seed makes the same city with and without it."""
    region = order.region
    if order.street_id is None or region is None or not region.tile_row:
        return None, None
    corner = random.Random(f"street {order.street_id}")  # noqa: S311 - a demo
    house = random.Random(f"order {order.number}")  # noqa: S311 - a demo
    lat = SOUTH - region.tile_row * STEP
    lon = WEST + (region.tile_column or 0) * STEP
    return (
        round(lon + corner.uniform(-CORNER, CORNER) + house.uniform(-STREET, STREET), 5),
        round(lat + corner.uniform(-CORNER, CORNER) + house.uniform(-STREET, STREET), 5),
    )
