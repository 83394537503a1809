"""What time does to orders. Every tick is computed from stored columns; nothing is held in a queue."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from suqiu.accounts.queries import deputies
from suqiu.audit.queries import advance_cursor, follow
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.orders import due
from suqiu.orders.actions import clocks, dispatch, draws, waits
from suqiu.orders.actions.advance import advance, advance_many, note_many
from suqiu.orders.models import Obligation, Order, Transmission
from suqiu.orders.states import State
from suqiu.policy.queries import pack as pack_of

CLOCK = system("clock")
BATCH = 500


def remind() -> int:
    """Before a due moment a reminder, after it a red mark: each once per clock and due moment.

    "Soon" is the last third of the limit, at most four hours (ui.md).
    """
    soon = due.soon(Obligation.objects.all()).select_related("seat")
    return _mark(overdue(), "turn_red", "red_at") + _mark(soon, "remind", "reminded_at")


def overdue() -> QuerySet[Obligation]:
    """Running clocks whose due moment has passed and that are not red yet."""
    return due.overdue(Obligation.objects.all())


def _mark(rows: QuerySet[Obligation], verb: str, column: str) -> int:
    """All of them, batch by batch: an hour at whose end many fall due leaves none for the next tick."""
    done = 0
    while ids := list(rows.order_by("due", "pk").values_list("pk", "order_id")[:BATCH]):
        marked = _mark_batch([pk for pk, _order in ids], {o for _pk, o in ids}, verb, column)
        done += marked
        if not marked:  # others have them, or their orders have ended meanwhile
            break
    return done


def _mark_batch(pks: list[int], order_ids: set[int], verb: str, column: str) -> int:
    with note_many(order_ids, verb, by=CLOCK) as notes:
        # Read again under the orders' locks: another worker may have marked them by now.
        fresh = Obligation.objects.filter(
            pk__in=pks, outcome="open", order__in=notes.orders, **{column: None}
        )
        found = list(fresh.select_related("seat"))
        late = {"late": True} if verb == "turn_red" else {}
        Obligation.objects.filter(pk__in=[o.pk for o in found]).update(
            **{column: clock.now()}, **late
        )
        whom = _leaders(found, notes.orders)
        for row in found:
            data = {"code": row.code, "unit": row.seat.unit_id, "due": row.due.isoformat()}
            if row.pk in whom:
                data["whom"] = whom[row.pk]
            notes.note(row.order_id, data)
    return len(found)


def _leaders(rows: list[Obligation], orders: dict[int, Order]) -> dict[int, str]:
    """Whom the clocks of signatures remind, by clock: the principal leader, or who stands in today."""
    own = {
        row.pk: orders[row.order_id].leader
        for row in rows
        if any(
            spec.id == row.code and spec.owes == "leader"
            for spec in pack_of(orders[row.order_id].pack_id).obligations
        )
    }
    instead = deputies(set(own.values())) if own else {}
    return {pk: instead.get(leader, leader) for pk, leader in own.items() if leader}


def climb() -> int:
    """Transmissions that nobody acknowledged go one step up; after the last step they stay there."""
    late = Transmission.objects.filter(
        acked_at=None, seat__closed=None, ack_due__lte=clock.now(), step__lt=3
    )
    done = 0
    for order_id in set(late.values_list("order_id", flat=True)[:BATCH]):
        try:
            dispatch.climb(order_id, by=CLOCK)
        except Refused:
            continue
        done += 1
    return done


def release_holds() -> int:
    """The day of review has come: the order goes on, and its clocks with it."""
    done = 0
    for order in Order.objects.filter(held_until__lte=clock.today(), state=State.SIGNED)[:BATCH]:
        try:
            waits.release_hold(order, by=CLOCK)
        except Refused:
            continue
        done += 1
    return done


def archive() -> int:
    """Closed orders are archived after the number of days that their pack says."""
    closed = Order.objects.filter(
        state=State.CLOSED, ended_at__lt=clock.now() - dt.timedelta(days=1)
    )
    ids = [
        pk
        for pk, pack_id, ended in closed.values_list("pk", "pack_id", "ended_at")[:BATCH]
        if ended and ended + dt.timedelta(days=pack_of(pack_id).archive_after_days) <= clock.now()
    ]
    return advance_many(ids, "archive", by=CLOCK)


def keep_draws() -> int:
    """The hashes of this month's and the next month's draws are published; old seeds are revealed."""
    return draws.keep(by=draws.BY)


def follow_calendar() -> int:
    """A year's calendar was imported: provisional clocks are counted again, never earlier."""
    moved = 0
    for position, entry in follow("orders.calendar", 200):
        if entry.kind == "calendar.imported":
            moved += _recompute_all()
        advance_cursor("orders.calendar", position)
    return moved


def _recompute_all() -> int:
    moved = 0
    ids = (
        Obligation.objects.filter(outcome="open", provisional=True)
        .values_list("order_id", flat=True)
        .distinct()
    )
    for order_id in ids:
        with transaction.atomic(), advance(order_id, "recompute", by=CLOCK) as step:
            moved += clocks.reconsider(
                step.order, step.pack, by=CLOCK, why="calendar", never_earlier=True
            )
    return moved
