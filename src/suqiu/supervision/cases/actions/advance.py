"""The only code that changes a case's state: lock, look, change, in one short transaction."""

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
from suqiu.supervision.cases import queries
from suqiu.supervision.cases.access import Situation, can, sees
from suqiu.supervision.cases.actions import clocks
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.states import ENDS, VERBS, State, Verb


@dataclass
class Step:
    """One verb being done on one locked case. `to` chooses where the table leaves a choice."""

    case: Case
    verb: Verb
    by: Actor
    at: dt.datetime
    situation: Situation
    starts: list[str]
    to: State | None = None
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    told: list[journal.Fact] = field(default_factory=list)

    def say(self, **words: str) -> None:
        """Keep words beside the entry, cleaned."""
        self.words |= {name: clean(value) for name, value in words.items() if clean(value)}


@contextmanager
def advance(case_id: int, verb: str, *, by: Actor, given: dict[str, Any]) -> Iterator[Step]:
    """Do `verb` on this case. Raises Missing, NotAllowed, WrongState or Invalid; a refusal or any
    fault leaves nothing behind."""
    row = VERBS[verb]
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
        it = queries.situation(case, by) if case else None
        if case is None or it is None or not sees(by, it):
            raise Missing("missing", _("没有这件督办，或不归您看"))
        answer = can(by, row, it)
        if isinstance(answer, Denied):
            raise answer.refusal(row.label, number=case.number)
        _require(row, given)
        step = Step(case, row, by, clock.now(), it, list(row.starts))
        yield step
        _finish(step)


def _require(row: Verb, given: dict[str, Any]) -> None:
    empty: tuple[object, ...] = (None, "", [], ())
    missing = [name for name in row.required if given.get(name) in empty]
    if missing:
        what = "、".join(missing)
        raise Invalid(
            "required",
            _("%(label)s：还缺 %(what)s") % {"label": row.label, "what": what},
            missing=missing,
        )


def _finish(step: Step) -> None:
    case, before = step.case, step.case.state
    target = step.to or (step.verb.to[0] if step.verb.to else None)
    if target is not None:
        if target not in step.verb.to:
            raise RuntimeError(f"{step.verb.name} does not lead to {target}")
        case.state = target
    if step.verb.name != "do_measure":
        clocks.stop(case, step.verb.stops, step.at)
    if case.state in ENDS:
        case.ended_at = step.at
        clocks.end_all(case, step.at)
    started = [clocks.start(case, code, step.at) for code in step.starts]
    case.next_due = clocks.nearest(case)
    case.save()
    data = {"from": before, "to": case.state, "round": case.round, "level": case.level, **step.data}
    own = journal.Fact(case.chain, f"case.{step.verb.name}", data, case.unit_id, step.words or None)
    journal.append_many([own, *step.told, *started], by=step.by)
