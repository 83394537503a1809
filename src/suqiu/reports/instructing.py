"""A leader's instruction on an issued report: given, reported, found done, taken note of."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.accounts.queries import people_as
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.orders.access import Denied
from suqiu.orders.actions import clocks
from suqiu.orders.actions.marking import mark
from suqiu.organisations.models import Unit
from suqiu.reports import queries, sending
from suqiu.reports.access import OUT
from suqiu.reports.instructions import FINDERS, OF_UNITS, OPEN, VERBS, Standing, can, sees
from suqiu.reports.models import Instruction, Report
from suqiu.reports.templates import Template

CLOCK = gettext_noop("批示落实")
BY = system("reports")
BATCH = 500
# Units that may be told to do something: those to which reports go.
OWNERS = {kind: post for post, kinds in sending.OF_UNITS.items() for kind in kinds}
Told = tuple[Instruction, dict[str, Any], dict[str, str]]


def visible_to(by: Actor) -> QuerySet[Instruction]:
    """The instructions that this person may see, what is due first."""
    rows = Instruction.objects.select_related("report__template", "owner").order_by("due", "pk")
    if by.is_system or by.roles & (FINDERS | {"leader"}):
        return rows
    return rows.filter(owner__in=by.units_as(*OF_UNITS))


def open_for(by: Actor) -> QuerySet[Instruction]:
    """Those that are not at their end: a leader's list is of what he gave, and of what was given by
    one who is a leader no more."""
    rows = visible_to(by).filter(state__in=OPEN)
    if "leader" in by.roles:
        others = {person.actor_id for person in people_as("leader")} - {by.id}
        rows = rows.exclude(given_by__in=others)
    return rows


def standing(row: Instruction) -> Standing:
    return standings([row])[row.pk]


def standings(rows: Sequence[Instruction]) -> dict[int, Standing]:
    """{instruction: how it stands}, asked for all of a page at once."""
    leaders = {person.actor_id for person in people_as("leader")}
    return {
        row.pk: Standing(
            row.state, row.owner_id, row.given_by, clock.local(row.given_at).date(),
            row.given_by in leaders, row.reported_by,
        )
        for row in rows
    }  # fmt: skip


def instruct(pk: int, *, words: str, owner: Unit, until: dt.date, by: Actor) -> Instruction:
    """Write on an issued report what a unit has to do by a day; the unit gets the report with it."""
    seen = queries.get_for(pk, by)
    if "leader" not in by.roles:
        raise NotAllowed("instruction.post", _("这一步不由您办"))
    if seen.state not in OUT:
        raise WrongState("report.state", _("报告现在不在这一步"))
    _well_said(words, until)
    if owner.kind not in OWNERS:
        raise Invalid("instruction.owner", _("选要办的单位"), field="owner")
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=pk)
        now = clock.now()
        row = Instruction.objects.create(
            report=report, words=clean(words), owner=owner, until=until, given_at=now,
            given_by=by.id, **_clock(now, until),
        )  # fmt: skip
        body = Template.model_validate(seen.template.body)
        sending.address_to(report, f"unit:{owner.pk}", OWNERS[owner.kind], body.read_within, by=by)
        facts = {**_whom(row), "until": until.isoformat()}
        told = {"words": row.words}
        journal.append(
            report.chain, "report.instruct", by=by, data=facts, unit=owner.pk, words=told
        )
    return row


def _well_said(words: str, until: dt.date) -> None:
    if not clean(words) or len(clean(words)) > 500:
        raise Invalid("instruction.words", _("写明批示内容，最多 500 字"), field="words")
    if until < clock.today():
        raise Invalid("instruction.until", _("期限已经过了"), field="until")


def _clock(now: dt.datetime, until: dt.date) -> dict[str, Any]:
    return {"code": "instruction", "name": CLOCK, "round": 1, **clocks.until(now, until)}


def _whom(row: Instruction) -> dict[str, Any]:
    return {"instruction": row.pk, "to": f"unit:{row.owner_id}", "giver": row.given_by}


@contextmanager
def advance(pk: int, verb: str, *, by: Actor, words: str | None = None) -> Iterator[Told]:
    """The only code that changes an instruction's state: lock, judge, change, tell the journal.

    `words` given: they may not be empty. Raises Missing, NotAllowed, WrongState, Invalid; then
    nothing has changed.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(instructions=pk).first()
        row = Instruction.objects.select_for_update().filter(pk=pk).first()
        it = standing(row) if row else None
        if row is None or report is None or it is None or not sees(by, it):
            raise Missing("missing", _("没有这件批示，或不归您看"))
        answer = can(by, verb, it)
        if isinstance(answer, Denied):
            raise answer.refusal(VERBS[verb].label)
        if words is not None and not clean(words):
            raise Invalid(
                "instruction.words", _("%s：没有写内容") % VERBS[verb].label, field="words"
            )
        facts, said = _whom(row), {"words": clean(words)} if words else {}
        yield row, facts, said
        row.state = VERBS[verb].to
        row.save()
        kind = f"report.instruction_{verb}"
        journal.append(report.chain, kind, by=by, data=facts, unit=row.owner_id, words=said or None)


def fulfil(pk: int, *, words: str, by: Actor) -> Instruction:
    """The owner reports how it was done."""
    with advance(pk, "fulfil", by=by, words=words) as (row, _facts, said):
        row.reported_at, row.reported_by, row.result = clock.now(), by.id, said["words"]
    return row


def confirm(pk: int, *, by: Actor) -> Instruction:
    """Another found it done: the clock ends, in time if it was reported in time; the result goes back
    to the leader who gave it."""
    with advance(pk, "confirm", by=by) as (row, facts, _said):
        row.confirmed_at, row.confirmed_by = clock.now(), by.id
        reported = row.reported_at or row.confirmed_at
        row.ended, row.late = row.confirmed_at, reported > row.due
        row.outcome = "late" if row.late else "met"
        facts["late"] = row.late
    return row


def refuse(pk: int, *, words: str, by: Actor) -> Instruction:
    """It is not done: the owner reports again, and the day stays."""
    with advance(pk, "refuse", by=by, words=words) as (row, _facts, _said):
        row.reported_at, row.reported_by = None, ""
    return row


def close(pk: int, *, by: Actor) -> Instruction:
    """The leader has taken note of the result."""
    with advance(pk, "close", by=by) as (row, _facts, _said):
        row.closed_at = clock.now()
    return row


def again(pk: int, *, words: str, until: dt.date, by: Actor) -> Instruction:
    """The leader is not content: it is to be done again by another day, with a fresh clock."""
    _well_said(words, until)
    with advance(pk, "again", by=by, words=words) as (row, facts, _said):
        row.reported_at, row.reported_by, row.confirmed_at, row.confirmed_by = None, "", None, ""
        fresh = {**_clock(clock.now(), until), "round": row.round + 1, "outcome": "open",
                 "ended": None, "late": False, "reminded_at": None, "red_at": None}  # fmt: skip
        for name, value in fresh.items():
            setattr(row, name, value)
        row.until = until
        facts["until"] = until.isoformat()
    return row


def withdraw(pk: int, *, words: str, by: Actor) -> Instruction:
    with advance(pk, "withdraw", by=by, words=words) as (row, _facts, _said):
        row.ended, row.outcome = clock.now(), "cancelled"
    return row


def remind() -> int:
    """A reminder before an instruction's day, a red mark after it that the leader hears of too, each
    once. What is reported waits for others: its owner is not reminded, and a late finding reddens
    nobody."""
    rows = Instruction.objects.filter(state="given").select_related("report")
    return mark(rows, hold=lambda row: sending.held(row.report_id), tell=_tell)


def _tell(row: Instruction, red: bool) -> None:
    facts = {**_whom(row), "due": row.due.isoformat()}
    kind = "report.instruction_late" if red else "report.instruction_soon"
    journal.append(row.report.chain, kind, by=BY, data=facts, unit=row.owner_id)
