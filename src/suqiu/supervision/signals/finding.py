"""What the rows of an order say, made ready for `rules`. Reads only; everything from a few queries."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from suqiu.appellants.actions import FORGOTTEN
from suqiu.audit.models import Entry
from suqiu.base.actors import system
from suqiu.callbacks.models import OwnAnswer
from suqiu.orders.models import (
    Attachment,
    Contact,
    Disposal,
    Feedback,
    Obligation,
    Order,
    Request,
    Seat,
    Verification,
)
from suqiu.orders.queries import visible_to
from suqiu.policy.signals import SignalsSpec
from suqiu.supervision.cases.rules import place_key
from suqiu.supervision.signals import rules
from suqiu.supervision.signals.models import Evidence
from suqiu.supervision.signals.rules import Asked, Deed, Picture, Praise, Reply, Said

BY = system("supervision")
MOST = 2000  # of one unit within one window; beyond that the newest are compared
SITE = "order.be_on_site"


@dataclass(frozen=True)
class Piece:
    """One row of one order that speaks."""

    order: int
    ref: str
    at: dt.datetime


@dataclass(frozen=True)
class Found:
    """What is to be asked of which unit, with its pieces. `habit`: they speak together only."""

    kind: str
    unit: int | None
    pieces: tuple[Piece, ...]
    habit: bool = False


def in_order(order: Order, spec: SignalsSpec) -> Iterator[Found]:
    """All that this order gives cause to ask."""
    checks = list(Verification.objects.filter(order=order).order_by("at", "pk"))
    seats = {s.pk: s for s in Seat.objects.filter(order=order).select_related("unit")}
    leads = sorted((s for s in seats.values() if s.role == "lead"), key=lambda s: s.opened)
    lead = leads[-1].unit_id if leads else None
    yield from _opposed(order, checks, spec)
    if lead is None:
        return
    calls = list(Contact.objects.filter(order=order, seat__role="lead").order_by("at", "pk"))
    replies = list(Feedback.objects.filter(order=order).order_by("at", "pk"))
    yield from _flipped(order, lead, checks, calls, replies, spec)
    own = [r for r in replies if seats[r.seat_id].role == "lead"]
    yield from _silent(order, lead, checks, calls, own, spec)
    yield from _reused(order, spec)
    for seat in {r.seat_id for r in own}:
        yield from _boilerplate(order, seats[seat].unit_id, spec)
    yield from _late_asks(order, lead, spec)
    yield from _praises(order, lead, spec)


def _said(row: Verification) -> Said:
    return Said(
        f"verification:{row.pk}", row.at, row.reached, row.solved, row.satisfaction,
        row.feedback_true,
    )  # fmt: skip


def _opposed(order: Order, checks: list[Verification], spec: SignalsSpec) -> Iterator[Found]:
    rounds: dict[int, dict[str, Verification]] = {}
    for row in checks:
        rounds.setdefault(row.round, {})[row.stage] = row
    for both in rounds.values():
        if len(both) == 2 and rules.opposed(_said(both["first"]), _said(both["second"]), spec):
            rows = (both["first"], both["second"])
            pieces = tuple(Piece(order.pk, f"verification:{r.pk}", r.at) for r in rows)
            yield Found("opposed", both["first"].unit_id, pieces)


def _flipped(
    order: Order,
    lead: int,
    checks: list[Verification],
    calls: list[Contact],
    replies: list[Feedback],
    spec: SignalsSpec,
) -> Iterator[Found]:
    told = {"satisfied": "满意", "dissatisfied": "不满意"}
    said = [_said(row) for row in checks]
    said += [
        Said(f"feedback:{r.pk}", r.at, r.reached, None, told.get(r.citizen_said, ""))
        for r in replies
    ]
    said += [
        Said(f"own_answer:{r.pk}", r.at, True, {"yes": True, "no": False}.get(r.solved), r.result)
        for r in OwnAnswer.objects.filter(order=order)
    ]
    if not any(one.bad for one in said):
        return
    made = [Deed(f"contact:{c.pk}", c.at, c.reached) for c in calls]
    for before, call, after in rules.flipped(said, made, _work(order), spec):
        pieces = tuple(Piece(order.pk, one.ref, one.at) for one in (before, call, after))
        yield Found("flipped", lead, pieces)


def _work(order: Order) -> list[Deed]:
    """What was done at the spot or in writing: it may well change a citizen's mind."""
    site = Entry.objects.filter(chain=order.chain, kind=SITE).values_list("pk", "at")
    shown = Attachment.objects.filter(order=order).exclude(unit=None).values_list("pk", "at")
    rows = Disposal.objects.filter(order=order).values_list("pk", "at", "on_site_at", "result")
    deeds = [Deed(f"entry:{pk}", at) for pk, at in site]
    deeds += [Deed(f"attachment:{pk}", at) for pk, at in shown]
    for pk, at, there, result in rows:
        if there or result == "explained":
            deeds.append(Deed(f"disposal:{pk}", there or at))
    return deeds


def _silent(
    order: Order,
    lead: int,
    checks: list[Verification],
    calls: list[Contact],
    replies: list[Feedback],
    spec: SignalsSpec,
) -> Iterator[Found]:
    """A secret caller, and one who left no telephone, is not the unit's to call."""
    appellant = order.appellant
    if order.confidential or appellant is None or not appellant.has_phone:
        return
    for row in replies:
        told = next((c.feedback_true for c in checks if c.round == row.round and c.reached), None)
        # Who was spoken with once need not be called before a later round's reply.
        made = [Deed("", c.at, c.reached) for c in calls if c.at <= row.at]
        if rules.silent(made, told, spec):
            yield Found("silent", lead, (Piece(order.pk, f"feedback:{row.pk}", row.at),))


def _reused(order: Order, spec: SignalsSpec) -> Iterator[Found]:
    mine = _pictures(Attachment.objects.filter(order=order))
    if not mine:
        return
    since = min(p.at for _row, p in mine) - dt.timedelta(days=spec.reused.days)
    there = Attachment.objects.filter(at__gte=since).exclude(order=order)
    same = _pictures(there.filter(file__sha256__in={p.sha256 for _row, p in mine}))
    units = {row.unit_id for row, _p in mine}
    seen = _pictures(there.filter(unit__in=units).exclude(file__looks=None).exclude(file__looks=0))
    others = list({p.ref: p for _row, p in (*same, *seen)}.values())
    for row, one in mine:
        for other in rules.reused(one, others, spec):
            pieces = tuple(Piece(p.order, p.ref, p.at) for p in sorted((one, other), key=_when))
            yield Found("reused", row.unit_id, pieces)


def _when(one: Picture) -> dt.datetime:
    return one.at


def _pictures(rows: QuerySet[Attachment]) -> list[tuple[Attachment, Picture]]:
    """The photographs that units took, not what citizens handed in."""
    rows = rows.select_related("file", "order").order_by("-at", "-pk")
    found = []
    for row in rows[:MOST]:
        if row.unit_id is None or not row.file.is_image:
            continue
        picture = Picture(
            f"attachment:{row.pk}", row.order_id, _family(row.order), row.at, row.file.sha256,
            row.file.looks & _64 if row.file.looks else None,
            place_key(row.order.address),
        )  # fmt: skip
        found.append((row, picture))
    return found


_64 = (1 << 64) - 1


def _family(order: Order) -> int:
    """Orders of one matter: merged, split or reopened from one."""
    return order.master_id or order.parent_id or order.pk


def _boilerplate(order: Order, unit: int, spec: SignalsSpec) -> Iterator[Found]:
    rows = Feedback.objects.filter(seat__unit=unit, seat__role="lead").select_related("order")
    mine = [_reply(row) for row in rows.filter(order=order)]
    if not mine:
        return
    until = max(one.at for one in mine)
    since = until - dt.timedelta(days=spec.boilerplate.days)
    near = rows.filter(at__gt=since, at__lte=until).exclude(order=order)
    done = _ruled("boilerplate", unit)
    others = [_reply(row) for row in near.order_by("-at", "-pk")[:MOST] if row.order_id not in done]
    for one in mine:
        if one.order in done:
            continue
        if alike := rules.same_words(one, others, spec):
            yield _habit("boilerplate", unit, alike)


def _reply(row: Feedback) -> Reply:
    key = rules.key_of(row.words, row.order.address)
    return Reply(f"feedback:{row.pk}", row.order_id, _family(row.order), row.at, key)


def _late_asks(order: Order, unit: int, spec: SignalsSpec) -> Iterator[Found]:
    rows = Request.objects.filter(kind="extension", seat__unit=unit)
    last = rows.filter(order=order).order_by("-asked_at").first()
    if last is None:
        return
    since = last.asked_at - dt.timedelta(days=spec.late_ask.days)
    within = list(rows.filter(asked_at__gt=since, asked_at__lte=last.asked_at))
    done = _ruled("late_ask", unit)
    clocks: dict[tuple[int, int], list[Obligation]] = {}
    for clock in Obligation.objects.filter(
        order__in={r.order_id for r in within}, code="dispose"
    ).order_by("started"):
        clocks.setdefault((clock.order_id, clock.seat_id), []).append(clock)
    asked = []
    for row in within:
        running = [
            c for c in clocks.get((row.order_id, row.seat_id), []) if c.started <= row.asked_at
        ]
        if running and row.order_id not in done:
            asked.append(_asked(row, running[-1]))
    if late := rules.late_asks(asked, spec):
        yield _habit("late_ask", unit, late)


def _asked(row: Request, clock: Obligation) -> Asked:
    """The due moment as it stood when it was asked: an extension granted later has moved it since."""
    moved = any(m.get("why") == "extension" for m in clock.moves)
    due = clock.due_original if moved else clock.due
    return Asked(f"request:{row.pk}", row.order_id, row.asked_at, clock.started, due)


def _praises(order: Order, unit: int, spec: SignalsSpec) -> Iterator[Found]:
    """By the blind index of the telephone; the number itself is never opened."""
    phone = order.appellant.phone_hash if order.appellant else ""
    if not phone or phone == FORGOTTEN:  # one mark stands for all whose identity has left
        return
    since = order.drafted_at - dt.timedelta(days=spec.praise.days)
    until = order.drafted_at + dt.timedelta(days=spec.praise.days)
    leads = Seat.objects.filter(role="lead", unit=unit).values("order")
    rows = visible_to(BY).filter(
        appellant__phone_hash=phone, drafted_at__gte=since, drafted_at__lte=until, pk__in=leads
    )
    done = _ruled("praise", unit)
    orders = [row for row in rows.order_by("drafted_at") if row.pk not in done]
    if len(orders) < spec.praise.times:
        return
    checks = Verification.objects.filter(order__in=orders, stage="first", reached=True)
    levels: dict[int, Verification] = {row.order_id: row for row in checks.order_by("round", "pk")}
    given = []
    for row in orders:
        check = levels.get(row.pk)
        if row.kind == "表扬":
            given.append(Praise("order", row.pk, row.drafted_at, True))
        elif check is not None:
            good = check.satisfaction == "满意"
            given.append(Praise(f"verification:{check.pk}", row.pk, check.at, good))
    span = dt.timedelta(days=spec.praise.days)
    for first in given:
        within = [one for one in given if first.at <= one.at <= first.at + span]
        if many := rules.praises(within, spec):
            yield _habit("praise", unit, many)


def _ruled(kind: str, unit: int) -> frozenset[int]:
    """Orders about which this was asked and answered: they are no part of a new habit."""
    rows = Evidence.objects.filter(kind=kind, signal__unit=unit).exclude(signal__verdict="")
    return frozenset(rows.values_list("order", flat=True))


def _habit(kind: str, unit: int, ones: list[Any]) -> Found:
    pieces = tuple(Piece(one.order, one.ref, one.at) for one in ones)
    return Found(kind, unit, pieces, habit=True)
