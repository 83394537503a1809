"""The shadow score on the desk: ours beside the upstream's, and every difference down to its orders."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.assessment.queries import Period
from suqiu.assessment.shadow import queries
from suqiu.assessment.shadow.forecast import Guess
from suqiu.assessment.shadow.queries import ROLES, Shadow
from suqiu.assessment.shadow.rules import COUNTED, WHY, Line, Span
from suqiu.assessment.shadow.upstream import Upstream
from suqiu.base import clock
from suqiu.base.errors import Missing
from suqiu.desk import queries as desk
from suqiu.desk import shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff
from suqiu.figures.rules import DEFINITIONS
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region

COMERS = sorted(ROLES)
SIGNS = 1e-9  # less is nothing


def _asked(request: DeskRequest) -> tuple[str, Period, Upstream, str]:
    """Which month, by which upstream, of which district; this month, the one in force, the whole."""
    queries.require(request.actor)
    of = request.GET.get("of", "") or f"{clock.today():%Y-%m}"
    span = queries.month(of)
    day = min(clock.today(), span[1] - dt.timedelta(days=1))
    one = queries.chosen(request.GET.get("upstream", ""), day)
    return of, span, one, request.GET.get("region", "")


@staff(*COMERS)
def show(request: DeskRequest) -> HttpResponse:
    of, span, one, region = _asked(request)
    found = queries.scores(one, span, request.actor)
    if region not in found:
        raise Missing("shadow.unknown", _("没有这一项"))
    names = dict(Region.objects.values_list("code", "name"))
    here = {"of": of, "upstream": one.key, "region": region}
    row = found[region]
    context = {
        **here,
        "one": one,
        "choices": [{"key": k, "name": c.name, "url": _page(here, upstream=k)}
                    for k, c in queries.choices().items()],
        "months": _months(span, here),
        "row": row,
        "ended_url": _ended(here, one),
        "name": names.get(region, ""),
        "whole_url": _page(here, region=""),
        "guess": row.guess[""] if row.guess else None,
        "over": span[1] <= clock.today(),
        "lines": [_line(line, row, here) for line in row.lines],
        "spans": [_span(s, row, here) for s in row.spans],
        "districts": [_district(code, found[code], names, here, one) for code in found if code],
        "days": queries.so_far(one, span, region),
    }  # fmt: skip
    return render(request, "desk/pages/shadow.html", context)


def _page(here: dict[str, str], **other: str) -> str:
    asked = {k: v for k, v in {**here, **other}.items() if v}
    return reverse("desk:shadow") + "?" + urlencode(asked)


def _months(span: Period, here: dict[str, str]) -> list[dict[str, Any]]:
    before, after = span[0] - dt.timedelta(days=1), span[1]
    some = [before, span[0], *([after] if after <= clock.today() else [])]
    return [
        {"of": f"{day:%Y-%m}", "now": day == span[0], "url": _page(here, of=f"{day:%Y-%m}")}
        for day in some
    ]


def _line(line: Line, row: Shadow, here: dict[str, str]) -> dict[str, Any]:
    volume = line.measure.asks == "volume"
    guess = (row.guess or {}).get(line.measure.id)
    apart = None if line.value is None or line.ours is None else line.value - line.ours
    return {
        "line": line,
        "volume": volume,
        "ours_name": _("受理量") if volume else DEFINITIONS[line.measure.ours].name
        if line.measure.ours else "",
        "apart": apart,
        "there_url": _behind(here, line.measure.id, "there"),
        "here_url": _behind(here, line.measure.id, "here"),
        "whole_there_url": _behind({**here, "region": ""}, line.measure.id, "there"),
        "whole_here_url": _behind({**here, "region": ""}, line.measure.id, "here"),
        "guess": guess,
        "steps": [
            {
                "why": WHY[step.why],
                "n": step.n,
                "url": _behind(here, line.measure.id, step.why),
                "change": None if volume else step.change,
                "after": None if volume else step.after,
            }
            for step in line.steps
        ],
    }  # fmt: skip


def _span(span: Span, row: Shadow, here: dict[str, str]) -> dict[str, Any]:
    measures = {line.measure.id: line.measure.name for line in row.lines}
    return {
        "formula": not span.measure,
        "measure": measures.get(span.measure, ""),
        "why": WHY.get(span.why, ""),
        "n": span.n,
        "url": _behind(here, span.measure, span.why) if span.n else "",
        "change": span.change,
        "nothing": abs(span.change) < SIGNS,
        "after": span.after,
    }


def _district(
    code: str, row: Shadow, names: dict[str, str], here: dict[str, str], one: Upstream
) -> dict[str, Any]:
    guess: Guess | None = row.guess[""] if row.guess else None
    return {
        "name": names.get(code, code),
        "url": _page(here, region=code),
        "ended_url": _ended({**here, "region": code}, one),
        "row": row,
        "guess": guess,
        "moved": sum(line.moved for line in row.lines if line.measure.asks != "volume"),
    }


def _ended(here: dict[str, str], one: Upstream) -> str:
    """All that ended in the month: counted alike by every measure, so any of them names the list."""
    return _behind(here, one.measures[0].id, "ended")


def _behind(here: dict[str, str], measure: str, why: str) -> str:
    asked = {k: v for k, v in {**here, "measure": measure, "why": why}.items() if v}
    return reverse("desk:shadow_orders") + "?" + urlencode(asked)


@staff(*COMERS)
def orders(request: DeskRequest) -> HttpResponse:
    """The orders of one reason."""
    of, span, one, region = _asked(request)
    measure, why = request.GET.get("measure", ""), request.GET.get("why", "")
    ids = queries.behind(one, span, region, measure, why, request.actor)
    rows = visible_to(request.actor).filter(pk__in=ids)
    page = desk.by_number(rows, request.GET.get("after", ""))
    following = request.GET.copy()
    following["after"] = page.after
    context = {
        "of": of,
        "name": next(m.name for m in one.measures if m.id == measure),
        "why": {**WHY, **COUNTED}[why],
        "count": len(ids),
        "rows": shapes.rows(page.orders, request.actor),
        "after": page.after,
        "query": following.urlencode(),
        "back": _page({"of": of, "upstream": one.key, "region": region}),
    }
    return render(request, "desk/pages/shadow_orders.html", context)
