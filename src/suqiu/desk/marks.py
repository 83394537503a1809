"""An entry of other work as pages show it, and what an expert from outside is shown to mark."""

from typing import Any

from suqiu.assessment import queries
from suqiu.assessment.access import can
from suqiu.assessment.actions import standing
from suqiu.assessment.models import Entry, Sheet
from suqiu.assessment.states import LABELS, VERBS, WAYS
from suqiu.base.actors import Actor
from suqiu.desk import assessment_forms as forms
from suqiu.supervision.external.models import Invitation


def line_of(row: Entry, by: Actor) -> dict[str, Any]:
    """Who is scored reads that one from outside gave the mark, and not his name."""
    works = queries.body(queries.scheme_on(row.day)).works
    own, why = row.made_by == by.id, queries.why_late(row)
    return {
        "one": row,
        "state": LABELS[row.state],
        "steps": [],
        "name": queries.names([row.subject]).get(row.subject, row.subject),
        "work": works[row.work].name if row.work in works else row.work,
        "way": WAYS.get(row.way, ""),
        "expert": row.expert if own or queries.sees_all(by) else "",
        "evidence": [
            {
                "row": e,
                "path": f"/assessment/entries/{row.pk}/evidence/{e.pk}",
                "why": why.get(e.pk, ""),
            }
            for e in row.evidence.all()
        ],
    }


def waiting(by: Actor) -> list[Entry]:
    """The entries that wait for somebody to confirm them, and that he may."""
    rows = queries.entries_for(by).filter(state="entered")
    return [row for row in rows if can(by, "confirm", standing(row, by))]


def of_invitation(row: Invitation, by: Actor, is_his: bool) -> dict[str, Any]:
    """The marks given on this invitation, and the form for one where it is his to give."""
    if row.kind != "sheet":
        return {"entries": [], "mark": None}
    given = queries.entries_for(by).filter(invitation=row)
    form = forms.Mark(sheet=sheet_of(row)) if is_his else None
    return {
        "entries": [
            {**line_of(one, by), "steps": _bringing(row, one, by, is_his)} for one in given
        ],
        "mark": form if form and form.fields["work"].choices else None,  # type: ignore[attr-defined]
    }


def _bringing(row: Invitation, one: Entry, by: Actor, is_his: bool) -> list[dict[str, Any]]:
    """The one step that is left to who gave the mark: to bring what it stands on."""
    if not is_his or one.made_by != by.id or not can(by, "bring", standing(one, by)):
        return []
    form = forms.Add(auto_id=f"entry-{one.pk}-bring-%s")
    return [{"verb": VERBS["entry", "bring"], "form": form, "invitation": row.pk}]


def sheet_of(row: Invitation) -> Sheet:
    return Sheet.objects.select_related("scheme").get(pk=int(row.key))
