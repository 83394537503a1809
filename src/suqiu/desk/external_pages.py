"""What the pages of supervisors from outside show."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.assessment import queries as assessment
from suqiu.assessment.models import Sheet
from suqiu.assessment.outside import of_sheet
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.desk import external_forms as forms
from suqiu.desk import marks
from suqiu.desk.middleware import DeskRequest
from suqiu.orders.access import Denied
from suqiu.policy.queries import in_force, pack
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.queries import get_for as case_for
from suqiu.supervision.cases.queries import visible_to as cases_visible_to
from suqiu.supervision.external import queries
from suqiu.supervision.external.access import APPOINTS, KEEPERS, READERS, ROLE
from suqiu.supervision.external.models import Invitation, Opinion, Term
from suqiu.supervision.external.states import KINDS, LABELS, THINGS, WAYS, State
from suqiu.supervision.external.things import Thing, is_own, look, of_case, of_inspection
from suqiu.supervision.inspections.queries import get_for as inspection_for

PAGE = 100


def thing_of(row: Invitation) -> Thing:
    """What this invitation opens."""
    if row.case is not None:
        return of_case(row.case)
    if row.inspection is not None:
        return of_inspection(row.inspection)
    return of_sheet(row.key)


def thing_named(kind: str, key: str, by: Actor) -> Thing:
    """The thing of this number, for one who may see it himself. Raises Missing."""
    if kind == "case":
        return of_case(case_for(by, key))
    if kind == "inspection":
        return of_inspection(inspection_for(by, key))
    start, end = assessment.period(key)
    row = assessment.sheets_for(by).filter(start=start, end=end).exclude(state="dropped").first()
    if row is None:
        raise Missing("missing", _("没有这张考核表，或不归您看"))
    return of_sheet(str(row.pk))


def pack_of(row: Opinion) -> int:
    """Whose limits hold for it; 0: those in force."""
    case = row.invitation.case
    return case.pack_id if case is not None else 0


def mine(by: Actor) -> dict[str, Any]:
    """His page: what he is invited to, what waits for him, what was answered."""
    rows = list(queries.opinions(by)[:PAGE])
    waiting = {State.UNCONFIRMED, State.ANSWERED}
    return {
        "invitations": [_invited(row) for row in queries.invitations(by)[:PAGE]],
        "waiting": [_line(row) for row in rows if row.state in waiting],
        "others": [_line(row) for row in rows if row.state not in waiting],
        "terms": [
            _term(t) for t in queries.terms_in_office().filter(person=int(by.id.split(":")[1]))
        ],
    }


def unit(by: Actor) -> dict[str, Any]:
    rows = [_line(row) for row in queries.opinions(by)[:PAGE]]
    return {
        "owed": [line for line in rows if line["row"].state == State.OPEN],
        "rows": [line for line in rows if line["row"].state != State.OPEN],
    }


def centre(by: Actor) -> dict[str, Any]:
    """Who is in office and what each did in his term, what is owed, what is not confirmed."""
    held = {t.pk for t in queries.terms_in_office()}
    rows = list(queries.terms(by)[:PAGE])
    until = clock.now() + dt.timedelta(seconds=1)  # what happened this very second too
    done = {
        t.pk: queries.activity(t.appointed_at, until, Term.objects.filter(pk=t.pk))[0] for t in rows
    }
    lines = [_line(row) for row in queries.opinions(by)[:PAGE]]
    first = {State.OPEN: 0, State.UNCONFIRMED: 1, State.ANSWERED: 2}
    return {
        "terms": [{**_term(t), "held": t.pk in held, "done": done[t.pk]} for t in rows],
        "opinions": sorted(lines, key=lambda one: first.get(one["row"].state, 3)),
        "invitations": [_invited(row) for row in queries.invitations(by)[:PAGE]],
        "appoint": forms.Appoint() if by.roles & APPOINTS else None,
        "end": forms.Reason() if by.roles & APPOINTS else None,
        "invite": forms.Invite() if by.roles & KEEPERS else None,
    }


def _term(term: Term) -> dict[str, Any]:
    left = (min(term.until, term.ended_on or term.until) - clock.today()).days
    near = pack(in_force().pk).supervision.outside.remind_days
    return {
        "row": term,
        "kind": KINDS[term.kind],
        "last": term.ended_on or term.until,
        "left": left if 0 <= left <= near else None,
    }


def _invited(row: Invitation) -> dict[str, Any]:
    title = row.key if row.kind != "sheet" else _sheet_name(row.key)
    return {"row": row, "thing": THINGS[row.kind], "key": title, "kind": KINDS[row.term.kind]}


def _sheet_name(key: str) -> str:
    row = Sheet.objects.filter(pk=int(key)).first()
    return assessment.name_of((row.start, row.end)) if row else key


def _line(row: Opinion) -> dict[str, Any]:
    return {
        "row": row,
        "state": LABELS[State(row.state)],
        "way": WAYS[row.way],
        "of": _invited(row.invitation),
        "owes": row.unit,
        "clock": queries.clock_of(row),
    }


def invitation(row: Invitation, request: DeskRequest) -> dict[str, Any]:
    """The masked thing, the look at its orders logged, and the form for an opinion."""
    by, thing = request.actor, thing_of(row)
    inside = bool(by.roles & KEEPERS)
    if thing.shut and not by.roles & READERS:
        raise Missing("missing", _("没有这份邀请，或不归您看"))
    is_his = by.id == row.term.actor_id and ROLE in by.roles
    return {
        **_invited(row),
        "title": thing.title,
        "sections": look(thing, by),
        "opinions": [_line(o) for o in queries.opinions(by).filter(invitation=row)],
        "opine": forms.Opine(thing=thing) if is_his else None,
        **marks.of_invitation(row, by, is_his),
        "enter": forms.Enter(thing=thing) if inside and row.dossiers.exists() else None,
        "barred": inside and is_own(thing, by),
        "keeps": inside and row.withdrawn_at is None and queries.holds(row.term),
        "reads": bool(by.roles & READERS),
        "printed": row.dossiers.count(),
    }


def opinion(row: Opinion, by: Actor) -> dict[str, Any]:
    """One opinion with its answers. Who is asked for an answer reads of which kind its giver is, and
    not his name."""
    row.refresh_from_db()
    reads = bool(by.roles & READERS)
    inside = queries.invitations(by).filter(pk=row.invitation_id).exists()
    answers = list(row.answers.order_by("round"))
    called = names({a.by for a in answers} | {row.entered_by}) if reads else {}
    menu = queries.menu(row, by, thing_of(row.invitation) if reads else None)
    return {
        **_line(row),
        "inside": inside,
        "giver": row.invitation.term.name if inside else "",
        "case": _own_case(row, by) if not inside else None,
        "entered": called.get(row.entered_by, "") if row.way != "own" else "",
        "answers": [{"row": a, "by": called.get(a.by, "")} for a in answers],
        "clocks": list(row.obligations.order_by("pk")),
        "steps": [
            {"verb": verb, "form": forms.OF_VERB[verb.name]()}
            for verb, answer in menu
            if not isinstance(answer, Denied)
        ],
        "refused": [
            (verb, answer)
            for verb, answer in menu
            if isinstance(answer, Denied) and answer.code != "state"
        ],
    }


def _own_case(row: Opinion, by: Actor) -> Case | None:
    """Where the unit reads what the opinion is about: its own case, if it may open it."""
    return cases_visible_to(by).filter(pk=row.invitation.case_id or 0).first()


def dossier(row: Invitation, thing: Thing, code: str, by: Actor) -> dict[str, Any]:
    """What is printed: the same as he would read logged in, what stands in his name, and a blank."""
    return {
        "row": row,
        "title": thing.title,
        "kind": KINDS[row.term.kind],
        "sections": look(thing, by),
        "code": code,
        "opinions": [_line(o) for o in row.opinions.order_by("pk")],
        "at": clock.now(),
        "blank": range(8),
    }


def pressed(context: dict[str, Any], press: Callable[[str], bytes]) -> bytes:
    """The same as PDF; a paper is Chinese in every language of the screens."""
    with translation.override("zh-hans"):
        return press(render_to_string("desk/external_paper.html", context))


def address_of(request: DeskRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("portal:opinion", args=[token]))
