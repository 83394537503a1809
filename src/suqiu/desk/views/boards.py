"""What the figures say, and the orders behind each of them."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed
from suqiu.desk import forms, queries, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import charts
from suqiu.desk.views.doors import staff
from suqiu.figures import queries as figures_of
from suqiu.figures.queries import Cohort
from suqiu.figures.rules import DEFINITIONS, FOUR
from suqiu.orders.access import is_inside
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to

LEADERS = ("leader", "assessor", "inspector", "external_supervisor")
READERS = (
    *LEADERS,
    "call_taker",
    "dispatcher",
    "callback_officer",
    "hub",
    "handler",
    "head",
    "auditor",
)
DAYS = 30


@staff(*LEADERS)
def leader(request: DeskRequest) -> HttpResponse:
    """Three sentences, five rates, what is overdue, what about, and where."""
    by, cohort = request.actor, _cohort(request)
    city = figures_of.rates(cohort, by)[""]
    composed = figures_of.composition(cohort, by)
    context = {
        **_frame(request, cohort),
        "said": [
            {**one, "url": charts.address(cohort, one["rate"], one["part"])}
            for one in figures_of.headline(cohort, by)
        ],
        "cards": [charts.card(city[code], cohort) for code in FOUR],
        "overdue": _overdue(by),
        "bars": charts.bars(composed),
        "composed": sum(n for _code, n in composed),
        "tiles": charts.tiles(
            figures_of.rates(cohort, by, "region"), city["solved"], "solved", cohort
        ),
        "city": city["solved"],
        "stages": figures_of.time_lost(cohort, by),
    }
    return render(request, "desk/pages/leader.html", context)


@staff(*READERS)
def figures(request: DeskRequest) -> HttpResponse:
    """Every rate of a cohort, as far as this person may see its orders."""
    by, cohort = request.actor, _cohort(request)
    made = figures_of.rates(cohort, by)[""]
    cards = [charts.card(made[code], cohort) for code in _readable(by)]
    return render(request, "desk/pages/figures.html", {**_frame(request, cohort), "cards": cards})


@staff(*READERS)
def orders_behind(request: DeskRequest) -> HttpResponse:
    """The orders that make up one number."""
    by, cohort, asked = request.actor, _cohort(request), request.GET
    rate, part = asked.get("rate", "timely"), asked.get("part", "denominator")
    if rate in DEFINITIONS and rate not in _readable(by):
        raise NotAllowed("post", _("这一指标只在中心内看"))
    ids = figures_of.orders_behind(cohort, by, rate, part, asked.get("reason", ""))
    page = queries.by_number(visible_to(by).filter(pk__in=ids), asked.get("after", ""))
    following = asked.copy()
    following["after"] = page.after
    context = {
        **_frame(request, cohort),
        "rows": shapes.rows(page.orders, by),
        "count": len(ids),
        "name": DEFINITIONS[rate].name,
        "part": part,
        "after": page.after,
        "query": following.urlencode(),
    }
    return render(request, "desk/pages/figures_orders.html", context)


def _readable(by: Actor) -> list[str]:
    """Outside the centre the five public rates only: others tell which orders were drawn."""
    return list(DEFINITIONS) if is_inside(by) else list(FOUR)


def _cohort(request: DeskRequest) -> Cohort:
    form = forms.CohortForm(request.GET)
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data
    until = given.get("until") or clock.today()
    since = given.get("since") or until - dt.timedelta(days=DAYS - 1)
    midnight = dt.time()
    return Cohort(
        given.get("kind") or "closed_in",
        dt.datetime.combine(min(since, until), midnight, clock.LOCAL),
        dt.datetime.combine(max(since, until) + dt.timedelta(days=1), midnight, clock.LOCAL),
        region=request.GET.get("region", "")[:12],
    )


def _frame(request: DeskRequest, cohort: Cohort) -> dict[str, Any]:
    first, last = clock.local(cohort.start).date(), clock.local(charts.last_day(cohort)).date()
    form = forms.CohortForm(initial={"kind": cohort.basis, "since": first, "until": last})
    return {"form": form, "first": first, "last": last, "region": cohort.region}


def _overdue(by: Actor) -> list[dict[str, Any]]:
    rows = figures_of.overdue_now(by, limit=8)
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
