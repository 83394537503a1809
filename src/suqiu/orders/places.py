"""Where something is, in WGS 84 degrees, and how far it is from there. Pure."""

import math
from typing import NamedTuple

from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid

EARTH = 6_371_000.0  # metres, the mean radius


class Place(NamedTuple):
    """A point: degrees east, degrees north."""

    lon: float
    lat: float

    def __str__(self) -> str:
        return f"{self.lat:.5f}, {self.lon:.5f}"


def place(lon: float | None, lat: float | None) -> Place | None:
    """The point, None for none. Raises Invalid for half a point and for one that is not on the earth."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise Invalid("place", _("坐标要经度、纬度都有"), field="lat" if lat is None else "lon")
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # false for what is no number, too
        raise Invalid(
            "place",
            _("坐标不在地球上：经度 -180 到 180，纬度 -90 到 90"),
            lon=str(lon),
            lat=str(lat),
        )
    return Place(lon, lat)


def metres(one: Place, other: Place) -> float:
    """The shortest way over the ground between two points, in metres."""
    lat, far = math.radians(one.lat), math.radians(other.lat)
    north, east = math.sin((far - lat) / 2), math.sin(math.radians(other.lon - one.lon) / 2)
    half = north * north + math.cos(lat) * math.cos(far) * east * east
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))
