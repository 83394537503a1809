"""How much of the city was seen, what a month's visits came to, and where to go today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import key_in
from suqiu.base.errors import Refused
from suqiu.catalogue.models import Category
from suqiu.desk import visit_forms as forms
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.charts import GAP, HEIGHT, WIDTH
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.visits import commitment, problems
from suqiu.orders.places import metres
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import regions_on
from suqiu.supervision.visits import queries, routes
from suqiu.supervision.visits.access import COMERS
from suqiu.supervision.visits.actions import planning
from suqiu.supervision.visits.models import Problem
from suqiu.supervision.visits.rules import Cover, is_covered
from suqiu.supervision.visits.states import LABELS, LEADS, State

MONTHS, MOST, FOUND = 13, 50, 300
PLAN_AT = "desk/pages/visit_route.html"


@dataclass(frozen=True)
class Tile:
    """One district on the map; `shade` says how much of it was seen."""

    name: str
    x: int
    y: int
    cover: Cover
    shade: str
    url: str


@staff(*sorted(COMERS))
def show(request: DeskRequest) -> HttpResponse:
    by, months = request.actor, _months()
    asked = request.GET.get("month", "")
    first = next((m for m in months if f"{m:%Y-%m}" == asked), months[0])
    end = (first + dt.timedelta(days=32)).replace(day=1)
    rows = list(queries.visible_to(by).filter(day__gte=first, day__lt=end)[:MOST])
    visits = queries.between(by, first, end).order_by().values("pk")
    found = queries.with_outcome(Problem.objects.filter(stop__visit__in=visits))
    tiles = _tiles(queries.coverage(by))
    context = {
        "months": months,
        "month": first,
        "it": queries.month(by, first, end),
        "rows": _listed(rows),
        "found": problems(list(found.order_by("-pk")[:FOUND]), by),
        "promised": [commitment(c, by) for c in queries.open_commitments(by)[:MOST]],
        "tiles": tiles,
        "extent": _extent(tiles),
        "days": queries.spec().coverage_days,
        "visited": sum(t.cover.visited for t in tiles),
        "streets": sum(t.cover.of for t in tiles),
        "may_plan": bool(by.roles & set(LEADS)),
    }
    return render(request, "desk/pages/visits.html", context)


@staff(*sorted(COMERS))
def streets(request: DeskRequest, region: str) -> HttpResponse:
    """A district's streets: which were seen, when last, and on which visit."""
    by, today, days = request.actor, clock.today(), queries.spec().coverage_days
    found = regions_on(today).filter(pk=region).first()
    rows = queries.seen_of(by, region) if found else []
    if found is None or not rows:
        raise Http404
    called = Unit.objects.in_bulk([row.pk for row in rows])
    last = queries.last_stops(by, region)
    lines = [
        {
            "name": called[row.pk].name,
            "last": row.last,
            "ago": (today - row.last).days if row.last else None,
            "covered": is_covered(row, today, days),
            "visit": last[row.pk].visit.number if row.pk in last else "",
        }
        for row in sorted(rows, key=lambda r: (r.last or dt.date.min, r.code))
    ]
    seen = sum(bool(line["covered"]) for line in lines)
    context = {
        "region": found, "rows": lines, "days": days, "seen": seen,
        "may_plan": bool(by.roles & set(LEADS)),
    }  # fmt: skip
    return render(request, "desk/pages/visit_streets.html", context)


@staff(*LEADS)
def route(request: DeskRequest) -> HttpResponse:
    """Where to go today, and the plan that is made of it."""
    by = request.actor
    region = request.GET.get("region", "")
    known = {r.pk for r in _regions(by)}
    way = routes.proposed(by, region if region in known else "")
    title = _("走访：%s") % next((r.short for r in _regions(by) if r.pk == way.region), "")
    told = {"day": clock.today(), "title": title, "visitors": [by.id]}
    form = forms.Plan(way.region, by, initial=told)
    return render(request, PLAN_AT, _proposed(way, by, form))


@staff(*LEADS, methods=("POST",))
def plan(request: DeskRequest) -> HttpResponse:
    by, error = request.actor, ""
    given = request.POST.get("region", "")
    way = routes.proposed(by, given if given in {r.pk for r in _regions(by)} else "")
    form = forms.Plan(way.region, by, request.POST)
    chosen = {key_in(pk) for pk in request.POST.getlist("stop")}
    if form.is_valid():
        told = form.cleaned_data
        stops = routes.new_stops(way, chosen, list(told.pop("more")), by)
        try:
            address = once(
                request, lambda: f"/visits/{planning.plan(**told, stops=stops, by=by).number}"
            )
            return redirect(address)
        except Refused as refused:
            error = refused.message
    context = {**_proposed(way, by, form, chosen), "error": error}
    return render(request, PLAN_AT, context, status=422)


def _proposed(
    way: routes.Route, by: Actor, form: forms.Plan, chosen: set[int] | None = None
) -> dict[str, Any]:
    units = Unit.objects.in_bulk([one.street.pk for one in way.stops])
    form.leave_out(set(units))
    leaves = Category.objects.in_bulk([one.heat.category for one in way.stops if one.heat])
    lines, before = [], None
    for one in way.stops:
        here = way.points.get(one.street.pk)
        leaf = leaves.get(one.heat.category) if one.heat else None
        lines.append({
            "pk": one.street.pk, "name": units[one.street.pk].name, "hot": one.heat is not None,
            "reason": routes.reason(one, leaf, way.hot_days), "leaf": leaf,
            "picked": chosen is None or one.street.pk in chosen,
            "way": round(metres(before, here)) if before and here else None,
        })  # fmt: skip
        before = here
    return {"lines": lines, "way": way, "form": form, "regions": _regions(by)}


def _listed(rows: list[Any]) -> list[dict[str, Any]]:
    """Each visit with its people, how many of its stops were gone to, and how much was found."""
    people: dict[int, list[str]] = {row.pk: [] for row in rows}
    went: dict[int, list[int]] = {row.pk: [0, 0] for row in rows}
    found: dict[int, int] = {}
    for visit, actor in queries.people_of(rows):
        people[visit].append(actor)
    for visit, arrived in queries.stops_of(rows):
        went[visit][0] += arrived is not None
        went[visit][1] += 1
    for (visit,) in Problem.objects.filter(stop__visit__in=rows).values_list("stop__visit"):
        found[visit] = found.get(visit, 0) + 1
    called = names({one for some in people.values() for one in some})
    return [
        {
            "one": row,
            "state": LABELS[State(row.state)],
            "people": [called[actor] for actor in people[row.pk]],
            "there": went[row.pk][0],
            "of": went[row.pk][1],
            "found": found.get(row.pk, 0),
        }
        for row in rows
    ]


def _tiles(covers: dict[str, Cover]) -> list[Tile]:
    rows = regions_on(clock.today()).exclude(tile_row=None).order_by("tile_row", "tile_column")
    return [
        Tile(
            region.short,
            ((region.tile_column or 1) - 1) * (WIDTH + GAP),
            ((region.tile_row or 1) - 1) * (HEIGHT + GAP),
            covers[region.code],
            _shade(covers[region.code]),
            reverse("desk:visit_streets", args=[region.code]),
        )
        for region in rows
        if region.code in covers
    ]


def _shade(cover: Cover) -> str:
    if not cover.visited:
        return "low1"
    if cover.visited == cover.of:
        return "high2"
    return "high1" if cover.share >= 0.5 else "mid"


def _extent(tiles: list[Tile]) -> str:
    across = max((t.x for t in tiles), default=0) + WIDTH
    down = max((t.y for t in tiles), default=0) + HEIGHT
    return f"-1 -1 {across + 2} {down + 2}"


def _regions(by: Actor) -> list[Region]:
    """Those in which this person may plan."""
    own = {street.region_id for street in queries.streets_for(by)}
    rows = regions_on(clock.today()).filter(tile_row__isnull=False).order_by("code")
    return [row for row in rows if row.pk in own]


def _months() -> list[dt.date]:
    """This month and those before it, the newest first."""
    months = [clock.today().replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months
