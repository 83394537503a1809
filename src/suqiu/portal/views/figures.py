"""Published figures: of a hundred cases, how many. Only what a leader approved."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from suqiu.catalogue.models import Category
from suqiu.figures.models import Publication
from suqiu.organisations.models import Region
from suqiu.portal.views import doors

NAMES = {
    "solved": (_("真正解决"), _("经回访或现场核实")),
    "satisfaction": (_("市民满意"), _("市民在回访里亲口回答")),
    "timely": (_("按时办"), _("联系、处置、答复都没有超时")),
}
NEAR, FAR = 0.015, 0.04


@dataclass(frozen=True)
class Tile:
    """A district in the map and in the table beside it. `shade` and `sign` against the city's rate."""

    region: Region
    figure: dict[str, Any]
    shade: str
    sign: str


@doors.public()
def show(request: HttpRequest) -> HttpResponse:
    months = list(Publication.objects.order_by("-month").values_list("month", flat=True).distinct())
    asked = request.GET.get("month", "")
    chosen = next((m for m in months if f"{m:%Y-%m}" == asked), None)
    if asked and chosen is None:
        raise Http404
    month = chosen or (months[0] if months else None)
    row = Publication.objects.filter(month=month).order_by("-pk").first() if month else None
    context: dict[str, Any] = {"row": row, "months": months}
    if row:
        context |= {
            "cards": _cards(row.body),
            "tiles": _tiles(row.body),
            "top": _top(row.body),
            "packs": _("、").join(row.body["packs"]),
        }
    return render(request, "portal/figures.html", context)


def _cards(body: dict[str, Any]) -> list[dict[str, Any]]:
    """A square of a hundred dots for each rate; a dot for each whole case of a hundred."""
    cards = []
    for code, (name, how) in NAMES.items():
        figure = body["rates"][code]
        of_100 = round(figure["value"] * 100) if figure["value"] is not None else None
        rows = [
            {
                "y": y * 10 + 1,
                "dots": [{"x": x * 10 + 1, "on": y * 10 + x < (of_100 or 0)} for x in range(10)],
            }
            for y in range(10)
        ]
        shown = _percents(figure)
        cards.append(
            {
                "code": code,
                "name": name,
                "how": how,
                "figure": shown,
                "of_100": of_100,
                "rows": rows,
            }
        )
    return cards


def _percents(figure: dict[str, Any]) -> dict[str, Any]:
    return {
        k: None if v is None else f"{v * 100:.1f}" if k in {"value", "low", "high"} else v
        for k, v in figure.items()
    }


def _tiles(body: dict[str, Any]) -> list[Tile]:
    """In the order of how many cases, never of how good."""
    city = body["rates"]["solved"]["value"]
    regions = Region.objects.filter(code__in=body["regions"], tile_row__isnull=False)
    rows = [
        Tile(r, _percents(f), _shade(f["value"], city), _sign(f, city))
        for r in regions
        if (f := body["regions"][r.code])
    ]
    return sorted(rows, key=lambda t: -t.figure["n"])


def _shade(value: float | None, city: float | None) -> str:
    if value is None or city is None:
        return "few"
    gap = value - city
    if abs(gap) < NEAR:
        return "even"
    return ("high" if gap > 0 else "low") + ("2" if abs(gap) >= FAR else "1")


def _sign(figure: dict[str, Any], city: float | None) -> str:
    if city is None or figure["low"] is None:
        return ""
    if figure["low"] > city:
        return "▲"
    return "▼" if figure["high"] < city else ""


def _top(body: dict[str, Any]) -> list[dict[str, Any]]:
    names = {c.code: c for c in Category.objects.filter(code__in=[c for c, _n in body["top"]])}
    most = body["top"][0][1] if body["top"] else 1
    return [
        {"leaf": names[code], "n": n, "width": f"w-{max(1, round(n / most * 100))}"}
        for code, n in body["top"]
        if code in names
    ]
