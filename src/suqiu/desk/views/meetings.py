"""Meetings on the desk: the list, one of them on one page, and what was decided and is not done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.errors import Invalid, Refused
from suqiu.desk import meeting_forms as forms
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views.doors import once, staff
from suqiu.supervision.meetings import queries
from suqiu.supervision.meetings.access import OF_UNITS, READERS, can
from suqiu.supervision.meetings.actions import planning
from suqiu.supervision.meetings.models import Decision, Item, Meeting
from suqiu.supervision.meetings.rules import kinds
from suqiu.supervision.meetings.states import ITEMS, LABELS, LEADS, OUTCOMES, VERBS, State

COMERS = sorted(READERS | set(OF_UNITS))
PAGE = 50


@staff(*COMERS)
def show(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/meetings.html", _listed(request))


@staff(*LEADS, methods=("POST",))
def plan(request: DeskRequest) -> HttpResponse:
    form, error = forms.Plan(request.POST), ""
    if form.is_valid():
        told = form.cleaned_data
        try:
            address = once(
                request, lambda: f"/meetings/{planning.plan(**told, by=request.actor).number}"
            )
            return redirect(address)
        except Refused as refused:
            error = refused.message
    context = {**_listed(request), "form": form, "error": error}
    return render(request, "desk/pages/meetings.html", context, status=422)


def _listed(request: DeskRequest) -> dict[str, Any]:
    rows = queries.visible_to(request.actor)[:PAGE]
    return {
        "rows": [
            {"one": m, "kind": kinds()[m.kind].name, "state": LABELS[State(m.state)]} for m in rows
        ],
        "form": forms.Plan() if request.actor.roles & set(LEADS) else None,
    }


@staff(*COMERS)
def one(request: DeskRequest, meeting: str) -> HttpResponse:
    row = queries.get_for(request.actor, meeting)
    return render(request, "desk/pages/meeting.html", _page(request, row))


@staff(*COMERS, methods=("POST",))
def do(request: DeskRequest, meeting: str, act: str) -> HttpResponse:
    """One step of the meeting, of one of its points or decisions."""
    row = queries.get_for(request.actor, meeting, log=False)
    if act not in forms.FIELDS:
        raise Http404
    form = forms.form_for(act, row, request.POST)
    if not form.is_valid():
        raise Invalid("meeting.form", _("没有填对：%s") % wrong(form))

    def done() -> str:
        forms.do(act, row, form.cleaned_data, request.POST, request.actor)
        return f"/meetings/{row.number}"

    address = once(request, done)
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[act].label})
    return redirect(address)


@staff(*COMERS)
def decisions(request: DeskRequest) -> HttpResponse:
    """What is decided and not done: the centre sees all, a unit its own."""
    rows = queries.open_decisions(request.actor)[:PAGE]
    return render(
        request, "desk/pages/decisions.html", {"rows": [_decision(request, d) for d in rows]}
    )


def _page(request: DeskRequest, row: Meeting) -> dict[str, Any]:
    by, it = request.actor, queries.standing(row)
    items = list(queries.items_of(row, by))
    may = {name for name in VERBS if can(by, name, it)}
    return {
        "row": row,
        "kind": kinds()[row.kind].name,
        "state": LABELS[State(row.state)],
        "items": [_item(request, row, item, may) for item in items],
        "parties": list(row.parties.select_related("unit").order_by("unit__code")),
        "steps": [
            {"name": n, "verb": VERBS[n], "form": forms.form_for(n, row)}
            for n in forms.OF_MEETING
            if n in may
        ],
        "journal": _journal(row) if by.roles & READERS else [],
    }


def _item(request: DeskRequest, row: Meeting, item: Item, may: set[str]) -> dict[str, Any]:
    study = getattr(item, "study", None)
    fits = {
        "study": item.order_id is not None,
        "recommend": not hasattr(item, "proposal") and (item.kind == "experience" or study),
    }
    return {
        "one": item,
        "kind": ITEMS[item.kind],
        "order": item.order if queries.order_shown(item, request.actor) else None,
        "study": study,
        "outcome": OUTCOMES[study.outcome] if study else "",
        "proposed": hasattr(item, "proposal"),
        "decisions": [_decision(request, d) for d in item.decisions.all()],
        "steps": [
            {"name": n, "verb": VERBS[n], "form": forms.form_for(n, row, about=item.pk)}
            for n in forms.OF_ITEM
            if n in may and fits.get(n, True)
        ],
    }


def _decision(request: DeskRequest, row: Decision) -> dict[str, Any]:
    it = queries.standing(row.meeting, row)
    return {
        "one": row,
        "late": row.confirmed_at is None and row.until < clock.today(),
        "steps": [
            {
                "name": n,
                "verb": VERBS[n],
                "form": forms.form_for(n, row.meeting, about=f"d{row.pk}"),
            }
            for n in forms.OF_DECISION
            if can(request.actor, n, it) and not (n == "fulfil" and it.reported)
        ],
    }


def _journal(row: Meeting) -> list[dict[str, Any]]:
    entries = list(reversed(audit.chain(row.chain)))[:15]
    called = names({e.actor for e in entries})
    said = {"meeting.planned": _("立会"), "clock.soon": _("决定快到期"), "clock.red": _("决定逾期")}
    return [
        {
            "at": e.at,
            "what": said.get(e.kind) or VERBS[e.kind.removeprefix("meeting.")].label,
            "by": called[e.actor],
            "number": e.seq,
        }
        for e in entries
    ]
