"""The only code that changes a visit's state: lock, judge, change, tell, in one transaction."""

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
from suqiu.base.text import clean, without_identities
from suqiu.orders.access import Denied
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.access import can, sees
from suqiu.supervision.visits.models import Commitment, Stop, Visit
from suqiu.supervision.visits.states import VERBS


def kept(words: str) -> str:
    """Words as they are kept: whoever was met is no one's telephone number here."""
    return without_identities(clean(words))


@dataclass
class Step:
    """One verb being done on one locked visit; what is noted here is told to the journal."""

    visit: Visit
    by: Actor
    at: dt.datetime
    commitment: Commitment | None = None
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    unit: int | None = None
    told: list[journal.Fact] = field(default_factory=list)

    def say(self, **words: str) -> None:
        """Keep words beside the entry."""
        self.words |= {name: kept(value) for name, value in words.items() if kept(value)}

    def stop(self, stop: Stop) -> Stop:
        """The stop as it stands under the lock; what is told is told of it. Raises Missing."""
        found = self.visit.stops.select_related("street__region", "category").filter(pk=stop.pk)
        row = found.first()
        if row is None:
            raise Missing("missing", _("没有这次走访，或不归您看"))
        self.data |= {"stop": row.pk, "street": row.street_id}
        self.unit = row.street_id
        return row


@contextmanager
def advance(
    visit: Visit, verb: str, *, by: Actor, commitment: Commitment | None = None, **required: str
) -> Iterator[Step]:
    """Do `verb` on this visit; `required` are words that may not be empty.

    Raises Missing, NotAllowed, WrongState or Invalid; a refusal leaves nothing behind.
    """
    row = VERBS[verb]
    with transaction.atomic():
        found = Visit.objects.select_for_update().filter(pk=visit.pk).first()
        if commitment is not None:
            commitment = Commitment.objects.filter(pk=commitment.pk, stop__visit=visit).first()
        it = queries.standing(found, commitment) if found else None
        if found is None or it is None or not sees(by, it):
            raise Missing("missing", _("没有这次走访，或不归您看"))
        answer = can(by, row, it)
        if isinstance(answer, Denied):
            raise answer.refusal(row.label, number=found.number)
        for name, value in required.items():
            if not clean(value):
                raise Invalid("visit.empty", _("%s：没有写内容") % row.label, field=name)
        step = Step(found, by, clock.now(), commitment)
        before = found.state
        yield step
        if row.to is not None:
            found.state, found.ended_at = row.to, step.at
        found.save()
        data = {"from": before, "to": found.state, **step.data}
        own = journal.Fact(found.chain, f"visit.{verb}", data, step.unit, step.words or None)
        journal.append_many([own, *step.told], by=by)
