"""Supervision cases on the desk: what is open, one case whole, its next step, the register."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.desk import case_forms, shapes, uploads
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views import pictures
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.pictures import shown
from suqiu.orders.access import Denied, is_inside
from suqiu.orders.queries import visible_to as orders_visible_to
from suqiu.supervision.cases import queries
from suqiu.supervision.cases.actions import opening
from suqiu.supervision.cases.models import Case, Obligation
from suqiu.supervision.cases.states import CAUSES, LABELS, LEVELS, REASONS, RULINGS, VERBS, State

READERS = (
    *("call_taker", "dispatcher", "callback_officer", "inspector", "assessor", "leader"),
    *("auditor", "hub", "head", "handler"),
)
PAGE = 100


@staff(*READERS)
def show(request: DeskRequest) -> HttpResponse:
    rows = queries.open_to(request.actor).select_related("unit").prefetch_related("orders")[:PAGE]
    context = {
        "rows": [_line(case, request.actor) for case in rows],
        "filed": list(queries.register(request.actor)[:PAGE]),
        "inside": is_inside(request.actor),
        "may_open": bool(request.actor.roles & {"inspector", "leader"}),
    }
    return render(request, "desk/pages/cases.html", context)


@staff("inspector", "leader", methods=("POST",))
def start(request: DeskRequest) -> HttpResponse:
    """Open a case by hand, from the order's number."""
    number, words = request.POST.get("order", "").strip(), request.POST.get("words", "")
    address = once(
        request,
        lambda: f"/cases/{opening.open_case(number, words=words, by=request.actor).number}",
    )
    return redirect(address)


@staff(*READERS)
def one(request: DeskRequest, case: str) -> HttpResponse:
    row = queries.get_for(request.actor, case)
    return render(request, "desk/pages/case.html", _page(row, request.actor))


@staff(*READERS, methods=("POST",))
def do(request: DeskRequest, case: str, deed: str) -> HttpResponse:
    row = queries.get_for(request.actor, case, log=False)
    if deed not in VERBS:
        raise Http404
    form = case_forms.form_for(deed, row, request.POST, request.FILES)
    if not form.is_valid():
        raise Invalid("case.form", _("没有填全：%s") % wrong(form))
    told, by = form.cleaned_data, request.actor
    shots = uploads.shots(told.get("photos", []), row.orders.order_by("pk").first(), by=by)
    once(request, lambda: case_forms.do(deed, row, told, by=by, shots=shots).number)
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[deed].label})
    return redirect("desk:case", case=row.number)


@staff(*READERS)
def photo(request: DeskRequest, case: str, photo: int, form: str) -> HttpResponse:
    """For the centre: a unit is not told who looked, and what he found."""
    row = queries.get_for(request.actor, case, log=False)
    if not is_inside(request.actor):
        raise Missing("file.gone", _("附件的内容不在了"))
    return shown(request, queries.photo_for(row, photo), form, row.chain)


def _line(case: Case, by: Actor) -> dict[str, Any]:
    clocks = [c for c in queries.clocks(case) if c.outcome == "open"]
    return {
        "case": case,
        "state": LABELS[State(case.state)],
        "level": LEVELS[case.level],
        "reason": REASONS[case.reason] if is_inside(by) else "",
        "clock": _clock(clocks[0]) if clocks else None,
    }


def _clock(row: Obligation) -> dict[str, Any]:
    return {"row": row, "who": row.unit or _("中心"), "what": row.measure or ""}


def _page(case: Case, by: Actor) -> dict[str, Any]:
    """The whole case as this person may read it. A unit reads what is addressed to it: the citizen's
    word at a visit, the grounds and the report are the centre's."""
    inside = is_inside(by)
    visits = list(case.visits.order_by("pk")) if inside else []
    called = names({v.by for v in visits} | {case.inspector} - {""}) if inside else {}
    answers = queries.menu(case, by)
    return {
        "case": case,
        "state": LABELS[State(case.state)],
        "level": LEVELS[case.level],
        "inside": inside,
        "inspector": called.get(case.inspector, ""),
        "ruling": RULINGS.get(case.ruling, ""),
        "orders": [
            {"one": o, "place": shapes.place(o, by), "text": shapes.text(o, by)}
            for o in orders_visible_to(by).filter(cases=case).order_by("pk")
        ],
        "clocks": [_clock(c) for c in queries.clocks(case) if inside or c.unit_id],
        "grounds": [(g, REASONS[g.reason]) for g in case.grounds.order_by("pk")] if inside else [],
        "visits": [(v, VERBS[v.kind].label, called[v.by]) for v in visits],
        "pictures": pictures.sides(case) if inside else None,
        "findings": [(f, CAUSES[f.cause]) for f in case.findings.order_by("pk")],
        "plans": case.plans.prefetch_related("measures").order_by("-pk"),
        "report": getattr(case, "report", None) if inside else None,
        "steps": [
            {"verb": verb, "form": case_forms.form_for(verb.name, case)}
            for verb, answer in answers
            if not isinstance(answer, Denied)
        ],
        "refused": [
            (verb, answer)
            for verb, answer in answers
            if isinstance(answer, Denied) and answer.code != "state"
        ],
    }
