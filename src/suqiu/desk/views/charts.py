"""Figures as the boards draw them: cards, tiles, bars; each number knows the orders behind it."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.base import clock
from suqiu.catalogue.models import Category
from suqiu.desk import plots
from suqiu.figures import queries as figures_of
from suqiu.figures import words
from suqiu.figures.access import sees_all
from suqiu.figures.boards import Board, Share
from suqiu.figures.call_rates import CallRate
from suqiu.figures.cohorts import Cohort, narrowed
from suqiu.figures.rules import DEFINITIONS, FOUR, Rate, faults
from suqiu.figures.stages import STAGE
from suqiu.figures.sums import ALL
from suqiu.organisations.queries import regions_on

# What narrows a cohort, as a page's address says it.
FILTERS = (
    "region",
    "line",
    "source",
    "channel",
    "category",
    "street",
    "unit",
    "urgency",
    "person",
    "without",
)
AGAINST = {"year": _("同比"), "period": _("环比")}
THREE = ("timely", "satisfaction", "solved")
GROUPS = {
    "region": _("区"),
    "street": _("街镇"),
    "unit": _("承办单位"),
    "line": _("条线"),
    "category": _("事项"),
    "source": _("来源"),
    "channel": _("渠道"),
    "urgency": _("紧急程度"),
    "person": _("经办人"),
    "week": _("周"),
    "month": _("月"),
    "year": _("考核年度"),
}
TOP = 6  # hot spots shown
ALARM = 0.2
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
    low: float | None = None
    high: float | None = None


def address(cohort: Cohort, rate: str, part: str = "denominator", reason: str = "") -> str:
    """Where the orders behind a number are."""
    asked = {
        "rate": rate,
        "part": part,
        "reason": reason,
        "kind": cohort.basis,
        "since": f"{clock.local(cohort.start):%Y-%m-%d}",
        "until": f"{clock.local(last_day(cohort)):%Y-%m-%d}",
        **{name: getattr(cohort, name) for name in FILTERS},
    }
    return reverse("desk:figures_orders") + "?" + urlencode({k: v for k, v in asked.items() if v})


def last_day(cohort: Cohort) -> dt.datetime:
    """The last moment of the cohort, whose end is the next day's beginning."""
    return cohort.end - dt.timedelta(seconds=1)


def card(
    rate: Rate, cohort: Cohort, moved: float | None = None, against: str = ""
) -> dict[str, Any]:
    """A rate as its card; `moved` is a difference of ratios against the period named."""
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
        "met": {"count": rate.met, "url": address(cohort, rate.code, "met")} if rate.met else None,
        "url": address(cohort, rate.code, "numerator"),
        "n_url": address(cohort, rate.code),
        "change": moved,
        "against": AGAINST.get(against, ""),
        "faults": faults(rate.code),
        "weighting": rate.weighting,
        "mixed": rate.pack if len(rate.packs) > 1 else "",
    }


def call_card(rate: CallRate) -> dict[str, Any]:
    """A rate over calls as a card: nothing is left out of it, and it opens into no orders."""
    return {
        "label": rate.name,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "n": rate.denominator,
        "raw": None,
        "excluded": [],
        "met": None,
        "faults": False,
        "weighting": rate.weighting,
        "why": gettext("这段时间没有话务数据。"),
        "calls": True,
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
                url=address(replace(cohort, region=region.code), code),
                few=few,
                low=rate.low if rate else None,
                high=rate.high if rate else None,
            )
        )
    return shown


def extent(tiles: list[Tile]) -> str:
    """The map's own size, for whatever places a city's districts have: an SVG viewBox."""
    across = max((t.x for t in tiles), default=0) + WIDTH
    down = max((t.y for t in tiles), default=0) + HEIGHT
    return f"-1 -1 {across + 2} {down + 2}"


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


def bars(shares: list[Share], cohort: Cohort, top: int = 8) -> list[dict[str, Any]]:
    """The most frequent leaves with their growth; it is told in red only above a fifth."""
    codes = [one.category for one in shares[:top]]
    leaves = {c.code: c for c in Category.objects.filter(code__in=codes)}
    most = shares[0].n if shares else 1
    rows = []
    for one in shares[:top]:
        leaf = leaves[one.category]
        tones = (tone for line, tone in COLOURS.items() if line in leaf.line_name)
        rows.append(
            {
                "name": leaf.name,
                "line": leaf.line_name,
                "tone": next(tones, ""),
                "n": one.n,
                "share": one.n / most,
                "growth": one.growth,
                "alarm": one.growth is not None and one.growth > ALARM,
                "url": address(replace(cohort, category=one.category), ALL),
            }
        )
    return rows


def hot_places(rows: list[dict[str, Any]], top: int = TOP) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "spark": plots.spark(row["periods"]),
            "growth": row["now"] / row["before"] - 1 if row["before"] else None,
            "url": address(row["cohort"], ALL),
        }
        for row in rows[:top]
    ]


def stages(rows: list[dict[str, Any]], cohort: Cohort) -> list[dict[str, Any]]:
    """The stages to one scale of hours; the two that take most of the time are marked."""
    longest = max((row["p90"] for row in rows), default=0) or 1
    worst = sorted((row["share"] for row in rows), reverse=True)[:2]
    return [
        {
            **row,
            "bar": f"{row['median'] / longest * 60:.2f}",
            "whisker": f"{row['p90'] / longest * 60:.2f}",
            "worst": row["share"] in worst,
            "url": address(cohort, "timely", STAGE + row["code"]),
        }
        for row in rows
    ]


def asks_a_place(board: Board) -> bool:
    """By person a whole house is hundreds of rows that nobody reads, and no sum is kept of it: who
    sees every order names a district, a street, a unit or the person first."""
    cohort = board.cohort
    return sees_all(board.by) and not (
        cohort.region or cohort.street or cohort.unit or cohort.person
    )


def rows(board: Board, group: str) -> list[dict[str, Any]]:
    """A row for each value of the group, in the group's own order: it is no ranking."""
    made = board.rates(board.cohort, group)
    of_people = group == "person"
    names = figures_of.people(made, board.by) if of_people else figures_of.names(group, made)
    shown = []
    for key, rates in made.items():
        part = narrowed(board.cohort, group, key)
        cells = [{"rate": rates[code], "url": address(part, code)} for code in FOUR]
        shown.append({"name": names.get(key, key) or lacks(group), "cells": cells})
    return shown


def lacks(group: str) -> str:
    """What the row of a group is called whose orders have none of it."""
    return gettext("%(what)s：没有") % {"what": GROUPS[group]}


def trend(made: list[tuple[Cohort, dict[str, Rate], int]], span: str) -> dict[str, Any]:
    """Three rates over the last months or weeks, drawn and as a table."""
    names = [str(DEFINITIONS[code].name) for code in THREE]
    values = [
        [
            plots.Value(rates[code].value, rates[code].n, address(part, code))
            for part, rates, _n in made
        ]
        for code in THREE
    ]
    volumes = [(_step(part, span), n, address(part, ALL)) for part, _rates, n in made]
    rows = [
        {"label": label, "n": n, "url": url, "values": [line[i] for line in values]}
        for i, (label, n, url) in enumerate(volumes)
    ]
    return {
        "plot": plots.trend(names, values, volumes),
        "names": names,
        "rows": rows,
        "span": span,
    }


def _step(cohort: Cohort, span: str) -> str:
    day = clock.local(cohort.start)
    return f"{day.month}-{day.day}" if span == "week" else str(day.month)
