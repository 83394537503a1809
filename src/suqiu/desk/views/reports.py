"""Reports: the list, one report with its words and figures, and the steps on its way."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, Refused
from suqiu.desk.context import REPORT_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import instructions
from suqiu.desk.views.doors import staff
from suqiu.files.queries import opened
from suqiu.notifications.actions import report_seen
from suqiu.orders.access import Denied
from suqiu.reports import actions, printing, proof, queries, sending
from suqiu.reports.access import OUT, can, unwritten
from suqiu.reports.instructions import VERBS as OF_INSTRUCTIONS
from suqiu.reports.models import Report
from suqiu.reports.states import CHECKERS, FROZEN, STATES, VERBS, WRITERS

KINDS = {
    "monthly": gettext_lazy("月报"),
    "special": gettext_lazy("专报"),
    "circular": gettext_lazy("通报"),
}
MONTHS = 6
OF_READING = {"report.sent", "report.read", "report.soon", "report.late",
              "report.instruction_soon", "report.instruction_late"}  # fmt: skip
STEPS: dict[str, Callable[..., Report]] = {
    "recount": actions.recount,
    "pass": actions.review,
    "send_back": actions.send_back,
    "issue": actions.issue,
    "drop": actions.drop,
    "correct": actions.correct,
}


@staff(*sorted(REPORT_READERS))
def show(request: DeskRequest) -> HttpResponse:
    found = list(queries.readable(request.actor)[:100])
    checks, counts = bool(request.actor.roles & CHECKERS), queries.read_counts(found)
    mine = queries.own_recipients(request.actor).filter(ended=None)
    unread = set(mine.values_list("report", flat=True))
    rows = [
        {
            "one": row, "kind": KINDS[row.kind], "state": STATES[row.state], "last": _last(row),
            "read": counts.get(row.pk) if checks else None,
            "unread": row.pk in unread,
        }
        for row in found
    ]  # fmt: skip
    context: dict[str, Any] = {
        "checks": checks,
        "rows": rows,
        "kinds": KINDS.items(),
        "months": _over(),
    }
    context["may_draft"] = bool(request.actor.roles & WRITERS)
    return render(request, "desk/pages/reports.html", context)


@staff(*sorted(WRITERS), methods=("POST",))
def draft(request: DeskRequest) -> HttpResponse:
    month = next((m for m in _over() if f"{m:%Y-%m}" == request.POST.get("month")), None)
    try:
        if month is None:
            raise Invalid("report.period", _("请从最近几个月里选一个"))
        after = (month + dt.timedelta(days=31)).replace(day=1)
        row = actions.draft(request.POST.get("kind", ""), month, after, by=request.actor)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("desk:reports")
    return redirect("desk:report", row.pk)


@staff(*sorted(REPORT_READERS))
def report(request: DeskRequest, pk: int) -> HttpResponse:
    row = queries.get_for(pk, request.actor)
    sending.opened(row, by=request.actor)
    report_seen(row.pk, by=request.actor)
    context: dict[str, Any] = {
        "one": row,
        "kind": KINDS[row.kind],
        "state": STATES[row.state],
        "last": _last(row),
        "issuer": actions.issuer(row),
        "may_edit": bool(can("edit", row.state, row.hands, request.actor, ())),
        "steps": _steps(row, request),
        "texts": [
            {**s, "text": "\n".join(s["paragraphs"]), "laid": printing.laid(s["table"])}
            for s in row.sections
        ],
        "files": list(row.made.select_related("file").order_by("form")),
        "past": _past(row) if request.actor.roles & CHECKERS else [],
        "readers": _readers(row, request),
        "instructions": instructions.of_report(row, request.actor),
        "give": instructions.Give() if _may_instruct(row, request.actor) else None,
        "corrections": Report.objects.filter(corrects=row).order_by("pk"),
    }
    if request.GET.get("verify") and row.state == FROZEN:
        context["found"] = proof.examine(row)
    return render(request, "desk/pages/report.html", context)


@staff(*sorted(REPORT_READERS), methods=("POST",))
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    queries.get_for(pk, request.actor)
    texts, title = request.POST.getlist("text"), request.POST.get("title", "")
    try:
        actions.edit(pk, title, texts, by=request.actor)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已保存"))
    return redirect("desk:report", pk)


@staff(*sorted(REPORT_READERS), methods=("POST",))
def act(request: DeskRequest, pk: int, verb: str) -> HttpResponse:
    """One step on the report's way; a refusal leads back to it with the reason."""
    queries.get_for(pk, request.actor)
    if verb not in STEPS:
        raise Missing("missing", _("没有这份报告，或不归您看"))
    try:
        row = STEPS[verb](pk, by=request.actor)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("desk:report", pk)
    return redirect("desk:report", row.pk)


@staff(*sorted(REPORT_READERS))
def preview(request: DeskRequest, pk: int) -> HttpResponse:
    """The paper as it would be printed now."""
    row = queries.get_for(pk, request.actor)
    data = printing.pdf(row, actions.issuer(row))
    headers = {"Content-Disposition": f'inline; filename="report-{row.pk}.pdf"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@staff(*sorted(REPORT_READERS))
def file(request: DeskRequest, pk: int, form: str) -> HttpResponse:
    row = queries.get_for(pk, request.actor)
    sending.opened(row, by=request.actor)
    made = row.made.select_related("file").filter(form=form).first()
    if made is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    found = opened(made.file, "original", by=request.actor, subject=row.chain)
    return HttpResponse(found.data, headers=found.headers)


def _steps(row: Report, request: DeskRequest) -> list[dict[str, Any]]:
    """What may be done next, and why not where the post would allow it."""
    if row.state == FROZEN:
        return []
    shown, lacking = [], unwritten(row.sections)
    for verb in ("pass", "issue", "recount", "send_back", "drop"):
        answer = can(verb, row.state, row.hands, request.actor, lacking)
        reason = answer.reason if isinstance(answer, Denied) else ""
        if isinstance(answer, Denied) and answer.code not in {"report.own", "report.unwritten"}:
            continue
        first = verb in {"pass", "issue"}
        shown.append({"verb": verb, "name": VERBS[verb].name, "reason": reason, "first": first})
    return shown


def _may_instruct(row: Report, by: Actor) -> bool:
    return "leader" in by.roles and row.state in OUT


def _readers(row: Report, request: DeskRequest) -> list[dict[str, Any]]:
    """To whom it was sent, those who have not read it first."""
    rows = queries.receipts(row, request.actor)
    called = names({r.to for r in rows if not r.unit} | {r.read_by for r in rows if r.read_by})
    now = clock.now()
    told = [
        {
            "one": r,
            "name": r.unit.name if r.unit else called[r.to],
            "by": called.get(r.read_by, "") if r.unit else "",
            "late": not r.ended and r.due < now,
        }
        for r in rows
    ]
    return sorted(told, key=lambda line: line["one"].ended is not None)


def _past(row: Report) -> list[dict[str, Any]]:
    # What concerns one receiver stands in the list of receivers.
    entries = [e for e in chain(row.chain) if e.kind not in OF_READING]
    called = names({entry.actor for entry in entries})
    words = {
        "draft": _("起草"),
        "unprinted": _("这台机器缺 Pango，文件没有做出来；装好并重启后自动补"),
        **{code: verb.name for code, verb in VERBS.items()},
        "instruct": _("批示"),
        **{f"instruction_{code}": verb.label for code, verb in OF_INSTRUCTIONS.items()},
    }
    return [
        {
            "at": e.at,
            "who": called[e.actor],
            "what": words.get(e.kind.removeprefix("report."), e.kind),
        }
        for e in entries
    ]


def _last(row: Report) -> dt.date:
    return row.end - dt.timedelta(days=1)


def _over() -> list[dt.date]:
    """The first days of the last months that are over, the newest first."""
    months, first = [], clock.today().replace(day=1)
    for _each in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        months.append(first)
    return months
