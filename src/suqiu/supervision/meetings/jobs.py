"""What time and the journal do to decisions and difficult orders. Each may run at any moment, any
number of times."""

from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.audit.models import Entry
from suqiu.audit.queries import follow_each
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.orders.actions import pairs
from suqiu.orders.actions.marking import mark
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
    return follow_each(READER, WATCHED, _judge)


def _judge(entry: Entry) -> int:
    pk = int(entry.chain.removeprefix("order:"))
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
    rows = Obligation.objects.select_related("decision__meeting")
    return mark(rows, hold=lambda row: _held(row.decision.meeting_id), tell=_tell)


def _held(meeting: int) -> Meeting:
    return Meeting.objects.select_for_update().get(pk=meeting)


def _tell(row: Obligation, red: bool) -> None:
    one = row.decision
    data = {"code": row.code, "decision": one.pk, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(one.meeting.chain, kind, by=BY, data=data, unit=one.owner_id)
