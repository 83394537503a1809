"""Visits on the desk: the month and the map of what was seen, one visit on one page, its pictures."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.desk import shapes
from suqiu.desk import visit_forms as forms
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.pictures import shown
from suqiu.orders.places import Place, metres
from suqiu.orders.queries import visible_to as orders_of
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.access import COMERS, READERS, can
from suqiu.supervision.visits.models import Commitment, Stop, Visit
from suqiu.supervision.visits.rules import met_kinds
from suqiu.supervision.visits.states import LABELS, VERBS, WHYS, State

ENTRIES = 15


@staff(*sorted(COMERS))
def one(request: DeskRequest, visit: str) -> HttpResponse:
    row = queries.get_for(request.actor, visit)
    return render(request, "desk/pages/visit.html", _page(request, row))


@staff(*sorted(COMERS), methods=("POST",))
def do(request: DeskRequest, visit: str, way: str) -> HttpResponse:
    """One step of the visit, of one of its stops or commitments."""
    by = request.actor
    row = queries.get_for(by, visit, log=False)
    if way not in forms.ACTS:
        raise Http404
    stop = forms.stop_of(row, request.POST) if way in forms.OF_STOP else None
    form = forms.form_for(way, row, by, request.POST, request.FILES, stop=stop)
    if not form.is_valid():
        raise Invalid("visit.form", _("没有填对：%s") % wrong(form))
    files = forms.kept_files(form, by)

    def done() -> str:
        forms.do(way, row, form.cleaned_data, files, request.POST, by)
        return f"/visits/{row.number}" + (f"#stop-{stop.pk}" if stop else "")

    address = once(request, done)
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[way].label})
    return redirect(address)


@staff(*sorted(COMERS))
def photo(request: DeskRequest, visit: str, photo: int, form: str) -> HttpResponse:
    """One picture, through its visit and in no other way; the original stays in the house."""
    row = queries.get_for(request.actor, visit, log=False)
    return shown(request, queries.photo_for(row, photo), form, row.chain)


def _page(request: DeskRequest, row: Visit) -> dict[str, Any]:
    by, it = request.actor, queries.standing(row)
    stops = list(
        row.stops.select_related("street__region", "category")
        .prefetch_related("met", "photos__file", "commitments__owner")
        .order_by("position")
    )
    people = list(row.visitors.values_list("actor", flat=True))
    called = names({*people, row.planned_by, *(s.logged_by for s in stops)} - {""})
    may = {name for name in VERBS if can(by, name, it)}
    found = problems(list(queries.problems_in(row).order_by("pk")), by)
    return {
        "row": row,
        "state": LABELS[State(row.state)],
        "people": [called[one] for one in people],
        "planner": called[row.planned_by],
        "stops": [_stop(row, s, by, may, called, found, n and stops[n - 1]) for n, s in enumerate(stops)],
        "steps": [
            {"name": n, "verb": VERBS[n], "form": forms.form_for(n, row, by)}
            for n in forms.OF_VISIT
            if n in may and (n != "cancel" or not any(s.arrived_at for s in stops))
        ],
        "found": found,
        "all_done": all(s.arrived_at or s.skipped_at for s in stops),
        "on_phone": by.id in people and row.state == State.PLANNED,
        "journal": _journal(row) if by.roles & READERS else [],
    }  # fmt: skip


def _stop(
    row: Visit, stop: Stop, by: Actor, may: set[str], called: dict[str, str],
    found: list[dict[str, Any]], before: Any,
) -> dict[str, Any]:  # fmt: skip
    done = bool(stop.arrived_at or stop.skipped_at)
    fits = {"log": not done, "skip": not done, "find": stop.arrived_at, "promise": stop.arrived_at}
    return {
        "one": stop,
        "why": WHYS[stop.why],
        "by": called.get(stop.logged_by, ""),
        "met": [met_kinds().get(m.kind, m.kind) for m in stop.met.all()],
        "way": _way(before, stop) if before else None,
        "problems": [one for one in found if one["stop"] == stop.pk],
        "commitments": [commitment(c, by) for c in stop.commitments.all()],
        "steps": [
            {
                "name": n,
                "verb": VERBS[n],
                "form": forms.form_for(n, row, by, stop=stop, about=stop.pk),
            }
            for n in forms.OF_STOP
            if n in may and fits[n]
        ],
    }


def _way(before: Stop, stop: Stop) -> int | None:
    """Metres from the stop before, as the crow flies; None where one has no place."""
    if None in (before.lon, before.lat, stop.lon, stop.lat):
        return None
    here, there = (Place(s.lon or 0.0, s.lat or 0.0) for s in (before, stop))
    return round(metres(here, there))


def problems(rows: list[Any], by: Actor) -> list[dict[str, Any]]:
    """What was found (`queries.with_outcome`), as far as this reader may follow it to its order."""
    open_to = set(
        orders_of(by).filter(pk__in=[p.order_id for p in rows]).values_list("pk", flat=True)
    )
    return [
        {
            "stop": p.stop_id,
            "order": p.order,
            "street": p.stop.street.name,
            "opens": p.order_id in open_to,
            "title": shapes.text(p.order, by).title if p.order_id in open_to else "",
            "badge": shapes.state(p.order, by),
            "solved": p.said,
            "verified": p.verified,
        }
        for p in rows
    ]


def commitment(row: Commitment, by: Actor) -> dict[str, Any]:
    """One promise, whether its day has passed, and the form of who may look after it."""
    visit = row.stop.visit
    may = row.kept is None and can(by, "settle", queries.standing(visit, row))
    form = forms.form_for("settle", visit, by, about=f"c{row.pk}") if may else None
    late = row.kept is None and row.until < clock.today()
    return {"one": row, "late": late, "form": form, "verb": VERBS["settle"], "visit": visit}


def _journal(row: Visit) -> list[dict[str, Any]]:
    entries = list(reversed(audit.chain(row.chain)))[:ENTRIES]
    called = names({e.actor for e in entries})
    said = {
        "visit.planned": _("立走访"),
        "visit.stop": _("定一站"),
        "audit.erased": _("依法删去文字"),
    }
    return [
        {
            "at": e.at,
            "what": said.get(e.kind) or VERBS[e.kind.removeprefix("visit.")].label,
            "by": called[e.actor],
            "number": e.seq,
        }
        for e in entries
    ]
