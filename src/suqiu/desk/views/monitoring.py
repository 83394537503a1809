"""Monitoring on the desk: one page that keeps itself up to date."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from suqiu.base import clock
from suqiu.catalogue.queries import lines
from suqiu.desk import shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff
from suqiu.organisations.models import Region
from suqiu.organisations.queries import regions_on
from suqiu.supervision.monitoring import queries
from suqiu.supervision.monitoring.queries import Watched

WHYS = ("conduct", "supervised", "case")


@staff(*queries.READERS)
def show(request: DeskRequest) -> HttpResponse:
    asked = _asked(request)
    rows = queries.watched(request.actor, **asked)
    found, after = queries.page(rows, request.GET.get("after", ""))
    context = {
        "rows": [_row(request, one) for one in found],
        "after": after,
        "asked": asked,
        "query": urlencode({k: v for k, v in asked.items() if v}),
        "regions": _regions(),
        "lines": lines(),
        "first_page": not request.GET.get("after"),
    }
    part = request.htmx and request.htmx.target == "watched"
    name = "desk/pages/parts/watched.html" if part else "desk/pages/monitoring.html"
    return render(request, name, context)


def _asked(request: DeskRequest) -> dict[str, str]:
    """The filters; what is no choice of theirs chooses nothing."""
    known = {
        "region": {r.pk for r in _regions()},
        "line": {code for code, _name in lines()},
        "why": set(WHYS),
    }
    given = {name: request.GET.get(name, "") for name in known}
    return {name: value if value in known[name] else "" for name, value in given.items()}


def _regions() -> list[Region]:
    return list(regions_on(clock.today()).filter(tile_row__isnull=False).order_by("code"))


def _row(request: DeskRequest, one: Watched) -> dict[str, Any]:
    by, order = request.actor, one.order
    return {
        "one": one,
        "title": shapes.text(order, by).title,
        "place": shapes.place(order, by),
        "badge": shapes.state(order, by),
        "flags": shapes.flags(order),
        "face": shapes.face(one.clock) if one.clock else None,
        "done": sum(m.at is not None for m in one.marks),
    }
