"""Published inspections: what was found on the spot, by line. No order, no place, no name."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.base.text import without_identities
from suqiu.catalogue.queries import lines
from suqiu.portal.views import doors
from suqiu.supervision.inspections import openly, queries
from suqiu.supervision.inspections.models import Inspection
from suqiu.supervision.inspections.rules import Checklist

MOST = 24


@doors.public()
def show(request: HttpRequest) -> HttpResponse:
    published = list(queries.published()[:MOST])
    asked = request.GET.get("of", "")
    chosen = next((row for row in published if row.number == asked), None)
    if asked and chosen is None:
        raise Http404
    row = chosen or (published[0] if published else None)
    context: dict[str, Any] = {
        "row": row,
        "all": [
            {"number": one.number, "theme": without_identities(one.theme)} for one in published
        ],
    }
    if row:
        context |= _told(row)
    return render(request, "portal/inspections.html", context)


def _told(row: Inspection) -> dict[str, Any]:
    named = dict(lines())
    heads = {"random": _("随机抽查的"), "purposive": _("重点检查的")}
    notes = {
        "random": _("从封存的名单里抽签抽中，能代表全体。"),
        "purposive": _("封存之前按理由挑选的难件，不代表全体，另行计。"),
    }
    parts: dict[str, list[dict[str, Any]]] = {}
    for one in openly.rows(row.card):
        name = named.get(one.line, one.line) if one.line else ""
        parts.setdefault(one.part, []).append({"one": one, "name": name})
    checklist = Checklist.model_validate(row.checklist)
    return {
        "theme": without_identities(row.theme),
        "parts": [
            {
                "code": part,
                "head": heads[part],
                "note": notes[part],
                "rows": found,
                "few": found[0]["one"].items is None,
            }  # the first is the total
            for part, found in parts.items()
        ],
        "weights": (checklist.professional, checklist.social),
        "least": openly.LEAST,
        "few": openly.FEW,
    }
