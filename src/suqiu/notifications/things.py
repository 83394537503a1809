"""What of supervision a message is about: what it is called, who may see it, and whom it names."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from suqiu.assessment.outside import of_sheet
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.notifications.models import Message
from suqiu.notifications.rules import THINGS
from suqiu.supervision.cases import queries as cases
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.states import CLOCKS
from suqiu.supervision.external import queries as external
from suqiu.supervision.external.models import Opinion, Term
from suqiu.supervision.external.states import THINGS as INVITED
from suqiu.supervision.meetings import queries as meetings
from suqiu.supervision.meetings.models import Decision, Meeting
from suqiu.supervision.visits import queries as visits
from suqiu.supervision.visits.models import Commitment

# The data of an entry that its message goes on telling: codes, ids and moments.
KEPT = ("code", "due", "until", "last", "round", "commitment", "decision")
OF_UNITS = ("head", "handler", "hub")


def of_chain(chain: str) -> tuple[str, int] | None:
    """("case", 12) for "case:12"; None for what no message is about."""
    kind, _colon, pk = chain.partition(":")
    return (kind, int(pk)) if kind in THINGS and pk.isdecimal() else None


def person(thing: str, pk: int) -> str:
    """The actor whom it names: who gave the opinion, who goes to the case; "" for nobody."""
    if thing == "opinion":
        row = Opinion.objects.select_related("invitation__term__person").get(pk=pk)
        return row.invitation.term.actor_id
    return Case.objects.get(pk=pk).inspector if thing == "case" else ""


def theirs(by: Actor) -> Q:
    """About something of supervision that this person may see. What a unit promised on a visit comes to
    the unit; the visit itself stays out of its sight."""
    doors = {
        "case": cases.visible_to(by),
        "opinion": external.opinions(by),
        "term": external.terms(by),
        "meeting": meetings.visible_to(by),
        "visit": visits.visible_to(by),
    }
    units = [f"unit:{pk}" for pk in by.units_as(*OF_UNITS)]
    seen = Q(thing="visit", to__in=units)
    for thing, rows in doors.items():
        own = rows.select_related(None).order_by().filter(pk=OuterRef("thing_id"))
        seen |= Q(Exists(own), thing=thing)
    return seen


def subject(message: Message) -> str:
    """What it is about, as its receiver knows it, without a word that anybody wrote."""
    pk, told = message.thing_id or 0, message.params
    if message.thing == "case":
        name = str(CLOCKS.get(told.get("code", ""), ""))
        return f"{INVITED['case']} {Case.objects.get(pk=pk).number} {name}".strip()
    if message.thing == "opinion":
        to = Opinion.objects.select_related("invitation").get(pk=pk).invitation
        called = of_sheet(to.key).title if to.kind == "sheet" else f"{INVITED[to.kind]} {to.key}"
        return f"{_('监督意见')} {called}"
    if message.thing == "term":
        return f"{Term.objects.get(pk=pk).name} {_('任期')} {told.get('last', '')}".strip()
    if message.thing == "meeting":
        return " ".join((_("会议决定"), Meeting.objects.get(pk=pk).number))
    return " ".join((_("走访承诺"), _promised(told))).strip()


def words(message: Message) -> str:
    """What was decided or promised, for who reads it in the house; erased with the rest."""
    told = message.params
    row: Decision | Commitment | None = None
    if message.thing == "meeting":
        row = Decision.objects.filter(pk=told.get("decision", 0)).first()
    elif message.thing == "visit":
        row = Commitment.objects.filter(pk=told.get("commitment", 0)).first()
    return row.words if row else ""


def until(message: Message) -> str:
    """By when, as a moment's words need it; "" where nothing runs."""
    told = message.params
    if "due" in told:
        return str(told["due"])
    day = told.get("until", "")
    return clock.end_of(dt.date.fromisoformat(day)).isoformat() if day else ""


def path(message: Message, by: Actor) -> str:
    """The page on which this person reads of it, "" where there is none for him."""
    pk = message.thing_id or 0
    if message.thing == "case":
        return f"/cases/{Case.objects.get(pk=pk).number}"
    if message.thing == "opinion":
        return f"/external/opinions/{pk}"
    if message.thing == "term":
        return "/external"
    if message.thing == "meeting":
        return f"/meetings/{Meeting.objects.get(pk=pk).number}"
    found = visits.visible_to(by).filter(pk=pk).first()
    return f"/visits/{found.number}" if found else ""


def _promised(told: dict[str, Any]) -> str:
    row = (
        Commitment.objects.select_related("stop__street")
        .filter(pk=told.get("commitment", 0))
        .first()
    )
    return f"{row.stop.street.name}" if row else ""
