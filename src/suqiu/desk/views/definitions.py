"""What the rates mean, and how one order counts in them: from a number down to the journal."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import timeline
from suqiu.desk.views.doors import staff
from suqiu.figures import call_rates, rules, words
from suqiu.figures.meanings import MEANINGS
from suqiu.figures.reasons import EXEMPTED, GROUNDS, LOST, REASONS, UNCOUNTED
from suqiu.figures.rules import DEFINITIONS
from suqiu.figures.trace import READERS, Traced, readable, trace
from suqiu.figures.weights import weighting
from suqiu.orders.access import is_inside
from suqiu.orders.queries import get_for
from suqiu.policy import rates as policy
from suqiu.policy.queries import in_force, pack
from suqiu.policy.rules import Pack

PARTS = {
    "numerator": _("计入分子"),
    "denominator": _("只计入分母"),
    "excluded": _("剔除"),
    "": _("不计"),
}
FEW = 40


@staff(*READERS)
def definitions(request: DeskRequest) -> HttpResponse:
    """Every rate in words, under the pack in force."""
    rule = pack(in_force().pk)
    context = {
        "pack": rule,
        "rates": [_told(code, rule) for code in readable(request.actor)],
        "reasons": [(code, name, GROUNDS[code]) for code, name in REASONS.items()],
        "calls": call_rates.DEFINITIONS.values() if is_inside(request.actor) else [],
        "least": rules.LEAST_TO_RANK,
        "year_begins": rule.figures.year_begins,
    }
    return render(request, "desk/pages/definitions.html", context)


def _told(code: str, rule: Pack) -> dict[str, Any]:
    row, meaning = DEFINITIONS[code], MEANINGS[code]
    said = rules.terms(row, rule)
    as_met = said.exempted == policy.AS_MET
    out = [one for one in (*said.reasons, *row.never, EXEMPTED) if one != EXEMPTED or not as_met]
    return {
        "code": code,
        "name": row.name,
        "meaning": meaning,
        "variant": DEFINITIONS[meaning.variant].name if meaning.variant else "",
        "weighting": weighting(code, [said]),
        "reasons": [words.reason(one) for one in dict.fromkeys(out)],
        "as_met": as_met,
        "of_clocks": row.of_clocks,
    }


@staff(*READERS)
def of_order(request: DeskRequest, number: str) -> HttpResponse:
    """How this order counts in each rate, and the entries of its journal that this rests on."""
    by = request.actor
    order = get_for(by, number)
    context = {
        "order": order,
        "pack": pack(order.pack_id),
        "rows": [_counted(one) for one in trace(order, by)],
    }
    return render(request, "desk/pages/order_figures.html", context)


def _counted(one: Traced) -> dict[str, Any]:
    return {
        "name": DEFINITIONS[one.code].name,
        "part": one.part,
        "label": PARTS[one.part],
        "why": _why(one),
        "weight": one.weight,
        "entries": [
            {"number": e.seq, "at": e.at, "what": timeline.head(e), "hash": timeline.short(e)}
            for e in one.entries[:FEW]
        ],
        "more": max(0, len(one.entries) - FEW),
    }


def _why(one: Traced) -> list[str]:
    """Why it is left out, by the name of the reason; where it is not counted, what it lacks too."""
    named = [words.reason(one.reason)] if one.reason else []
    if one.part:
        return named
    return [*named, str(LOST if one.lost else UNCOUNTED[one.code])]
