"""Assessment on the desk: the league, one subject's sheet, the work on it, what is frozen."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries, rules
from suqiu.assessment.access import OF_UNITS, READERS, Standing, can
from suqiu.assessment.actions import schemes
from suqiu.assessment.models import Appeal, Entry
from suqiu.assessment.queries import Period
from suqiu.assessment.states import GRANTED_AS_MET, LABELS, VERBS, steps
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import key_in
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, Missing
from suqiu.desk import assessment_forms as forms
from suqiu.desk import uploads
from suqiu.desk.marks import line_of, waiting
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views import charts
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.pictures import shown
from suqiu.figures.cohorts import Cohort, narrowed
from suqiu.figures.reasons import EXEMPTED
from suqiu.figures.rules import DEFINITIONS
from suqiu.organisations.models import Unit
from suqiu.supervision.external.access import ROLE

COMERS = sorted(READERS | set(OF_UNITS))
PAGE = 100


def _span(request: DeskRequest) -> tuple[str, Period]:
    """The period that is asked for; else the last month that is over."""
    last = clock.today().replace(day=1) - dt.timedelta(days=1)
    asked = request.GET.get("of", "") or request.POST.get("of", "")
    name = asked or f"{last:%Y-%m}"
    return name, queries.period(name)


def _beside(span: Period) -> dict[str, str]:
    """The months before and after, and the year of assessment that it is in."""
    before, after = span[0] - dt.timedelta(days=1), span[1]
    year = next(
        str(y) for y in (span[0].year, span[0].year + 1)
        if queries.period(str(y))[0] <= span[0] < queries.period(str(y))[1]
    )  # fmt: skip
    return {
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}" if after <= clock.today() else "",
        "year": year,
    }


def _of_kind(scores: list[rules.Score], like: str) -> list[rules.Score]:
    if like == "region":
        return scores
    units = Unit.objects.filter(kind=like).values_list("pk", flat=True)
    known = {f"unit:{pk}" for pk in units}
    return [one for one in scores if one.subject in known]


def _own_kind(by: Actor) -> str:
    """Beside whom he stands himself; the districts for whoever sees all."""
    own = queries.own_subjects(by)
    if queries.sees_all(by) or any(one.startswith("region:") for one in own):
        return "region"
    units = Unit.objects.filter(pk__in=[one.partition(":")[2] for one in own])
    kinds = units.exclude(kind__in=("centre", "section")).order_by("pk")
    return kinds.values_list("kind", flat=True).first() or "region"


@staff(*COMERS)
def league(request: DeskRequest) -> HttpResponse:
    """Like beside like, in the order of their scores; what is not scored stands below."""
    of, span = _span(request)
    kinds = {"region": _("区")} | {k: n for k, n in Unit.KINDS if k not in {"centre", "section"}}
    like = request.GET.get("like") or _own_kind(request.actor)
    if like not in kinds:
        raise Http404
    context = {
        "of": of,
        "beside": _beside(span),
        "kinds": kinds.items(),
        "like": like,
        "span": span,
        "waiting": len(waiting(request.actor)),
        "shadow": queries.sees_all(request.actor),
    }
    try:
        scheme = queries.scheme_on(span[1] - dt.timedelta(days=1))
    except Missing:
        return render(request, "desk/pages/assessment.html", context)
    body, group = queries.body(scheme), "region" if like == "region" else "unit"
    made = _of_kind(queries.scores(body, span, group), like)
    sheet = queries.frozen(span)
    then = {row["subject"]: row["value"] for row in sheet.rows} if sheet else {}
    # A frozen month keeps its places; what comes out otherwise since stands beside them.
    places = rules.ranks({s.subject: then.get(s.subject) if sheet else s.value for s in made})
    if not queries.sees_all(request.actor):
        own = queries.own_subjects(request.actor)
        made = [one for one in made if one.subject in own]
    heads = [DEFINITIONS[m.rate].name for m in body.measures if group in m.of]
    return render(
        request,
        "desk/pages/assessment.html",
        {
            **context,
            "scheme": scheme,
            "least": body.least,
            "sheet": sheet,
            "heads": heads,
            "all": queries.sees_all(request.actor),
            "rows": _rows(made, places, then if sheet else None, span),
        },
    )


def _rows(
    made: list[rules.Score], places: dict[str, int], then: dict[str, Any] | None, span: Period
) -> list[dict[str, Any]]:
    names = queries.names(one.subject for one in made)
    made = sorted(made, key=lambda s: (places.get(s.subject, 10**6), -s.n, s.subject))
    return [
        {
            "one": one,
            "name": names.get(one.subject, one.subject),
            "place": places.get(one.subject),
            "frozen": then.get(one.subject) if then is not None else None,
            "corrected": then is not None and then.get(one.subject) != one.value,
            "cells": [_cell(line, one.subject, span) for line in one.lines],
        }
        for one in made
    ]


def _cell(line: rules.Line, subject: str, span: Period) -> dict[str, Any]:
    kind, _colon, key = subject.partition(":")
    cohort = narrowed(Cohort("closed_in", midnight(span[0]), midnight(span[1])), kind, key)
    return {
        "line": line,
        "rate": DEFINITIONS[line.rate].name,
        "url": charts.address(cohort, line.rate),
        "top_url": charts.address(cohort, line.rate, "numerator"),
        "met_url": charts.address(cohort, line.rate, "met"),
        "out_url": charts.address(cohort, line.rate, "excluded", EXEMPTED),
    }


@staff(*COMERS)
def subject(request: DeskRequest) -> HttpResponse:
    """One district's or unit's score: each rate opens its orders, each mark its evidence."""
    whom = request.GET.get("subject", "")
    units = queries.units_of(whom)
    if not queries.sees(request.actor, whom):
        raise Missing("assessment.subject", _("没有这个区或单位，或不归您看"))
    of, span = _span(request)
    scheme = queries.scheme_on(span[1] - dt.timedelta(days=1))
    body = queries.body(scheme)
    kind = whom.partition(":")[0]
    made = queries.scores(body, span, kind)
    found = next((one for one in made if one.subject == whom), rules.score(body, whom, {}))
    rows = queries.entries_for(request.actor).filter(
        subject=whom, day__gte=span[0], day__lt=span[1]
    )
    asked = queries.appeals_for(request.actor).filter(
        unit__in=units,
        order__ended_at__gte=midnight(span[0]),
        order__ended_at__lt=midnight(span[1]),
    )
    return render(
        request,
        "desk/pages/assessment_subject.html",
        {
            "of": of,
            "beside": _beside(span),
            "scheme": scheme,
            "least": body.least,
            "row": _rows([found], {}, None, span)[0],
            "entries": [_entry(request, one) for one in rows[:PAGE]],
            "appeals": [_appeal(request, one) for one in asked[:PAGE]],
            "days": queries.days_of(whom, span[1]),
        },
    )


@staff(*COMERS)
def work(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/assessment_work.html", _working(request))


def _working(request: DeskRequest) -> dict[str, Any]:
    by = request.actor
    own = by.units_as(*OF_UNITS)
    making = [
        {"what": what, "verb": VERBS[what, name], "form": form(by=by)}
        for what, (name, form) in forms.MAKING.items()
        if can(by, name, Standing(what, own=own if what == "appeal" else frozenset()))
    ]
    return {
        "making": making,
        "schemes": [_listed(request, one) for one in queries.schemes_for(by)[:20]],
        "upstreams": [
            {**_listed(request, one), "name": one.body["name"]}
            for one in queries.upstreams_for(by)[:20]
        ],
        "entries": [_entry(request, one) for one in queries.entries_for(by)[:PAGE]],
        "waiting": len(waiting(by)),
        "sheets": [
            {**_listed(request, one), "of": queries.name_of((one.start, one.end))}
            for one in queries.sheets_for(by)[:20]
        ],
        "appeals": [_appeal(request, one) for one in queries.appeals_for(by)[:PAGE]],
        "kinds": (("region", _("区")), ("unit", _("单位"))),
        "simulates": can(by, "simulate", Standing("scheme", "draft")),
    }


def _listed(request: DeskRequest, row: Any) -> dict[str, Any]:
    it = actions.standing(row, request.actor)
    return {
        "one": row,
        "state": LABELS[row.state],
        "steps": [
            {
                "verb": verb,
                "form": _asking(row, verb.name),
            }
            for verb in steps(row.what)
            if verb.name != "simulate" and can(request.actor, verb.name, it)
        ],
    }


def _asking(row: Any, name: str) -> Any:
    """The form of a step that asks for something."""
    key, named = (row.what, name), f"{row.what}-{row.pk}-{name}-%s"
    if key in forms.FILED:
        return forms.FILED[key][0](auto_id=named)
    return forms.Words(auto_id=named) if key in forms.SPOKEN else None


def _entry(request: DeskRequest, row: Entry) -> dict[str, Any]:
    return {**line_of(row, request.actor), **_listed(request, row)}


@staff(*COMERS, ROLE)
def evidence(request: DeskRequest, entry: int, evidence: int, form: str) -> HttpResponse:
    """A file that an entry stands on, for whoever may read the entry."""
    row = queries.entry_for(request.actor, entry)
    return shown(request, queries.evidence_for(row, evidence), form, row.chain)


def _appeal(request: DeskRequest, row: Appeal) -> dict[str, Any]:
    as_met = row.state == "granted" and queries.counts_as_met(row)
    return {
        **_listed(request, row),
        **({"state": GRANTED_AS_MET} if as_met else {}),
        "rate": DEFINITIONS[row.rate].name,
        "late": row.due is not None and row.due <= clock.now(),
        "advice": {"for": _("建议同意"), "against": _("建议不同意")}.get(row.advice, ""),
    }


@staff(*READERS)
def sheet(request: DeskRequest, sheet: int) -> HttpResponse:
    """As it was frozen; what comes out otherwise now stands beside it."""
    row = queries.sheets_for(request.actor).filter(pk=sheet).first()
    if row is None:
        raise Missing("missing", _("没有这一项，或不归您看"))
    now = {one["subject"]: one for one in queries.corrections(row)}
    names = queries.names({one["subject"] for one in row.rows} | set(now))
    ordered = sorted(row.rows, key=lambda r: (r["value"] is None, -(r["value"] or 0)))
    ordered = [one for one in ordered if one["value"] is not None or one["subject"] in now]
    return render(
        request,
        "desk/pages/assessment_sheet.html",
        {
            **_listed(request, row),
            "of": queries.name_of((row.start, row.end)),
            "rows": [
                {"row": r, "name": names[r["subject"]], "now": now.get(r["subject"])}
                for r in ordered
            ],
            "unscored": sum(r["value"] is None for r in row.rows),
            "corrections": len(now),
            "added": [
                {
                    "row": one,
                    "line": line_of(one.entry, request.actor),
                    "why": queries.why_late(one.entry).get(one.pk, ""),
                }
                for one in queries.added_after(row)
            ],
        },
    )


@staff(*COMERS, methods=("POST",))
def make(request: DeskRequest, what: str) -> HttpResponse:
    """A scheme, an entry, a sheet or an appeal."""
    if what not in forms.MAKING:
        raise Http404
    name, kind = forms.MAKING[what]
    form = kind(request.POST, request.FILES, by=request.actor)
    if not form.is_valid():
        raise Invalid("assessment.form", _("没有填对：%s") % wrong(form))
    told = uploads.evidence(form.cleaned_data, by=request.actor)

    def done() -> str:
        forms.MADE[what](told, request.actor)
        return "/assessment/work"

    address = once(request, done)
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[what, name].label})
    return redirect(address)


@staff(*COMERS, methods=("POST",))
def do(request: DeskRequest, what: str, row: int, act: str) -> HttpResponse:
    """One step of a row that is there."""
    key, by = (what, act), request.actor
    if not any(key in some for some in (forms.PLAIN, forms.SPOKEN, forms.FILED)):
        raise Http404
    told = _filed(request, key) if key in forms.FILED else {}

    def done() -> str:
        if key in forms.FILED:
            forms.FILED[key][1](row, told, by)
        elif key in forms.SPOKEN:
            forms.SPOKEN[key](row, str(request.POST.get("words", "")), by)
        else:
            forms.PLAIN[key](row, by)
        return "/assessment/work"

    address = once(request, done)
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[key].label})
    return redirect(address)


def _filed(request: DeskRequest, key: tuple[str, str]) -> dict[str, Any]:
    form = forms.FILED[key][0](request.POST, request.FILES)
    if not form.is_valid():
        raise Invalid("assessment.form", _("没有填对：%s") % wrong(form))
    told = dict(form.cleaned_data)
    return {**told, **uploads.evidence(told, by=request.actor)}


@staff("assessor", "leader", methods=("POST",))
def simulate(request: DeskRequest) -> HttpResponse:
    """A scheme tried on the past: then and now beside each other, nothing kept."""
    of, span = _span(request)
    asked, kind = str(request.POST.get("scheme", "")), request.POST.get("kind", "region")
    row = queries.schemes_for(request.actor).filter(pk=key_in(asked)).first()
    if row is None or kind not in queries.KINDS:
        raise Invalid("assessment.form", _("选一个办法和一期"))
    moved = schemes.simulate(row.pk, span, kind, by=request.actor)
    names = queries.names(one.subject for one in moved)
    shown = [one for one in moved if one.then is not None or one.now is not None]
    shown.sort(key=lambda m: (m.rank_now or 10**6, m.subject))
    return render(
        request,
        "desk/pages/assessment_simulated.html",
        {
            "of": of,
            "scheme": row,
            "rows": [
                {"one": m, "name": names.get(m.subject, m.subject), "by": _change(m)} for m in shown
            ],
            "unscored": len(moved) - len(shown),
        },
    )


def _change(one: schemes.Moved) -> float | None:
    return None if one.then is None or one.now is None else round(one.now - one.then, 2)
