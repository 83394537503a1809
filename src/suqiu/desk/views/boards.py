"""What the figures say, and the orders behind each of them."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.audit.queries import head
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.base.errors import Missing, NotAllowed
from suqiu.desk import maps, queries, shapes
from suqiu.desk.cohort_form import CohortForm
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import charts, flows
from suqiu.desk.views.doors import staff
from suqiu.desk.views.instructions import lines
from suqiu.desk.views.narrowing import narrowed_to
from suqiu.figures import cohorts
from suqiu.figures import queries as figures_of
from suqiu.figures.boards import Board, hot_middles, overdue_now
from suqiu.figures.cohorts import Cohort
from suqiu.figures.heat import DAYS as DAYS_OF_WEEK
from suqiu.figures.heat import HOURS, within
from suqiu.figures.rules import DEFINITIONS, FOUR
from suqiu.figures.sums import ALL
from suqiu.figures.trace import READERS, readable
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.reports.instructing import open_for
from suqiu.supervision.rechecks import queries as rechecks

LEADERS = ("leader", "assessor", "inspector", "external_supervisor")
DAYS = 30


@staff(*LEADERS)
def leader(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/leader.html", of_leader(request))


def of_leader(request: DeskRequest) -> dict[str, Any]:
    """Three sentences, five rates, how they went, what about, where, when, and what is overdue."""
    by, cohort = request.actor, cohort_of(request)
    board = Board(cohort, by)
    shown = "satisfaction" if request.GET.get("map") == "satisfaction" else "solved"
    span = "week" if request.GET.get("span") == "week" else "month"
    composed = board.composition()
    tiles = charts.tiles(board.regions, board.city[shown], shown, cohort)
    return {
        **frame(request, cohort),
        "said": [
            {"text": one.text, "url": charts.address(one.cohort, one.rate, one.part)}
            for one in board.headline()
        ],
        "cards": [
            charts.card(board.city[code], cohort, board.moved.get(code), board.against)
            for code in FOUR
        ],
        "against": charts.AGAINST.get(board.against, ""),
        "trend": charts.trend(board.trend(span), span),
        "overdue": _overdue(by),
        "bars": charts.bars(composed, cohort),
        "composed": sum(board.volumes(cohort, "category").values()),
        "composed_url": charts.address(cohort, ALL),
        "tiles": tiles,
        "extent": charts.extent(tiles),
        "shown": shown,
        "city": charts.card(board.city[shown], cohort),
        "stages": charts.stages(board.lost, cohort),
        "hot": charts.hot_places(board.hot),
        "map": _hot_points(board, by),
        "heat": flows.hours(board),
        "funnel": flows.steps(board),
        "packs": board.city["timely"].pack,
        "root": head(),
        "lasting": _lasting(by),
        "told": lines(list(open_for(by)[:5]), by) if "leader" in by.roles else [],
    }


def _hot_points(board: Board, by: Actor) -> maps.Map | None:
    """The hot spots shown, where their orders have places."""
    if not settings.TILES or not board.hot:
        return None
    shown = charts.hot_places(board.hot)
    return maps.of_spots(shown, hot_middles(shown, board.cohort, by))


def _lasting(by: Actor) -> dict[str, Any]:
    """What was looked at again after its close, and the leaves and streets where most came back."""
    found = {"leaf": rechecks.by_leaf(by)[:3], "place": rechecks.by_place(by)[:3]}
    back = [{"asked": asked, "code": one.code, "name": one.name, "n": one.n, "of": one.of}
            for asked, some in found.items() for one in some if one.n]  # fmt: skip
    return {"days": rechecks.lasting(by), "back": back}


@staff(*READERS)
def figures(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/figures.html", of_figures(request))


def of_figures(request: DeskRequest) -> dict[str, Any]:
    """Every rate of a cohort, as far as this person may see its orders."""
    board = Board(cohort_of(request), request.actor)
    # Against the year it moved, or not; the period before is told beside it.
    also = board.moved_against("period") if board.against == "year" else {}
    cards = [
        {
            **charts.card(board.city[code], board.cohort, board.moved.get(code), board.against),
            "also": also.get(code),
            "also_against": charts.AGAINST["period"],
        }
        for code in readable(request.actor)
    ]
    group = request.GET.get("by", "")
    if group not in charts.GROUPS:
        group = "region"
    asks = group == "person" and charts.asks_a_place(board)
    return {
        **frame(request, board.cohort),
        "cards": cards,
        "narrower": _narrower(request, board) if asks else None,
        "groups": charts.GROUPS.items(),
        "group": group,
        "periods": _periods(),
        "heads": [DEFINITIONS[code].name for code in FOUR],
        "table": [] if asks else charts.rows(board, group),
    }


def _narrower(request: DeskRequest, board: Board) -> dict[str, Any]:
    """The districts and units that have orders here, to go on with by person."""
    kept = [(name, value) for name, value in request.GET.items() if value and name != "unit"]
    regions, units = (board.volumes(board.cohort, group) for group in ("region", "unit"))
    named = {
        group: figures_of.names(group, found)
        for group, found in (("region", regions), ("unit", units))
    }
    return {
        "regions": [
            {
                "name": named["region"].get(code, code),
                "n": n,
                "query": urlencode([*kept, ("region", code)]),
            }
            for code, n in sorted(regions.items())
            if code
        ],
        "units": sorted(named["unit"].items(), key=lambda row: row[1]),
        "kept": kept,
    }


def _periods() -> list[dict[str, Any]]:
    """The year of assessment that runs, and the one before, as the pack in force bounds them."""
    running = cohorts.running_year()
    return [
        {
            "name": number,
            "since": clock.local(one.start).date(),
            "until": min(clock.local(charts.last_day(one)).date(), clock.today()),
        }
        for number in (running, running - 1)
        for one in [cohorts.year(number)]
    ]


@staff(*READERS)
def orders_behind(request: DeskRequest) -> HttpResponse:
    """The orders that make up one number."""
    by, cohort, asked = request.actor, cohort_of(request), request.GET
    rate, part = asked.get("rate", "timely"), asked.get("part", "denominator")
    if rate in DEFINITIONS and rate not in readable(by):
        raise NotAllowed("post", _("这一指标只在中心内看"))
    ids = figures_of.orders_behind(cohort, by, rate, part, asked.get("reason", ""))
    rows = visible_to(by).filter(pk__in=ids)
    moment = _moment(asked)
    if moment:
        rows = within(rows, *moment)
    page = queries.by_number(rows, asked.get("after", ""))
    following = asked.copy()
    following["after"] = page.after
    context = {
        **frame(request, cohort),
        "rows": shapes.rows(page.orders, by),
        "count": rows.count() if moment else len(ids),
        "name": DEFINITIONS[rate].name if rate in DEFINITIONS else "",
        "part": part,
        "after": page.after,
        "query": following.urlencode(),
    }
    return render(request, "desk/pages/figures_orders.html", context)


def _moment(asked: QueryDict) -> tuple[int, int] | None:
    """(weekday 1–7, hour) where an hour of a weekday is asked for."""
    if "weekday" not in asked and "hour" not in asked:
        return None
    given = asked.get("weekday", ""), asked.get("hour", "")
    known = {str(n) for n in range(1, DAYS_OF_WEEK + 1)}, {str(n) for n in range(HOURS)}
    if any(one not in some for one, some in zip(given, known, strict=True)):
        raise Missing("missing", _("没有这个范围，或不归您看"))
    return int(given[0]), int(given[1])


def cohort_of(request: DeskRequest) -> Cohort:
    """What the page's address asks for; the last thirty days where it says nothing."""
    form = CohortForm(request.GET)
    form.is_valid()
    if set(form.errors) & set(charts.FILTERS):
        # What was asked for is not there: the whole city's figures would be another answer.
        raise Missing("missing", _("没有这个范围，或不归您看"))
    given: dict[str, Any] = form.cleaned_data
    until = given.get("until") or clock.today()
    since = given.get("since") or until - dt.timedelta(days=DAYS - 1)
    return Cohort(
        given.get("kind") or "closed_in",
        midnight(min(since, until)),
        midnight(max(since, until) + dt.timedelta(days=1)),
        **{name: given[name] for name in charts.FILTERS if given.get(name)},
    )


def frame(request: DeskRequest, cohort: Cohort) -> dict[str, Any]:
    """What stands in the head of a page of figures: its form, its days, its address."""
    first, last = clock.local(cohort.start).date(), clock.local(charts.last_day(cohort)).date()
    chosen = {name: getattr(cohort, name) for name in charts.FILTERS}
    form = CohortForm(initial={"kind": cohort.basis, "since": first, "until": last, **chosen})
    asked = request.GET.copy()
    for name in ("map", "span", "by"):
        asked.pop(name, None)
    narrowed = narrowed_to(cohort, request.GET, request.actor)
    return {
        "form": form,
        "basis": dict(form.fields["kind"].choices)[cohort.basis],  # type: ignore[attr-defined]
        "first": first,
        "last": last,
        "asked": asked.urlencode(),
        "narrowed": narrowed,
        "hidden": any(not one["in_form"] for one in narrowed),
    }


def _overdue(by: Actor) -> list[dict[str, Any]]:
    rows = overdue_now(by, limit=8)
    orders: dict[int, Order] = visible_to(by).in_bulk([row.order_id for row in rows])
    return [
        {
            "number": orders[r.order_id].number,
            "title": shapes.text(orders[r.order_id], by).title,
            "unit": r.seat.unit,
            "face": shapes.face(r),
        }
        for r in rows
    ]
