"""One verb done on one row: lock, judge, change, tell, in one short transaction (docs/adr/0015).

    LIFE = Life("visit", Visit, VERBS, stands=…, can=can, missing=gettext_lazy("没有这次走访，…"))

    with LIFE.advance(visit, "log", by=by, seen=seen) as step:
        step.row.…              # the verb's own writes, under the row's lock
        step.data["stop"] = …   # codes, ids, moments for the journal
        step.say(seen=seen)     # words beside them

Entering locks the row and judges the verb; leaving moves the state, saves the row and writes the
journal. A refusal or any fault leaves nothing behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock, text
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.orders.guards import Allowed, Denied
from suqiu.steps.states import Verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

R = TypeVar("R", bound=Model)  # what moves
S = TypeVar("S")  # how it stands for whoever asks


@dataclass
class Step(Generic[R, S]):
    """One verb being done on one locked row; what is noted here is told to the journal.

    `about`: what of the row the verb is about. `to` chooses where the table leaves a choice.
    """

    row: R
    verb: Verb
    by: Actor
    at: dt.datetime
    it: S
    about: Any = None
    clean: Callable[[str], str] = text.clean
    to: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    unit: int | None = None
    told: list[journal.Fact] = field(default_factory=list)

    def say(self, **words: str) -> None:
        """Keep words beside the entry, cleaned."""
        said = {name: self.clean(value) for name, value in words.items()}
        self.words |= {name: value for name, value in said.items() if value}

    def then(self, before: str) -> str:
        """The state to which this leads from that one."""
        ends = self.verb.ends
        if self.to is not None and self.to not in ends:
            raise RuntimeError(f"{self.verb.name} does not lead to {self.to}")
        return self.to or (ends[0] if ends else before)


@dataclass(frozen=True)
class Life(Generic[R, S]):
    """What one kind of row has of its own.

    `word` begins its entries' kinds: `visit` tells of `visit.log`. `stands` answers, under the lock,
    how the row stands for who asks, None where there is none for him: then `missing` is all he is told.
    `names_step`: a refusal begins with the step that was wanted. `opens`: may he open its page? Else a
    refusal does not name it.
    """

    word: str
    model: type[R]
    verbs: Mapping[str, Verb]
    stands: Callable[[R, Actor, Any], S | None]
    can: Callable[[Actor, str, S], Allowed | Denied]
    missing: StrPromise
    clean: Callable[[str], str] = text.clean
    names_step: bool = True
    opens: Callable[[R, Actor], bool] = lambda _row, _by: True

    @contextmanager
    def advance(
        self, subject: R, verb: str, *, by: Actor, about: Any = None, **required: str
    ) -> Iterator[Step[R, S]]:
        """Do `verb` on this row; `required` are words that may not be empty. `about`: what of it the
        verb is about; a row is read anew under the lock.

        Raises Missing, NotAllowed, WrongState or Invalid.
        """
        with transaction.atomic():
            step = self._judged(subject, self.verbs[verb], by, about)
            for name, value in required.items():
                if not text.clean(value):
                    said = _("%s：没有写内容") % step.verb.label
                    raise Invalid(f"{self.word}.empty", said, field=name)
            row: Any = step.row
            before = row.state
            yield step
            row.state = step.then(before)
            row.save()
            data = {"from": before, "to": row.state, **step.data}
            words = step.words or None
            own = journal.Fact(row.chain, f"{self.word}.{verb}", data, step.unit, words)
            journal.append_many([own, *step.told], by=by)

    def _judged(self, subject: R, verb: Verb, by: Actor, about: Any) -> Step[R, S]:
        rows = self.model._default_manager.select_for_update(of=("self",))
        found = rows.filter(pk=subject.pk).first()
        part = about
        if isinstance(about, Model):
            part = type(about)._default_manager.filter(pk=about.pk).first()
        it = self.stands(found, by, part) if found else None
        if found is None or it is None:
            raise Missing("missing", str(self.missing))
        answer = self.can(by, verb.name, it)
        if isinstance(answer, Denied):
            # What has no number is not named by one.
            number = getattr(found, "number", None) if self.opens(found, by) else None
            told = {"thing": self.word, "number": number, "verb": verb.name} if number else {}
            raise answer.refusal(verb.label if self.names_step else "", **told)
        return Step(found, verb, by, clock.now(), it, part, self.clean)
