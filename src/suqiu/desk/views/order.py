"""One order: all that is known of it, what may be done, and why not."""

import uuid
from typing import Any, cast, get_args

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.base.actors import Actor
from suqiu.base.language import word
from suqiu.callbacks.queries import compare
from suqiu.desk import beside, maps, shapes, signing
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import asked, timeline
from suqiu.desk.views.compared import compared
from suqiu.desk.views.doors import staff
from suqiu.figures.trace import READERS as TRACERS
from suqiu.files.queries import Form
from suqiu.intake.actions import CODE_ROLES, issue_code
from suqiu.orders.access import ORIGINALS, is_inside, is_secret
from suqiu.orders.actions.attach import KINDS
from suqiu.orders.actions.dispose import FACTS, RESULTS
from suqiu.orders.actions.reveal import reveal as open_identity
from suqiu.orders.models import Attachment, Order
from suqiu.orders.past import Past, read
from suqiu.orders.queries import attachment_for, attachments, get_for, menu, visible_to, with_past
from suqiu.orders.states import ENDS
from suqiu.policy.queries import pack
from suqiu.supervision.cases.queries import of_order
from suqiu.supervision.meetings.queries import of_order as of_order_studied
from suqiu.supervision.visits.queries import of_order as visit_of

SECONDS = 60
FEW_LINKS = 20
# The sign of a seat is one character wide.
SEATS = {
    "lead": pgettext_lazy("席位", "主"),
    "co": pgettext_lazy("席位", "协"),
    "callback": pgettext_lazy("席位", "访"),
    "centre": pgettext_lazy("席位", "中"),
    "supervisor": pgettext_lazy("席位", "督"),
}


@staff()
def show(request: DeskRequest, number: str) -> HttpResponse:
    order, past = with_past(request.actor, number)
    context = page(order, past, request.actor, request.GET.get("show", ""))
    return render(request, "desk/pages/order.html", context)


@staff(methods=("POST",))
def reveal(request: DeskRequest, number: str) -> HttpResponse:
    order = get_for(request.actor, number, log=False)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    shown = open_identity(order, reason=reason, note=note, by=request.actor)
    if request.htmx:  # within a form that is being written: only the person is swapped
        person = {
            **(shapes.person(order, request.actor) or {}),
            "revealed": {**shown, "seconds": SECONDS},
        }
        return render(request, "desk/parts/person.html", {"person": person})
    context = page(order, read(order), request.actor)
    context["person"] = {**(context["person"] or {}), "revealed": {**shown, "seconds": SECONDS}}
    return render(request, "desk/pages/order.html", context)


@staff(methods=("POST",))
def code(request: DeskRequest, number: str) -> HttpResponse:
    """A query code for whoever asks by telephone: in this one answer, and never again."""
    order = get_for(request.actor, number, log=False)
    told = issue_code(order, sent=uuid.uuid4().hex, by=request.actor)
    context = {**page(order, read(order), request.actor), "query_code": f"{told[:4]} {told[4:]}"}
    return render(request, "desk/pages/order.html", context)


def page(order: Order, past: Past, by: Actor, group: str = "") -> dict[str, Any]:
    """All parts of the page, each as this person may read it."""
    inside = is_inside(by)
    found = beside.read(order)
    told = timeline.told(order, by, audit.gathered_chain(found))
    looks = timeline.looked(order, found["looks"][::-1]) if inside else None
    calls = compare(order, found) if inside or order.state in ENDS else []
    rows = attachments(order, by, found)
    called = names(
        _did(order, past)
        | {entry.actor for entry in told.rows}
        | {look.actor for look in (looks.newest if looks else ())}
        | {call.by for found in calls for call in found.calls.values()}
        | {row.by for row in rows if row.by.startswith("person:")}
    )
    return {
        "order": order,
        "text": shapes.text(order, by),
        "place_of": shapes.place(order, by),
        "map": maps.of([order], by),
        "badge": shapes.state(order, by, past),
        "flags": shapes.flags(order),
        "track": shapes.clock_track(past.obligations, by),
        "bar": shapes.verb_bar(order, menu(order, by, past), by),
        "person": shapes.person(order, by),
        "rounds": rounds(order, past, called, by),
        "comparisons": [compared(found, called) for found in calls],
        "requests": asked.requests(past, called, withheld_seats(order, past, by)),
        "assists": assists(past, called),
        "own_answer": next(reversed(found["own_answers"]), None) if inside else None,
        "files": files(order, rows, called, by),
        "timeline": timeline.shown(
            timeline.entries(order, told, past, called, by), told.held, group
        ),
        "looks": timeline.looks(looks, called) if looks else None,
        "seats": [s for s in past.seats if s.role != "accused"],
        "seat_signs": SEATS,
        "leader_name": called.get(order.leader, ""),
        "signatures": signing.marks(order, past, called),
        "links": links(order, past, by),
        "cases": [case.number for case in of_order(order, by)] if found["cases"] else [],
        "studied": of_order_studied(order, by) if found["studied"] else [],
        "visit": visit_of(order, by) if found["visits"] else None,
        "may_open_case": bool(by.roles & {"inspector", "leader"}),
        "pack_name": pack(order.pack_id).name,
        "inside": inside,
        "may_trace": bool(by.roles & set(TRACERS)),
        "may_code": bool(by.roles & CODE_ROLES),
    }


def called_in(order: Order, past: Past) -> dict[str, str]:
    """What to call everyone who did something, asked of the database once."""
    return names(_did(order, past))


def _did(order: Order, past: Past) -> set[str]:
    did = {d.by for d in past.disposals} | {f.by for f in past.feedbacks}
    did |= {p.by for p in past.plans} | {s.by for s in past.signatures}
    did |= {s.leader for s in past.signatures}
    did |= {who for r in past.requests for who in (r.asked_by, r.ruled_by)}
    return (did | {a.answered_by for a in past.assists} | {order.leader}) - {""}


@staff()
def file(request: DeskRequest, number: str, attachment: int, form: str) -> HttpResponse:
    """One file, through its order and in no other way."""
    if form not in get_args(Form):
        raise Http404
    opened = attachment_for(request.actor, number, attachment, cast(Form, form))
    return HttpResponse(opened.data, headers=opened.headers)


def files(
    order: Order, rows: list[Attachment], called: dict[str, str], by: Actor
) -> dict[str, Any]:
    """The files in two groups: pairs of before and after round by round, and all others."""
    shown: list[dict[str, Any]] = [
        {
            "row": row,
            "file": row.file,
            "kind": word(KINDS[row.kind]),
            "by": row.unit or called.get(row.by) or _("诉求人（网上）"),
            "withheld": order.confidential and row.unit_id is None and not row.released,
        }
        for row in rows
    ]
    pairs = [one for one in shown if one["row"].kind in {"before", "after"}]
    return {
        "count": len(shown),
        "others": [one for one in shown if one not in pairs],
        "rounds": [
            {
                "round": n,
                "before": [o for o in pairs if o["row"].round == n and o["row"].kind == "before"],
                "after": [o for o in pairs if o["row"].round == n and o["row"].kind == "after"],
            }
            for n in sorted({one["row"].round for one in pairs}, reverse=True)
        ],
        "originals": bool(by.roles & ORIGINALS),
    }


def withheld_seats(order: Order, past: Past, by: Actor) -> frozenset[int]:
    """The seats whose words this person does not read: on a secret order the centre's, which may hold
    the citizen's own or tell who he is."""
    if not is_secret(order, by):
        return frozenset()
    return frozenset(s.pk for s in past.seats if s.role == "centre")


def rounds(order: Order, past: Past, called: dict[str, str], by: Actor) -> list[dict[str, Any]]:
    """What the unit said it did and told, round by round, the newest first."""
    withheld = withheld_seats(order, past, by)
    shown = [
        {
            "kind": "disposal",
            "round": d.round,
            "at": d.at,
            "by": called[d.by],
            "words": d.words,
            "basis": d.basis,
            "result": word(RESULTS.get(d.result, d.result)),
            "fact": word(FACTS.get(d.fact, d.fact)),
            "on_site_at": d.on_site_at,
            "passed_at": d.passed_at,
            "sent_back_at": d.sent_back_at,
        }
        for d in past.disposals
    ]
    shown += [
        {
            "kind": "plan",
            "round": p.round,
            "at": p.at,
            "by": called[p.by],
            "words": p.words,
            "case": p.case,
            "signed_at": p.signed_at,
            "sent_back_at": p.sent_back_at,
        }
        for p in past.plans
    ]
    shown += [
        {
            "kind": "feedback",
            "round": f.round,
            "at": f.at,
            "by": called[f.by],
            "words": _("由受理中心转告") if f.seat_id in withheld else f.words,
            "reached": f.reached,
        }
        for f in past.feedbacks
    ]
    return sorted(shown, key=lambda row: row["at"], reverse=True)


def links(order: Order, past: Past, by: Actor) -> list[dict[str, str]]:
    """The orders that belong to this one, each with how, as far as the person may see them."""
    above = {pk for pk in (order.parent_id, order.master_id) if pk is not None}
    near = above | {*past.children, *past.merged}
    if not near:
        return []
    return [
        {"how": _how(order, one), "number": one.number}
        for one in visible_to(by).filter(pk__in=near).order_by("pk")[:FEW_LINKS]
    ]


def _how(order: Order, one: Order) -> str:
    if one.pk == order.master_id:
        return _("主单")
    if one.pk == order.parent_id:
        return _("原件")
    if one.master_id == order.pk:
        return _("并入")
    return _("再提") if one.repeat else _("另拆")


def assists(past: Past, called: dict[str, str]) -> list[dict[str, Any]]:
    """What co-handling units were asked, and what they answered."""
    return [{"row": row, "by": called.get(row.answered_by, "")} for row in reversed(past.assists)]
