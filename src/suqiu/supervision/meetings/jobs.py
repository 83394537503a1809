"""What time and the journal do to decisions and difficult orders. Each may run at any moment, any
number of times."""

from django.db import transaction
from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.audit.queries import advance_cursor, follow
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.orders import due as clocks_due
from suqiu.orders.actions import pairs
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.meetings import rules
from suqiu.supervision.meetings.models import Meeting, Obligation

BY = system("supervision")
BATCH = 500
READER = "supervision.difficult"
WATCHED = frozenset(
    {"order.rework", "order.uphold_return", "order.refuse_return", "order.grant_hold"}
)
WHYS = {
    "rework": gettext_noop("多次重办"),
    "returned": gettext_noop("多次退单"),
    "held": gettext_noop("挂账"),
}


def follow_orders() -> int:
    """Follow the journal and mark as difficult what the pack's rule calls so; returns how many."""
    marked = 0
    while entries := follow(READER, BATCH):
        for position, entry in entries:
            if entry.kind in WATCHED:
                with transaction.atomic():
                    marked += _judge(int(entry.chain.removeprefix("order:")))
                    advance_cursor(READER, position)
        advance_cursor(READER, entries[-1][0])
    return marked


def _judge(pk: int) -> int:
    order = visible_to(BY).filter(pk=pk, difficult=False, ended_at=None).first()
    if order is None:
        return 0
    spec = pack_of(order.pack_id).supervision.difficult
    held = order.held_until is not None
    why = rules.difficult_by(spec, rounds=order.round, returns=order.returns, held=held)
    if not why:
        return 0
    try:
        pairs.mark_difficult(order, reason=WHYS[why], by=BY)
    except Refused:  # it went on to an end, or somebody marked it, in this moment
        return 0
    return 1


def remind() -> int:
    """A reminder before a decision's day, a red mark after it, each once."""
    return _mark("reminded_at") + _mark("red_at")


def _mark(column: str) -> int:
    pick = clocks_due.overdue if column == "red_at" else clocks_due.soon
    done = 0
    for pk in list(pick(Obligation.objects.all()).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            meeting = Obligation.objects.values_list("decision__meeting", flat=True).get(pk=pk)
            Meeting.objects.select_for_update().get(pk=meeting)  # one pen on a meeting's chain
            rows = pick(Obligation.objects.filter(pk=pk)).select_related("decision__meeting")
            fresh = rows.first()
            if fresh is None:
                continue
            late = {"late": True} if column == "red_at" else {}
            Obligation.objects.filter(pk=pk).update(**{column: clock.now()}, **late)
            kind = "clock.red" if column == "red_at" else "clock.soon"
            data = {"code": fresh.code, "decision": fresh.decision_id, "due": fresh.due.isoformat()}
            row = fresh.decision
            journal.append(row.meeting.chain, kind, by=BY, data=data, unit=row.owner_id)
        done += 1
    return done
