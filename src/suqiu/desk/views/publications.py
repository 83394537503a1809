"""The leader looks at a month's figures and puts them before everybody."""

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, Refused
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import charts
from suqiu.desk.views.doors import staff
from suqiu.figures import actions
from suqiu.figures.cohorts import Cohort
from suqiu.figures.models import Publication
from suqiu.figures.rules import DEFINITIONS
from suqiu.figures.sums import ALL
from suqiu.organisations.models import Region

MONTHS = 6


@staff("leader")
def show(request: DeskRequest) -> HttpResponse:
    """The last months that are over: which are published, and one of them to look at first."""
    months = _over()
    asked = request.GET.get("month", "")
    month = next((m for m in months if f"{m:%Y-%m}" == asked), months[0])
    done = list(Publication.objects.filter(month__in=months).order_by("pk"))
    called, last = names({row.published_by for row in done}), {row.month: row for row in done}
    rows = [
        {
            "month": m,
            "row": last.get(m),
            "by": called.get(last[m].published_by, "") if m in last else "",
        }
        for m in months
    ]
    context: dict[str, Any] = {"rows": rows, "month": month}
    try:
        body = actions.counted(month)
    except Refused as error:
        context["refusal"] = error.message
    else:
        seen = actions.digest(body)
        same = month in last and actions.digest(last[month].body) == seen
        context |= {"body": body, "seen": seen, "same": same, **_shown(body, month)}
        context["moved"] = month in last and not same
    return render(request, "desk/pages/publications.html", context)


@staff("leader", methods=("POST",))
def approve(request: DeskRequest) -> HttpResponse:
    month = request.POST.get("month", "")
    chosen = next((m for m in _over() if f"{m:%Y-%m}" == month), None)
    try:
        if chosen is None:
            raise Invalid("publish.choice", _("请从最近几个月里选一个"))
        actions.publish(chosen, seen=request.POST.get("seen", ""), by=request.actor)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已公布 %s，市民在“公开数据”里看得到") % month)
    return redirect(f"{reverse('desk:publications')}?{urlencode({'month': month})}")


def _over() -> list[dt.date]:
    """The first days of the last months that are over, the newest first."""
    months, first = [], clock.today().replace(day=1)
    for _each in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        months.append(first)
    return months


def _shown(body: dict[str, Any], month: dt.date) -> dict[str, Any]:
    """Each number with the way to its orders: the leader looks before he signs."""
    end = (month + dt.timedelta(days=32)).replace(day=1)
    cohort = Cohort(body["basis"], midnight(month), midnight(end))
    regions = {r.code: r.short for r in Region.objects.filter(code__in=body["regions"])}
    return {
        "packs": _("、").join(body["packs"]),
        "orders_url": charts.address(cohort, ALL),
        "rates": [
            {
                "name": DEFINITIONS[code].name,
                "url": charts.address(cohort, code),
                "out_url": charts.address(cohort, code, "excluded"),
                "met_url": charts.address(cohort, code, "met"),
                **row,
            }
            for code, row in body["rates"].items()
        ],
        "regions": sorted(
            (
                {
                    "name": regions.get(code, code),
                    "url": charts.address(replace(cohort, region=code), "solved"),
                    **row,
                }
                for code, row in body["regions"].items()
            ),
            key=lambda row: -row["n"],
        ),
    }
