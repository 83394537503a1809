"""Figures as the boards draw them: cards, tiles, bars; each number knows the orders behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from suqiu.base import clock
from suqiu.catalogue.models import Category
from suqiu.figures import words
from suqiu.figures.queries import Cohort
from suqiu.figures.rules import Rate
from suqiu.organisations.queries import regions_on

FAR, NEAR = 0.04, 0.015
WIDTH, HEIGHT, GAP = 88, 52, 5
COLOURS = {"绿化": "", "市容": "bar-amber", "城管": "bar-blue"}


@dataclass(frozen=True)
class Tile:
    """One district on the map; `shade` says how far it is from the city, `sign` whether surely."""

    name: str
    x: int
    y: int
    value: float | None
    n: int
    shade: str
    sign: str
    url: str
    few: bool


def address(
    cohort: Cohort, rate: str, part: str = "denominator", reason: str = "", region: str = ""
) -> str:
    asked = {
        "rate": rate,
        "part": part,
        "reason": reason,
        "region": region or cohort.region,
        "kind": cohort.basis,
        "since": f"{clock.local(cohort.start):%Y-%m-%d}",
        "until": f"{clock.local(last_day(cohort)):%Y-%m-%d}",
    }
    return reverse("desk:figures_orders") + "?" + urlencode({k: v for k, v in asked.items() if v})


def last_day(cohort: Cohort) -> Any:
    """The last moment of the cohort, whose end is the next day's beginning."""
    import datetime as dt

    return cohort.end - dt.timedelta(seconds=1)


def card(rate: Rate, cohort: Cohort) -> dict[str, Any]:
    out = [
        {
            "label": words.reason(code),
            "count": n,
            "url": address(cohort, rate.code, "excluded", code),
        }
        for code, n in rate.excluded.items()
        if n
    ]
    return {
        "label": rate.name,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "n": rate.denominator,
        "raw": rate.raw_value,
        "excluded": out,
        "url": address(cohort, rate.code),
    }


def tiles(
    by_region: dict[str, dict[str, Rate]], city: Rate, code: str, cohort: Cohort
) -> list[Tile]:
    """The districts where the map has a place for them; under thirty orders none is judged."""
    shown = []
    for region in (
        regions_on(clock.today()).exclude(tile_row=None).order_by("tile_row", "tile_column")
    ):
        rate = by_region.get(region.code, {}).get(code)
        few = rate is None or not rate.may_rank
        shown.append(
            Tile(
                name=region.short,
                x=((region.tile_column or 1) - 1) * (WIDTH + GAP),
                y=((region.tile_row or 1) - 1) * (HEIGHT + GAP),
                value=rate.value if rate else None,
                n=rate.denominator if rate else 0,
                shade="few" if few else _shade(rate, city),
                sign="" if few else _sign(rate, city),
                url=address(cohort, code, region=region.code),
                few=few,
            )
        )
    return shown


def _shade(rate: Rate | None, city: Rate) -> str:
    if rate is None or rate.value is None or city.value is None:
        return "mid"
    gap = rate.value - city.value
    if abs(gap) < NEAR:
        return "mid"
    side = "high" if gap > 0 else "low"
    return side + ("2" if abs(gap) >= FAR else "1")


def _sign(rate: Rate | None, city: Rate) -> str:
    """A mark only where the interval leaves the city's rate outside."""
    if rate is None or rate.low is None or rate.high is None or city.value is None:
        return ""
    if rate.low > city.value:
        return "▲"
    return "▼" if rate.high < city.value else ""


def bars(composed: list[tuple[str, int]], top: int = 8) -> list[dict[str, Any]]:
    names = {
        c.code: c for c in Category.objects.filter(code__in=[code for code, _n in composed[:top]])
    }
    most = composed[0][1] if composed else 1
    return [
        {
            "name": names[code].name if code in names else code,
            "line": names[code].line_name if code in names else "",
            "tone": next(
                (t for k, t in COLOURS.items() if code in names and k in names[code].line_name), ""
            ),
            "n": n,
            "share": n / most,
        }
        for code, n in composed[:top]
    ]
