"""Obligations: which clocks an event starts and stops, and the few ways in which a due moment moves.

The original due moment is fixed once the calendar behind it is definitive; the effective one changes
only by extension, pause, urgency change or calendar import, each of them journalled.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders.clocked import Clock
from suqiu.orders.models import NEVER, Obligation, Order, Seat
from suqiu.policy.rules import LimitSpec, ObligationSpec, Pack


def turn(
    order: Order,
    seats: Sequence[Seat],
    pack: Pack,
    events: Sequence[str],
    at: dt.datetime,
    *,
    about: Seat | None = None,
) -> list[journal.Fact]:
    """Stop what these events stop, then start what they start. A co-handler's clocks are those of the
    one seat that this is `about`. The answer is what there is to tell."""
    for event in events:
        _stop(order, pack, event, at, about)
    wanted = _wanted(order, seats, pack, events, at, about)
    if not wanted:
        return []
    open_rows = Obligation.objects.filter(order=order, outcome="open")
    running = set(open_rows.values_list("seat_id", "code"))
    fresh = [row for row in wanted if (row.seat.pk, row.code) not in running]
    Obligation.objects.bulk_create(fresh)
    return [started(row) for row in fresh]


def first(
    order: Order, seats: Sequence[Seat], pack: Pack, events: Sequence[str], at: dt.datetime
) -> list[Obligation]:
    """The clocks of an order that is being written down, in memory; its place in the queues too."""
    rows = _wanted(order, seats, pack, events, at)
    for seat in seats:
        seat.due = min((row.due for row in rows if row.seat is seat), default=None)
    order.next_due = min((row.due for row in rows), default=NEVER)
    return rows


def started(row: Obligation) -> journal.Fact:
    data = {"code": row.code, "round": row.round, "due": row.due.isoformat()}
    return journal.Fact(row.order.chain, "clock.started", data, row.seat.unit_id)


def _wanted(
    order: Order,
    seats: Sequence[Seat],
    pack: Pack,
    events: Sequence[str],
    at: dt.datetime,
    about: Seat | None = None,
) -> list[Obligation]:
    """The clocks that these events start, each once, unsaved."""
    rows = []
    for spec in pack.obligations:
        if set(events) & set(spec.start) and _applies(order, spec):
            of = [about] if about and spec.owes == "co" else seats
            rows.append(_clock(order, of, pack, spec, at))
    return [row for row in rows if row is not None]


def _stop(order: Order, pack: Pack, event: str, at: dt.datetime, about: Seat | None) -> None:
    codes = [spec.id for spec in pack.obligations if event in spec.stop]
    if not codes:
        return
    for row in Obligation.objects.select_related("seat").filter(
        order=order, code__in=codes, outcome="open"
    ):
        if row.seat.role == "co" and row.seat != about:
            continue
        end(row, at, "late" if at > row.due and row.paused_since is None else "met")


def end(row: Clock, at: dt.datetime, outcome: str) -> None:
    """The clock stops; it was late only if its due moment had passed while it ran."""
    row.late = row.late or outcome == "late" or (row.paused_since is None and at > row.due)
    row.ended, row.outcome, row.paused_since = at, outcome, None
    row.save(update_fields=["late", "ended", "outcome", "paused_since"])


def _applies(order: Order, spec: ObligationSpec) -> bool:
    phone = bool(order.appellant and order.appellant.has_phone)
    facts = {
        # The unit may not call one who asked for secrecy: it owes no contact.
        "has_phone": phone and not order.confidential,
        "conduct": order.conduct,
        "confidential": order.confidential,
        "second_due": bool(order.second_due),
        "to_accept": bool(order.leader) and order.leader_accepted_at is None,
        "to_sign": order.leader_signed_at is None,
    }
    return all(facts.get(name) == wanted for name, wanted in spec.applies.items())


def _clock(
    order: Order, seats: Sequence[Seat], pack: Pack, spec: ObligationSpec, at: dt.datetime
) -> Obligation | None:
    """None where nobody sits in the seat that would owe it."""
    role = "centre" if spec.owes == "leader" else spec.owes
    seat = next((s for s in seats if s.role == role and s.closed is None), None)
    if seat is None:
        return None
    limit = _limit(order, pack, spec)
    if limit is None:
        return None
    return Obligation(
        order=order,
        seat=seat,
        code=spec.id,
        name=spec.name,
        round=order.round,
        **within(at, Limit(limit.n, limit.unit)),
    )


def within(at: dt.datetime, limit: Limit) -> dict[str, Any]:
    """The columns of a clock of whatever owes: from now, by a limit of the working calendar."""
    due = calendar().due(at, limit)
    return _running(at, limit.n, limit.unit, due.moment) | {"provisional": due.provisional}


def until(at: dt.datetime, day: dt.date) -> dict[str, Any]:
    """The same of a clock that runs to the end of a day that somebody named."""
    days = max((day - clock.local(at).date()).days, 1)
    return _running(at, days, "natural_day", clock.end_of(day))


def _running(at: dt.datetime, n: Decimal | float, unit: str, due: dt.datetime) -> dict[str, Any]:
    return {"limit_n": str(n), "limit_unit": unit, "started": at, "due_original": due, "due": due}


def promised(order: Order, pack: Pack, at: dt.datetime) -> dt.datetime:
    """The day told to the citizen, from acceptance: the limits of disposal and reply, one after the
    other where the reply's clock waits for the disposal, else the later of the two."""
    ends = {"": at}
    for spec in pack.obligations:
        chosen = _limit(order, pack, spec) if spec.id in {"dispose", "reply"} else None
        if chosen is not None:
            waits = not set(spec.start) & {"accepted", "dispatched"}
            start = ends.get("dispose", at) if waits else at
            ends[spec.id] = calendar().due(start, Limit(chosen.n, chosen.unit)).moment
    return max(ends.values())


def _limit(order: Order, pack: Pack, spec: ObligationSpec) -> LimitSpec | None:
    return pack.limit(
        spec,
        urgency=order.urgency,
        category=order.category_id or "",
        conduct=order.conduct,
        kind=order.kind,
    )


def move_off(seat: Seat, at: dt.datetime) -> None:
    """The unit loses the order: its open clocks end as moved, late only where already due."""
    for row in Obligation.objects.filter(seat=seat, outcome="open"):
        end(row, at, "moved")


def carry_over(
    order: Order,
    seats: Sequence[Seat],
    old: Seat,
    new: Seat,
    pack: Pack,
    at: dt.datetime,
    *,
    by: Actor,
) -> None:
    """A district passes the order on: each clock runs on in the new seat with its due moment, so that
    nobody gains time by it (推定); one already due stays the old unit's, late, and the new one gets
    a fresh one."""
    told = []
    for row in list(Obligation.objects.filter(seat=old, outcome="open").order_by("pk")):
        due, reminded = row.due, row.reminded_at
        end(row, at, "moved")
        if due <= at:
            spec = next((s for s in pack.obligations if s.id == row.code), None)
            fresh = _clock(order, seats, pack, spec, at) if spec else None
            if fresh is None:
                continue
            row = fresh  # noqa: PLW2901 - the one that runs from here on
        else:
            row.pk, row.seat, row.round = None, new, order.round
            row.ended, row.outcome, row.late, row.reminded_at = None, "open", False, reminded
        row.save(force_insert=True)
        told.append(started(row))
    if told:
        journal.append_many(told, by=by)


def end_all(order: Order, at: dt.datetime) -> None:
    """The order has ended: nobody owes any more; what was already due stays late."""
    for row in Obligation.objects.filter(order=order, outcome="open"):
        end(row, at, "cancelled")


def extend(order: Order, row: Obligation, days: int, *, by: Actor) -> None:
    """Move the effective due moment by so many working days, and remember that it was so moved."""
    row.moves = [*row.moves, {"why": "extension", "days": days}]
    row.save(update_fields=["moves"])
    shift(order, row, calendar().extend(row.due, days), by=by, why="extension")


def shift(order: Order, row: Obligation, due: dt.datetime, *, by: Actor, why: str) -> None:
    """Change an effective due moment, and say why in the journal. A reminder given is given anew."""
    before, row.due = row.due, due
    row.reminded_at = None
    last_day = clock.local(due - dt.timedelta(microseconds=1)).date()
    row.provisional = row.provisional or calendar().is_provisional(last_day)
    row.save(update_fields=["due", "reminded_at", "provisional"])
    journal.append(
        order.chain,
        "clock.shifted",
        by=by,
        unit=row.seat.unit_id,
        data={"code": row.code, "from": before.isoformat(), "to": due.isoformat(), "why": why},
    )


def pause(order: Order, at: dt.datetime, *, by: Actor) -> None:
    """Stop the lead's clocks where they stand (挂账)."""
    for row in Obligation.objects.filter(
        order=order, seat__role="lead", outcome="open", paused_since=None
    ):
        row.paused_since = at
        row.save(update_fields=["paused_since"])
        journal.append(order.chain, "clock.paused", by=by, data={"code": row.code})


def resume(order: Order, at: dt.datetime, *, by: Actor) -> None:
    """Let them run on with what was left when they were paused."""
    cal = calendar()
    for row in Obligation.objects.filter(
        order=order, outcome="open", paused_since__isnull=False
    ).select_related("seat"):
        since = row.paused_since or at
        row.paused_since = None
        row.moves = [
            *row.moves,
            {"why": "pause", "since": since.isoformat(), "until": at.isoformat()},
        ]
        row.save(update_fields=["paused_since", "moves"])
        due = cal.after_pause(row.due, paused_at=since, resumed_at=at, unit=row.limit_unit)
        shift(order, row, due, by=by, why="pause")


def reconsider(
    order: Order, pack: Pack, *, by: Actor, why: str, never_earlier: bool = False
) -> int:
    """Count open clocks again from their start (urgency changed, a year's calendar came), with every
    extension and pause that they have had since. A paused one is counted too, and stays paused.

    An import touches only provisional ones and never moves one earlier. Returns how many moved.
    """
    moved = 0
    rows = Obligation.objects.filter(order=order, outcome="open").select_related("seat")
    for row in rows.filter(provisional=True) if never_earlier else rows:
        spec = next((s for s in pack.obligations if s.id == row.code), None)
        if spec is None:
            continue
        chosen = _limit(order, pack, spec)
        if chosen is None:  # whatever changed, a clock that runs is not taken away
            continue
        moment = _count_again(row, Limit(chosen.n, chosen.unit), fix_original=never_earlier)
        if never_earlier:
            moment = max(moment, row.due)
        if moment != row.due:
            shift(order, row, moment, by=by, why=why)
            moved += 1
    return moved


def _count_again(row: Obligation, limit: Limit, *, fix_original: bool) -> dt.datetime:
    """The due moment by this limit and the calendar as it is now. The original due moment is counted
    again only where the calendar behind it was provisional and the limit is the one it began with."""
    cal = calendar()
    first = cal.due(row.started, limit)
    moment, provisional = first.moment, first.provisional
    for move in row.moves:
        if move["why"] == "extension":
            moment = cal.extend(moment, move["days"])
        elif move["why"] == "pause":
            since, until = (dt.datetime.fromisoformat(move[k]) for k in ("since", "until"))
            moment = cal.after_pause(moment, paused_at=since, resumed_at=until, unit=limit.unit)
    same_limit = (float(row.limit_n), row.limit_unit) == (limit.n, limit.unit)
    if fix_original and same_limit and not any(m["why"] == "limit" for m in row.moves):
        row.due_original = max(row.due_original, first.moment)
    if not same_limit:
        row.moves = [*row.moves, {"why": "limit"}]
    last_day = clock.local(moment - dt.timedelta(microseconds=1)).date()
    row.limit_n, row.limit_unit = limit.n, limit.unit
    row.provisional = provisional or cal.is_provisional(last_day)
    row.save(update_fields=["limit_n", "limit_unit", "provisional", "due_original", "moves"])
    return moment


def keep_queue_order(order: Order, seats: Sequence[Seat]) -> bool:
    """Each open seat carries the nearest due moment of its clocks, the order that of all: a queue is
    one index scan. Returns whether the order's own changed; the caller saves it."""
    rows = Obligation.objects.filter(order=order, outcome="open", paused_since=None)
    nearest: dict[int, dt.datetime] = {}
    for seat_id, due in rows.values_list("seat_id", "due"):
        nearest[seat_id] = min(due, nearest.get(seat_id, due))
    for seat in seats:
        if seat.closed is None and seat.due != nearest.get(seat.pk):
            seat.due = nearest.get(seat.pk)
            seat.save(update_fields=["due"])
    before, order.next_due = order.next_due, min(nearest.values(), default=NEVER)
    return order.next_due != before
