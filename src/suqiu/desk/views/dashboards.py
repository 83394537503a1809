"""What a unit and the call centre look at first: their own figures, their work, what runs out."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.base.errors import Missing
from suqiu.desk import queries, running, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import charts, flows
from suqiu.desk.views.boards import cohort_of, frame
from suqiu.desk.views.doors import staff
from suqiu.desk.views.queue import counted
from suqiu.figures import call_rates, likes
from suqiu.figures import queries as figures_of
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import FOUR
from suqiu.figures.sums import ALL
from suqiu.orders.access import is_inside
from suqiu.organisations.models import Unit

UNIT_ROLES = ("hub", "handler", "head")
CENTRE_ROLES = (
    "call_taker",
    "dispatcher",
    "callback_officer",
    "inspector",
    "assessor",
    "leader",
)
# What the centre itself can do something about.
OF_CENTRE = ("satisfaction", "solved", "coverage", "return", "repeat")


@dataclass(frozen=True)
class Post:
    """A unit whose figures this person answers for; of a hub it is the whole district."""

    unit: Unit
    district: bool


@staff(*UNIT_ROLES)
def unit(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/unit_board.html", of_unit(request))


def of_unit(request: DeskRequest) -> dict[str, Any]:
    """The own unit's rates against its like, what waits, what runs out, where the time goes."""
    by = request.actor
    posts = _posts(by)
    asked = request.GET.get("of", "")
    post = next((one for one in posts if str(one.unit.pk) == asked), None if asked else posts[0])
    if post is None:
        raise Missing("missing", _("没有这个范围，或不归您看"))
    cohort = _cohort_of(request, post)
    board = Board(cohort, by)
    around = frame(request, cohort)
    for name in ("region", "unit"):
        del around["form"].fields[name]
    return {
        **around,
        **_work(by),
        "posts": posts,
        "post": post,
        "cards": _cards(board, post),
        "stages": charts.stages(board.lost, cohort),
        "bars": charts.bars(board.composition(), cohort),
        "composed": sum(board.volumes(cohort, "category").values()),
        "composed_url": charts.address(cohort, ALL),
        "against": charts.AGAINST.get(board.against, ""),
        "units": _units(board, post) if post.district else [],
        "heat": flows.hours(board),
        "packs": board.city["timely"].pack,
    }


@staff(*CENTRE_ROLES)
def centre(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/centre_board.html", of_centre(request))


def of_centre(request: DeskRequest) -> dict[str, Any]:
    """The centre's own day: what came and by which door, what waits for it, where time is lost."""
    by, cohort = request.actor, cohort_of(request)
    board = Board(cohort, by)
    codes = [code for code in OF_CENTRE if code in board.city]
    return {
        **frame(request, cohort),
        **_work(by),
        "units_clocks": _clocks(by, "units"),
        "today": _today(by),
        "cards": [
            charts.card(board.city[code], cohort, board.moved.get(code), board.against)
            for code in codes
        ],
        "calls": [charts.call_card(one) for one in call_rates.rates(*_days(cohort)).values()],
        "sources": _sources(board),
        "stages": charts.stages(board.lost, cohort),
        "funnel": flows.steps(board),
        "heat": flows.hours(board),
        "packs": board.city["timely"].pack,
    }


@staff(*UNIT_ROLES, *CENTRE_ROLES)
def clocks(request: DeskRequest) -> HttpResponse:
    """The clocks behind one number of a board."""
    by, asked = request.actor, request.GET
    within = asked.get("in", "") if asked.get("in") in running.LABELS else ""
    scope = asked.get("scope", "")
    found, after = running.page(
        by, scope=scope, code=asked.get("code", ""), within=within, after=asked.get("after", "")
    )
    following = asked.copy()
    following["after"] = after
    context = {
        "rows": [
            {
                "number": row.order.number,
                "title": shapes.text(row.order, by).title,
                "place": shapes.place(row.order, by),
                "unit": row.seat.unit,
                "name": row.name,
                "face": shapes.face(row),
            }
            for row in found
        ],
        "within": running.LABELS.get(within, ""),
        "after": after,
        "query": following.urlencode(),
    }
    return render(request, "desk/pages/clocks.html", context)


def _days(cohort: Cohort) -> tuple[dt.date, dt.date]:
    return clock.local(cohort.start).date(), clock.local(cohort.end).date()


def _posts(by: Actor) -> list[Post]:
    """The districts whose hub one sits in, then the units that one works in."""
    hubs = by.units_as("hub")
    rows = Unit.objects.filter(pk__in=by.units_as(*UNIT_ROLES)).select_related("region")
    posts = [Post(row, row.pk in hubs) for row in rows.order_by("code")]
    return sorted(posts, key=lambda post: not post.district)


def _cohort_of(request: DeskRequest, post: Post) -> Cohort:
    """What was asked for, within the own unit or district only."""
    cohort = cohort_of(request)
    if post.district:
        return replace(cohort, region=post.unit.region_id, unit=None)
    return replace(cohort, region="", street=None, unit=post.unit.pk)


def _cards(board: Board, post: Post) -> list[dict[str, Any]]:
    cohort = board.cohort
    near = (
        likes.of_district(cohort, post.unit.region_id)
        if post.district
        else likes.of_units(cohort, [post.unit]).get(post.unit.pk, {})
    )
    return [
        {
            **charts.card(board.city[code], cohort, board.moved.get(code), board.against),
            "like": near.get(code),
            "unlike": _("同类可比的不足 %d 家，不比") % likes.LEAST
            if not post.district or code in likes.of_districts(cohort)
            else "",
        }
        for code in FOUR
    ]


def _units(board: Board, post: Post) -> list[dict[str, Any]]:
    """The units of the district in their own order, each beside its like: it is no ranking."""
    made = board.rates(board.cohort, "unit")
    units = Unit.objects.filter(pk__in=[int(key) for key in made if key], region=post.unit.region)
    near = likes.of_units(board.cohort, units)
    return [
        {
            "name": one.name,
            "cells": [
                {
                    "rate": made[str(one.pk)][code],
                    "like": near.get(one.pk, {}).get(code),
                    "url": charts.address(replace(board.cohort, unit=one.pk), code),
                }
                for code in charts.THREE
            ],
        }
        for one in units.order_by("code")
    ]


def _work(by: Actor) -> dict[str, Any]:
    """What waits for this person, and the clocks of his side."""
    return {
        "waiting": counted(queries.views_of(by), by),
        "clocks": _clocks(by, "centre" if is_inside(by) else ""),
        "bins": running.LABELS.values(),
    }


def _clocks(by: Actor, scope: str) -> list[dict[str, Any]]:
    return [
        {"name": row.name, "cells": [_cell(row.code, scope, *one) for one in row.bins]}
        for row in running.table(by, scope)
    ]


def _cell(code: str, scope: str, within: str, n: int) -> dict[str, Any]:
    asked = urlencode({"code": code, "in": within, **({"scope": scope} if scope else {})})
    return {
        "n": n,
        "in": within,
        "label": running.LABELS[within],
        "url": f"{reverse('desk:clocks')}?{asked}",
    }


def _today(by: Actor) -> list[dict[str, Any]]:
    """What came and what ended since midnight, beside the same weekday a week before, whole."""
    start = midnight(clock.today())
    shown = []
    for basis, label in (("accepted_in", _("今日受理")), ("closed_in", _("今日办结"))):
        cohort = Cohort(basis, start, start + dt.timedelta(days=1))
        week = dt.timedelta(days=7)
        before = replace(cohort, start=cohort.start - week, end=cohort.end - week)
        board = Board(cohort, by)
        shown.append(
            {
                "label": label,
                "n": board.volumes(cohort).get("", 0),
                "url": charts.address(cohort, ALL),
                "before": board.volumes(before).get("", 0),
                "before_url": charts.address(before, ALL),
            }
        )
    return shown


def _sources(board: Board) -> list[dict[str, Any]]:
    """By which door the cohort's orders came, most first."""
    sizes = {key: n for key, n in board.volumes(board.cohort, "source").items() if key}
    names, whole = figures_of.names("source", sizes), sum(sizes.values()) or 1
    most = max(sizes.values(), default=1)
    return [
        {
            "name": names.get(code, code),
            "n": n,
            "share": n / whole,
            "bar": n / most,
            "url": charts.address(replace(board.cohort, source=code), ALL),
        }
        for code, n in sorted(sizes.items(), key=lambda row: (-row[1], row[0]))
    ]
