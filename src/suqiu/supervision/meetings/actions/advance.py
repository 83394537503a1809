"""The only code that changes a meeting's state: lock, judge, change, tell, in one transaction."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.base.text import clean
from suqiu.orders.access import Denied
from suqiu.supervision.meetings import queries
from suqiu.supervision.meetings.access import can, sees
from suqiu.supervision.meetings.models import Decision, Meeting
from suqiu.supervision.meetings.states import VERBS


@dataclass
class Step:
    """One verb being done at one locked meeting; what is noted here is told to the journal."""

    meeting: Meeting
    by: Actor
    at: dt.datetime
    decision: Decision | None = None
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    unit: int | None = None
    told: list[journal.Fact] = field(default_factory=list)

    def say(self, **words: str) -> None:
        """Keep words beside the entry, cleaned."""
        self.words |= {name: clean(value) for name, value in words.items() if clean(value)}


@contextmanager
def advance(
    meeting: Meeting, verb: str, *, by: Actor, decision: Decision | None = None, **required: str
) -> Iterator[Step]:
    """Do `verb` at this meeting; `required` are words that may not be empty.

    Raises Missing, NotAllowed, WrongState or Invalid; a refusal leaves nothing behind.
    """
    row = VERBS[verb]
    with transaction.atomic():
        found = Meeting.objects.select_for_update().filter(pk=meeting.pk).first()
        if decision is not None:
            decision = Decision.objects.filter(pk=decision.pk, meeting=meeting).first()
        it = queries.standing(found, decision) if found else None
        if found is None or it is None or not sees(by, it):
            raise Missing("missing", _("没有这次会议，或不归您看"))
        answer = can(by, row, it)
        if isinstance(answer, Denied):
            raise answer.refusal(row.label, number=found.number)
        for name, value in required.items():
            if not clean(value):
                raise Invalid("meeting.empty", _("%s：没有写内容") % row.label, field=name)
        step = Step(found, by, clock.now(), decision)
        before = found.state
        yield step
        if row.to is not None:
            found.state = row.to
        found.save()
        data = {"from": before, "to": found.state, **step.data}
        own = journal.Fact(found.chain, f"meeting.{verb}", data, step.unit, step.words or None)
        journal.append_many([own, *step.told], by=by)
