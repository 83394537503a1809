"""All writes of assessment but the scores of days: each judged by the table, each told to the journal."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from suqiu.accounts.queries import actor_for, people_as
from suqiu.assessment import queries
from suqiu.assessment.access import Standing, can
from suqiu.assessment.models import Appeal, Entry, Kept, Scheme, Sheet, Upstream
from suqiu.assessment.states import FIRST, VERBS
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.base.text import clean
from suqiu.orders.access import Denied
from suqiu.orders.queries import visible_to
from suqiu.supervision.cases.queries import has_handled

MODELS: dict[str, type[Kept]] = {m.what: m for m in (Scheme, Upstream, Entry, Sheet, Appeal)}
MOST = 2000
_LOCK = 0x53434F52  # "SCOR": versions and sheets are made one after the other


@dataclass
class Step:
    """A row at one verb, locked; what is noted here is told."""

    row: Any
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def standing(row: Kept, by: Actor) -> Standing:
    """The row as it stands for this person."""
    since, handled = clock.local(row.made_at).date(), False
    if isinstance(row, Entry):
        since = row.day
    if isinstance(row, Appeal):
        since = clock.local(row.order.drafted_at).date()  # who was there while it was handled
        # Asked of the whole house: an order that he may not see he may have handled all the same.
        handled = has_handled(visible_to(queries.BY).filter(pk=row.order_id), by)
    own = queries.own_of(row)
    return Standing(row.what, row.state, tuple(row.hands), own, since, handled)


def confirming(pk: int) -> list[str]:
    """The actors of those who may confirm this entry as it stands; nobody where it waits no more."""
    row = Entry.objects.get(pk=pk)
    people = {p.pk: p for role in VERBS["entry", "confirm"].roles for p in people_as(role)}
    actors = [actor_for(person) for person in people.values()]
    return sorted(by.id for by in actors if can(by, "confirm", standing(row, by)))


def judge(by: Actor, name: str, it: Standing) -> None:
    """Raises NotAllowed or WrongState, with the reason."""
    answer = can(by, name, it)
    if isinstance(answer, Denied):
        raise answer.refusal(VERBS[it.what, name].label)


@contextmanager
def step(what: str, pk: int, name: str, *, by: Actor) -> Iterator[Step]:
    """Lock, judge, change, tell: the only way that a state changes here.

    Raises Missing, NotAllowed, WrongState or Invalid; then nothing has changed.
    """
    with transaction.atomic():
        row: Any = MODELS[what]._default_manager.select_for_update().filter(pk=pk).first()
        if row is None or not queries.door(what, by).filter(pk=pk).exists():
            raise Missing("missing", _("没有这一项，或不归您看"))
        judge(by, name, standing(row, by))
        here, before = Step(row), row.state
        yield here
        verb = VERBS[what, name]
        if verb.to is not None:
            row.state = verb.to
            row.hands = [*row.hands, by.id]
            row.save()
        told = {"from": before, "to": row.state, **here.data}
        journal.append(
            row.chain, f"assessment.{what}_{name}", by=by, data=told,
            unit=getattr(row, "unit_id", None), words=here.words or None,
        )  # fmt: skip


def make(
    model: type[Kept], name: str, it: Standing, *, by: Actor,
    values: dict[str, Any], data: dict[str, Any], words: dict[str, str] | None = None,
) -> Any:  # fmt: skip
    """A new row in its first state. The caller holds a transaction."""
    judge(by, name, it)
    row = model._default_manager.create(
        state=FIRST[model.what], hands=[by.id], made_at=clock.now(), made_by=by.id, **values
    )
    journal.append(
        row.chain, f"assessment.{model.what}_{name}", by=by, data=data,
        unit=getattr(row, "unit_id", None), words=words,
    )  # fmt: skip
    return row


def one_by_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def said(text: str, field_name: str = "words") -> str:
    """What was written. Raises Invalid for nothing, or too much."""
    words = clean(text)
    if not words or len(words) > MOST:
        raise Invalid("assessment.words", _("写明凭据或理由，最多 %s 字") % MOST, field=field_name)
    return words


def end_of(days: int) -> dt.datetime:
    """The end of the day so many natural days from now."""
    return clock.end_of(clock.today() + dt.timedelta(days=days))
