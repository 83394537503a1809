"""Signals on the desk: what asks for somebody's eyes, with its evidence, and what was found."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.accounts.queries import names
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.desk import shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.signal_forms import Verdict
from suqiu.desk.spoken import wrong
from suqiu.desk.views.doors import once, staff
from suqiu.figures.words import level
from suqiu.orders.access import Denied
from suqiu.supervision.signals import actions, queries
from suqiu.supervision.signals.access import READERS, RULES, may_rule
from suqiu.supervision.signals.models import Evidence, Signal
from suqiu.supervision.signals.rules import KINDS, VERDICTS

PAGE, LATEST, SHOWN, EACH = 20, 20, 12, 40


@staff(*sorted(READERS))
def show(request: DeskRequest) -> HttpResponse:
    by = request.actor
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    rows = queries.visible_to(by)
    rows = rows.filter(kind=kind) if kind else rows
    found, further = queries.page(rows, request.GET.get("after", ""), PAGE)
    ruled = rows.exclude(verdict="").select_related("unit").order_by("-ruled_at", "-pk")
    done = list(ruled[:LATEST])
    evidence = queries.evidence_of([*found, *done])
    journal.looked("signals", "signals", by=by, data={"kind": kind, "n": len(found)})
    context = {
        "rows": [_row(request, one, evidence.get(one.pk, [])) for one in found],
        "done": _done(done, evidence),
        "kinds": _kinds(request, kind),
        "kind": kind,
        "after": further,
    }
    return render(request, "desk/pages/signals.html", context)


@staff(*sorted(RULES), methods=("POST",))
def rule(request: DeskRequest, signal: int) -> HttpResponse:
    row = queries.get_for(request.actor, signal)
    form = Verdict(request.POST)
    if not form.is_valid():
        raise Invalid("signal.form", _("没有填全：%s") % wrong(form))
    told = dict(form.cleaned_data)

    def ruled() -> str:
        actions.rule(row.pk, **told, by=request.actor)
        return reverse("desk:signals")

    address = once(request, ruled)
    messages.success(request, _("结论已记下"))
    return redirect(address)


def _kinds(request: DeskRequest, chosen: str) -> list[dict[str, Any]]:
    counts = queries.counts(request.actor)
    return [
        {
            "code": code,
            "name": name,
            "open": counts[code][""],
            "founded": counts[code]["founded"],
            "ruled": sum(n for verdict, n in counts[code].items() if verdict),
            "chosen": code == chosen,
        }
        for code, name in KINDS.items()
    ]


def _row(request: DeskRequest, one: Signal, pieces: list[tuple[Evidence, Any]]) -> dict[str, Any]:
    answer = may_rule(one, request.actor)
    matters = _matters(request, pieces)
    return {
        "one": one,
        "name": KINDS[one.kind],
        "late": one.next_due < clock.now(),
        "matters": matters[:SHOWN],
        "rest": matters[SHOWN:],
        "no": answer.reason if isinstance(answer, Denied) else "",
        "form": Verdict(auto_id=f"s{one.pk}_%s"),
    }


def _done(
    rows: list[Signal], evidence: dict[int, list[tuple[Evidence, Any]]]
) -> list[dict[str, Any]]:
    called = names({one.ruled_by for one in rows})
    return [
        {
            "one": one,
            "name": KINDS[one.kind],
            "verdict": VERDICTS[one.verdict],
            "who": called.get(one.ruled_by, ""),
            "orders": sorted({p.order.number for p, _row in evidence.get(one.pk, [])}),
        }
        for one in rows
    ]


def _matters(request: DeskRequest, pieces: list[tuple[Evidence, Any]]) -> list[dict[str, Any]]:
    """One line for each order, however many of its pieces speak; they open behind it."""
    of_order: dict[int, list[tuple[Evidence, Any]]] = {}
    for both in pieces:
        of_order.setdefault(both[0].order_id, []).append(both)
    shown = []
    for own in of_order.values():
        order, told = own[0][0].order, [_piece(*both) for both in own]
        times = Counter(one["told"] for one in told)
        shown.append(
            {
                "number": order.number,
                "title": shapes.text(order, request.actor).title,
                "said": [f"{said} × {n}" if n > 1 else said for said, n in times.items()],
                "first": told[0],
                "last": told[-1],
                "n": len(told),
                "pieces": told[:EACH] if len(told) > 1 else [],
                "more": max(0, len(told) - EACH),
            }
        )
    return shown


def _piece(piece: Evidence, row: Any) -> dict[str, Any]:
    """One piece in words, with the picture itself where it is one."""
    table = piece.ref.partition(":")[0]
    told = _TOLD[table](row) if row is not None else _("表扬")
    return {
        "at": piece.at,
        "told": told,
        "quoted": row.words if table == "feedback" and row is not None else "",
        "picture": row.pk if table == "attachment" and row is not None else 0,
    }


def _verification(row: Any) -> str:
    stage = _("首次回访") if row.stage == "first" else _("二次回访")
    solved = {True: _("已解决"), False: _("未解决")}.get(row.solved, "")
    return " · ".join(
        filter(None, [stage, solved, level(row.satisfaction) if row.satisfaction else ""])
    )


def _contact(row: Any) -> str:
    return _("承办人联系了诉求人") if row.reached else _("承办人联系未接通")


def _feedback(row: Any) -> str:
    said = {"satisfied": _("诉求人说满意"), "dissatisfied": _("诉求人说不满意")}
    reached = _("记为已告知") if row.reached else _("记为未接通")
    return " · ".join(filter(None, [_("答复"), reached, said.get(row.citizen_said, "")]))


def _own_answer(row: Any) -> str:
    told = {"yes": _("解决了"), "partly": _("解决了一部分"), "no": _("没有解决")}
    return _("诉求人自己评价") + " · " + told[row.solved]


def _request(row: Any) -> str:
    days = row.days or 0
    return ngettext("申请延期 %(n)d 个工作日", "申请延期 %(n)d 个工作日", days) % {"n": days}


def _attachment(row: Any) -> str:
    return _("照片")


_TOLD = {
    "verification": _verification,
    "contact": _contact,
    "feedback": _feedback,
    "own_answer": _own_answer,
    "request": _request,
    "attachment": _attachment,
}
