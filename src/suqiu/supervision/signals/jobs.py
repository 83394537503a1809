"""What the journal and time do to signals. Each may run at any moment, any number of times."""

from collections.abc import Iterable

from suqiu.audit import journal
from suqiu.audit.queries import advance_cursor, follow
from suqiu.base.actors import system
from suqiu.orders.actions.marking import mark
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.signals import actions, finding
from suqiu.supervision.signals.models import Obligation, Signal

BY = system("supervision")
READER = "supervision.signals"
BATCH = 500
WATCHED = frozenset(
    {
        *("order.ask_extension", "order.attach", "order.reply", "order.review"),
        *("order.verify_first", "order.verify_second", "order.close", "callback.own_answer"),
    }
)


def follow_orders() -> int:
    """Follow the journal; whatever an order gives cause to ask is asked, each once."""
    asked = 0
    while entries := follow(READER, BATCH):
        chains = {entry.chain for _position, entry in entries if entry.kind in WATCHED}
        asked += look(int(c.removeprefix("order:")) for c in chains if c.startswith("order:"))
        advance_cursor(READER, entries[-1][0])
    return asked


def look(orders: Iterable[int]) -> int:
    """Look through these orders; how many new pieces of evidence there are."""
    asked = 0
    for pk in sorted(orders):
        order = visible_to(BY).select_related("appellant").filter(pk=pk).first()
        if order is None or order.exit == "discipline":
            continue  # what went to discipline inspection is looked into there
        spec = pack_of(order.pack_id).signals
        for found in list(finding.in_order(order, spec)):
            asked += actions.raise_signal(found, order, by=BY)
    return asked


def remind() -> int:
    """Verdicts that are due: a reminder before, a red mark after, each once."""
    rows = Obligation.objects.select_related("signal")
    return mark(rows, hold=lambda row: _held(row.signal_id), tell=_tell)


def _held(signal: int) -> Signal:
    return Signal.objects.select_for_update().get(pk=signal)


def _tell(row: Obligation, red: bool) -> None:
    data = {"code": row.code, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(row.signal.chain, kind, by=BY, data=data, unit=row.signal.unit_id)
