"""Special inspections on the desk: the list, one of them, one item on the spot, and what to mend."""

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts.queries import actor_named, names
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.errors import Invalid, Refused
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views import inspection_forms as forms
from suqiu.desk.views.doors import once, staff
from suqiu.supervision.inspections import access, actions, lists, queries
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist
from suqiu.supervision.inspections.states import LABELS, VERBS, State

LEADS = ("inspector", "assessor")
COMERS = sorted(access.READERS | access.INVITED)
PAGE = 50
_Do = Callable[[DeskRequest, Inspection, dict[str, Any]], object]


@staff(*COMERS)
def show(request: DeskRequest) -> HttpResponse:
    rows = list(queries.visible_to(request.actor)[:PAGE])
    context = {
        "rows": [{"one": row, "state": LABELS[State(row.state)]} for row in rows],
        "form": forms.Plan() if request.actor.roles & set(LEADS) else None,
        "checklists": lists.checklists().values(),
    }
    return render(request, "desk/pages/inspections.html", context)


@staff(*LEADS, methods=("POST",))
def plan(request: DeskRequest) -> HttpResponse:
    form = forms.Plan(request.POST)
    if not form.is_valid():
        context = {"rows": [], "form": form, "checklists": lists.checklists().values()}
        return render(request, "desk/pages/inspections.html", context, status=422)
    address = once(
        request, lambda: f"/inspections/{actions.plan(**form.told(), by=request.actor).number}"
    )
    return redirect(address)


@staff(*COMERS)
def one(request: DeskRequest, inspection: str) -> HttpResponse:
    row = queries.get_for(request.actor, inspection)
    return render(request, "desk/pages/inspection.html", _page(request, row))


@staff(*COMERS)
def sealed(request: DeskRequest, inspection: str) -> HttpResponse:
    """The sealed list as a file: with the seed, all that anybody needs to draw again."""
    row = queries.get_for(request.actor, inspection)
    if not row.list_hash:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.csv"'
    csv.writer(answer).writerows(queries.lines_of(row))
    return answer


@staff(*COMERS, methods=("POST",))
def do(request: DeskRequest, inspection: str, step: str) -> HttpResponse:
    """One step of the whole inspection."""
    row = queries.get_for(request.actor, inspection)
    if step not in DEEDS:
        raise Http404
    form_of, deed = DEEDS[step]
    form = form_of(request.POST)
    if not form.is_valid():
        raise Invalid("inspection.form", _("没有填全：%s") % wrong(form))
    once(request, lambda: str(deed(request, row, form.cleaned_data)))
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[step].label})
    return redirect("desk:inspection", inspection=row.number)


DEEDS: dict[str, tuple[type[forms.SpokenForm], _Do]] = {
    "pick": (
        forms.Pick,
        lambda r, row, told: actions.pick(row, told["key"], reason=told["reason"], by=r.actor),
    ),
    "invite": (
        forms.Invite,
        lambda r, row, told: actions.invite(
            row, actor_named(told["person"].username), side=told["side"], by=r.actor
        ),
    ),
    "seal": (forms.SpokenForm, lambda r, row, told: actions.seal(row, by=r.actor)),
    "supply_seed": (
        forms.Seed,
        lambda r, row, told: actions.supply_seed(row, told["seed"], by=r.actor),
    ),
    "finish": (forms.SpokenForm, lambda r, row, told: actions.finish(row, by=r.actor)),
    "publish": (forms.SpokenForm, lambda r, row, told: actions.publish(row, by=r.actor)),
    "scrap": (
        forms.Reason,
        lambda r, row, told: actions.scrap(row, reason=told["reason"], by=r.actor),
    ),
}


@staff(*COMERS, methods=("GET", "HEAD", "POST"))
def item(request: DeskRequest, inspection: str, item: int) -> HttpResponse:
    """One order or place on the spot, for a phone: the checklist, the citizen's word, what was found."""
    row = queries.get_for(request.actor, inspection)
    thing = get_object_or_404(queries.to_check(row), pk=item)
    checklist = Checklist.model_validate(row.checklist)
    error: Refused | None = None
    if request.method == "POST":
        try:
            once(request, lambda: str(_noted(request, row, thing, checklist)))
        except Refused as refused:
            error = refused
        else:
            messages.success(request, _("已记下"))
            return redirect("desk:inspection_item", inspection=row.number, item=thing.pk)
    context = {
        **_thing(request, row, thing),
        "row": row,
        "questions": forms.questions(checklist, request.POST),
        "answered": forms.answered(checklist, thing),
        "survey": forms.Survey(levels=queries.levels(thing)),
        "finding": forms.Finding(),
        "choices": forms.CHOICES,
        "error": error,
    }
    status = error.status if error else 200
    return render(request, "desk/pages/inspection_item.html", context, status=status)


def _noted(request: DeskRequest, row: Inspection, thing: Item, checklist: Checklist) -> object:
    by, told = request.actor, request.POST
    if told.get("do") == "survey":
        return actions.survey(row, thing, level=told.get("level", ""), by=by)
    if told.get("do") == "find":
        form = forms.Finding(told)
        if not form.is_valid():
            raise Invalid("inspection.form", _("没有填全：%s") % wrong(form))
        return actions.find(row, thing, **form.cleaned_data, by=by)
    excused = told.get("excused", "")
    answers = {} if excused else forms.answers(checklist, told)
    words = told.get("words", "")
    return actions.check(row, thing, answers=answers, excused=excused, words=words, by=by)


@staff("handler", "head")
def findings(request: DeskRequest) -> HttpResponse:
    """What inspections found at one's own unit, and what is still to be mended."""
    rows = list(queries.findings_of(request.actor)[:PAGE])
    today = clock.today()
    shown = [
        {"one": f, "late": f.mended_at is None and f.due is not None and f.due < today}
        for f in rows
    ]
    return render(request, "desk/pages/findings.html", {"rows": shown})


@staff("handler", "head", methods=("POST",))
def mend(request: DeskRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.findings_of(request.actor), pk=pk)
    actions.mend(found, words=request.POST.get("words", ""), by=request.actor)
    messages.success(request, _("整改已报"))
    return redirect("desk:findings")


def _page(request: DeskRequest, row: Inspection) -> dict[str, Any]:
    by = request.actor
    team = list(row.team.filter(left_at=None).order_by("pk"))
    found = list(queries.to_check(row))
    called = names({m.actor for m in team} | {row.planned_by})
    standing = access.Standing(State(row.state), frozenset(m.actor for m in team))
    may = {name for name in VERBS if access.can(by, name, standing)}
    return {
        "row": row,
        "state": LABELS[State(row.state)],
        "checklist": Checklist.model_validate(row.checklist),
        "team": [{"name": called[m.actor], "side": forms.SIDES[m.side]} for m in team],
        "planner": called[row.planned_by],
        "listed": row.items.filter(part="random").count(),
        "wrong": queries.redrawn(row) if row.list_hash else [],
        "items": [_line(thing) for thing in found],
        "left": sum(not hasattr(thing, "check_made") for thing in found),
        "card": forms.card_rows(queries.scorecard(row)) if found else [],
        "found": queries.found_in(row),
        "may": may,
        "steps": [
            {"name": name, "verb": VERBS[name], "form": form_of()}
            for name, (form_of, _deed) in DEEDS.items()
            if name in may
        ],
        "journal": _journal(row),
    }


def _line(thing: Item) -> dict[str, Any]:
    return {
        "one": thing,
        "name": thing.order.category if thing.order else thing.place,
        "reason": forms.REASONS.get(thing.reason, ""),
        "checked": hasattr(thing, "check_made"),
        "surveyed": hasattr(thing, "survey_made"),
    }


def _thing(request: DeskRequest, row: Inspection, thing: Item) -> dict[str, Any]:
    standing = queries.standing(row)
    may = {n for n in ("check", "survey", "find") if access.can(request.actor, n, standing)}
    return {
        "thing": thing,
        "about": queries.about(thing, request.actor),
        "barred": queries.barred(thing, request.actor),
        "may": may,
        "check": getattr(thing, "check_made", None),
        "surveyed": getattr(thing, "survey_made", None),
        "found": list(thing.found.select_related("unit").order_by("pk")),
    }


def _journal(row: Inspection) -> list[dict[str, Any]]:
    entries = list(reversed(audit.chain(row.chain)))[:12]
    called = names({e.actor for e in entries})
    said = {"leave": _("请来的人退出")}
    return [
        {
            "at": e.at,
            "what": VERBS[step].label if step in VERBS else said.get(step, _("立项")),
            "by": called[e.actor],
            "number": e.seq,
        }
        for e in entries
        for step in [e.kind.removeprefix("inspection.")]
    ]
