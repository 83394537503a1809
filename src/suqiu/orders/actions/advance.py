"""The only code that changes a state: lock, look, change, in one short transaction, no network.

    with advance(order.pk, "sign", by=actor) as step:
        step.change(...)            # the verb's own writes, under the order's lock

Entering locks the order's row and judges the verb; leaving changes the state, starts and stops the
clocks of the pack, and writes the journal. A refusal or any fault leaves nothing behind.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.orders import situations
from suqiu.orders.access import Denied, Situation, as_seen, can, sees
from suqiu.orders.actions import clocks
from suqiu.orders.locks import hold
from suqiu.orders.models import Hand, Order, Seat
from suqiu.orders.states import ENDS, VERBS, State, Verb
from suqiu.organisations.models import Unit
from suqiu.policy.queries import pack as pack_of
from suqiu.policy.rules import Pack


@dataclass
class Step:
    """One verb being done on one locked order."""

    order: Order
    verb: Verb
    by: Actor
    at: dt.datetime
    pack: Pack
    situation: Situation
    seats: list[Seat]
    events: list[str]
    about: Seat | None = None  # the one seat that a co-handler's clock belongs to
    to: State | None = None
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def change(self, **fields: Any) -> None:
        """Set fields of the order; they are saved together with the state."""
        for name, value in fields.items():
            setattr(self.order, name, value)
            self.changed.add(name)

    def seat(self, role: str) -> Seat | None:
        """The open seat of this part, if someone sits in it."""
        return next((s for s in self.seats if s.role == role and s.closed is None), None)

    def own_seat(self) -> Seat:
        """The seat from which the acting person acts: the lead's, else any open one of his units."""
        open_seats = [s for s in self.seats if s.closed is None]
        mine = [s for s in open_seats if s.unit_id in self.by.units] or open_seats
        return min(mine, key=lambda s: s.role != "lead")

    def centre_seat(self) -> Seat:
        """The centre's seat, its newest: one that came back from an end has had another before."""
        return next(s for s in reversed(self.seats) if s.role == "centre")

    def open_seat(self, unit: Unit, role: str) -> Seat:
        seat = Seat.objects.create(order=self.order, unit=unit, role=role, opened=self.at)
        self.seats.append(seat)
        return seat

    def close_seat(self, seat: Seat) -> None:
        seat.closed = self.at
        seat.save(update_fields=["closed"])

    def close_seats(self) -> None:
        """The order has ended: nobody sits any more; who is accused stays so."""
        for seat in [s for s in self.seats if s.closed is None and s.role != "accused"]:
            self.close_seat(seat)

    def note(self, kind: str, **data: Any) -> None:
        """One more entry on the order's chain, beside the verb's own."""
        journal.append(self.order.chain, kind, by=self.by, data=data)


@dataclass
class Notes:
    """Orders that are locked and for which the verb is allowed, and what is to be told of them."""

    orders: dict[int, Order]
    made: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def note(self, order_id: int, data: dict[str, Any]) -> None:
        self.made.append((order_id, data))


@contextmanager
def advance(
    order_id: int, verb: str, *, by: Actor, given: dict[str, Any] | None = None
) -> Iterator[Step]:
    """Do `verb` on this order. Raises Missing, NotAllowed, WrongState or Invalid; see `Step`.

    `given` are the fields that the table and the pack require for the verb.
    """
    row = VERBS[verb]
    with transaction.atomic():
        step = _locked(order_id, row, by)
        _require(step, given or {})
        yield step
        _finish(step)


def advance_many(order_ids: Iterable[int], verb: str, *, by: Actor) -> int:
    """The same for a batch that a job found; an order that may no longer is passed over.

    Returns how many were advanced. Each order is its own transaction: one fault stops one order.
    """
    done = 0
    for order_id in order_ids:
        try:
            with advance(order_id, verb, by=by):
                pass
        except (WrongState, NotAllowed):
            continue
        done += 1
    return done


@contextmanager
def note_many(order_ids: Collection[int], verb: str, *, by: Actor) -> Iterator[Notes]:
    """Do a verb that changes no state and knows no guard on many orders at once: one lock, one
    judgement each, one journal write for all. What the block does not note is not told.

    With 30,000 clocks falling due at an hour's end, one transaction an order takes many minutes.
    """
    row = VERBS[verb]
    if row.to or row.guards or row.events or row.required:
        raise RuntimeError(f"{verb} needs each order by itself.")
    with transaction.atomic():
        orders = hold(*order_ids)
        notes = Notes({pk: o for pk, o in orders.items() if can(by, row, situations.bare(o))})
        yield notes
        journal.append_many([_told(row, orders[pk], data) for pk, data in notes.made], by=by)


def _told(verb: Verb, order: Order, data: dict[str, Any]) -> journal.Fact:
    told = {"from": order.state, "to": order.state, "round": order.round, **data}
    unit = data.get("unit")
    return journal.Fact(
        order.chain, f"order.{verb.name}", told, unit if isinstance(unit, int) else None
    )


def _locked(order_id: int, verb: Verb, by: Actor) -> Step:
    order = hold(order_id).get(order_id)
    if order is None:
        raise Missing("missing", _("没有这张单子，或不归您看"))
    it, seats = situations.of(order, content=verb.name == "accept")
    return _judge(order, verb, it, seats, by)


def judged(order: Order, verb: str, seats: list[Seat], *, by: Actor, given: dict[str, Any]) -> Step:
    """The step of an order that this very transaction writes down: nobody else can know of it, so
    there is nothing to lock and nothing to read again. The caller writes what comes of it."""
    step = _judge(order, VERBS[verb], situations.newborn(order, seats), seats, by)
    _require(step, given)
    return step


def arrive(step: Step) -> list[journal.Fact]:
    """The order takes the verb's state, in memory; the answer is what there is to tell of it."""
    order, before = step.order, step.order.state
    target = step.to or (step.verb.to[0] if step.verb.to else None)
    if target is not None:
        if target not in step.verb.to:
            raise RuntimeError(f"{step.verb.name} does not lead to {target}")
        order.state = target
        step.changed.add("state")
        if target in ENDS and order.ended_at is None:
            step.change(ended_at=step.at)
    data = {"from": before, "to": order.state, "round": order.round, **step.data}
    unit = step.data.get("unit")
    kind, of = f"order.{step.verb.name}", unit if isinstance(unit, int) else None
    return [journal.Fact(order.chain, kind, data, of, step.words or None)]


def _judge(order: Order, verb: Verb, it: Situation, seats: list[Seat], by: Actor) -> Step:
    if not sees(by, it):
        raise Missing("missing", _("没有这张单子，或不归您看"))
    answer = can(by, verb, it)
    if isinstance(answer, Denied):
        seen = as_seen(by, it).state.value
        raise answer.refusal(verb.label, number=order.number, verb=verb.name, state=seen)
    return Step(order, verb, by, clock.now(), pack_of(order.pack_id), it, seats, list(verb.events))


def _require(step: Step, given: dict[str, Any]) -> None:
    needed = {*step.verb.required, *step.pack.required.get(step.verb.name, [])}
    missing = sorted(
        n for n in needed if given.get(n, getattr(step.order, n, None)) in (None, "", [])
    )
    if missing:
        raise Invalid(
            "required",
            _("%(label)s：还缺 %(what)s")
            % {"label": step.verb.label, "what": _("、").join(missing)},
            missing=missing,
            number=step.order.number,
        )


def _finish(step: Step) -> None:
    order, before = step.order, step.order.state
    told = arrive(step)
    if _has_handled(step):
        Hand.objects.get_or_create(order=order, actor=step.by.id)
    told += clocks.turn(order, step.seats, step.pack, step.events, step.at, about=step.about)
    journal.append_many(told, by=step.by)
    if order.state in ENDS and order.state != before:
        clocks.end_all(order, step.at)
    if clocks.keep_queue_order(order, step.seats):
        step.changed.add("next_due")
    if step.changed:
        order.save(update_fields=sorted(step.changed))


def _has_handled(step: Step) -> bool:
    """Done as one who handles the order; a callback officer who adds a photo has not handled it."""
    if step.by.is_system:
        return False
    if step.verb.handles:
        return True
    if not set(step.verb.who) & _HANDS:
        return False
    return bool(step.by.units_as("handler", "head") & step.situation.open_units("lead"))


_HANDS = frozenset({"lead:handler", "lead:head"})
