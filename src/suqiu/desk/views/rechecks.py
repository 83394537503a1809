"""Rechecks on the desk: what is to be looked at again, and what the looks say."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing
from suqiu.desk import queries as desk
from suqiu.desk import recheck_forms as forms
from suqiu.desk import shapes, uploads
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import pictures
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.pictures import shown
from suqiu.orders.queries import visible_to
from suqiu.supervision.rechecks import actions, queries
from suqiu.supervision.rechecks.models import Recheck

PAGE, LATEST = 30, 20
WHEN = {
    "late": gettext_lazy("逾期"),
    "today": gettext_lazy("今天"),
    "week": gettext_lazy("七天内"),
    "later": gettext_lazy("以后"),
}
PARTS = {
    "of": gettext_lazy("复查过"),
    "back": gettext_lazy("又出现了"),
    "at_close": gettext_lazy("办结时实际解决"),
    "after": gettext_lazy("到这时仍解决"),
}


@staff(*sorted(queries.READERS))
def show(request: DeskRequest) -> HttpResponse:
    by = request.actor
    rows = queries.visible_to(by).select_related(
        "order__category", "order__street", "order__region", "case"
    )
    when, whens = _pressing(request)
    due = rows.filter(queries.whens(clock.now())[when])
    found, further = queries.page(due, request.GET.get("after", ""), PAGE)
    looked = list(
        rows.exclude(done_at=None)
        .prefetch_related("photos__file")
        .order_by("-done_at", "-pk")[:LATEST]
    )
    called = names({r.inspector for r in found} | {r.done_by for r in looked})
    choices = forms.inspectors()
    context = {
        "rows": [{**_row(request, one, called), **_forms(one, choices)} for one in found],
        "looked": [_row(request, one, called) for one in looked],
        "after": further,
        "when": when,
        "whens": whens,
        "leaves": queries.by_leaf(by),
        "places": queries.by_place(by)[:LATEST],
        "lasting": queries.lasting(by),
        "may_look": "inspector" in by.roles,
        "may_name": bool(by.roles & actions.NAMES_HOUR),
    }
    return render(request, "desk/pages/rechecks.html", context)


def _pressing(request: DeskRequest) -> tuple[str, list[tuple[str, str, int]]]:
    """What is shown: unasked, the most pressing that there are; and how many there are of each."""
    many, asked = queries.counts(request.actor, clock.now()), request.GET.get("when", "")
    when = asked if asked in WHEN else next((one for one, n in many.items() if n), "today")
    return when, [(key, str(label), many[key]) for key, label in WHEN.items()]


@staff(*sorted(queries.READERS))
def orders(request: DeskRequest) -> HttpResponse:
    """The orders behind one of the numbers: so many days after, of a leaf, of a place."""
    by, asked = request.actor, request.GET
    days, part = asked.get("days", ""), asked.get("part", "of")
    leaf, place = asked.get("leaf", ""), asked.get("place", "")
    if days and not (days.isascii() and days.isdigit() and len(days) < 5):  # noqa: PLR2004 - a year
        raise Missing("missing", _("没有这个范围，或不归您看"))
    ids = queries.behind(by, part, days=int(days or 0), leaf=leaf, place=place)
    page = desk.by_number(visible_to(by).filter(pk__in=ids), asked.get("after", ""))
    following = asked.copy()
    following["after"] = page.after
    named = {s.code: s.name for s in (*queries.by_leaf(by), *queries.by_place(by))}
    context = {
        "name": PARTS[part],
        "days": int(days or 0),
        "where": named.get(leaf or place, ""),
        "count": len(ids),
        "rows": shapes.rows(page.orders, by),
        "after": page.after,
        "query": following.urlencode(),
    }
    return render(request, "desk/pages/recheck_orders.html", context)


@staff(*sorted(actions.NAMES_HOUR), methods=("POST",))
def hour(request: DeskRequest, recheck: int) -> HttpResponse:
    row = queries.get_for(request.actor, recheck)
    form = forms.Hour(forms.inspectors(), request.POST)
    told = _told(form)
    address = once(request, lambda: _done(actions.name_hour(row.pk, **told, by=request.actor)))
    messages.success(request, _("时间已约定"))
    return redirect(address)


@staff("inspector", methods=("POST",))
def look(request: DeskRequest, recheck: int) -> HttpResponse:
    row = queries.get_for(request.actor, recheck)
    told = _told(forms.Look(request.POST, request.FILES))
    told["back"] = told["back"] == "yes"
    told["shots"] = uploads.shots(told.pop("photos"), row.order, by=request.actor)
    address = once(request, lambda: _done(actions.look(row.pk, **told, by=request.actor)))
    row.refresh_from_db()
    messages.success(request, _("已记下，转二次投诉") if row.back else _("已记下"))
    return redirect(address)


@staff(*sorted(queries.READERS))
def photo(request: DeskRequest, recheck: int, photo: int, form: str) -> HttpResponse:
    row = queries.get_for(request.actor, recheck)
    return shown(request, queries.photo_for(row, photo), form, row.chain)


def _told(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        labels = _("、").join(str(form.fields[name].label) for name in form.errors)
        raise Invalid("recheck.form", _("没有填全：%s") % labels)
    return dict(form.cleaned_data)


def _done(row: Recheck) -> str:
    return f"/cases/{row.case.number}" if row.case else "/rechecks"


def _row(request: DeskRequest, one: Recheck, called: dict[str, str]) -> dict[str, Any]:
    by, now = request.actor, clock.now()
    return {
        "one": one,
        "title": shapes.text(one.order, by).title,
        "place": shapes.place(one.order, by),
        "shots": pictures.of(
            one.photos.all(), pgettext("照片", "回潮复查"), f"/rechecks/{one.pk}/photos"
        )
        if one.done_at
        else [],
        "who": called.get(one.done_by or one.inspector, ""),
        "late": one.done_at is None and one.due < now,
        "come": one.done_at is None and (one.hour or one.since) <= now,
    }


def _forms(one: Recheck, choices: list[forms.Choice]) -> dict[str, Any]:
    """Many stand on one page: each field has an id of its own."""
    ids = f"r{one.pk}_%s"
    return {"hour": forms.Hour(choices, auto_id=ids), "look": forms.Look(auto_id=ids)}
