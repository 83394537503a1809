"""What the journal and time do to signals. Each may run at any moment, any number of times."""

from collections.abc import Iterable

from django.db import transaction

from suqiu.audit import journal
from suqiu.audit.queries import advance_cursor, follow
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.orders import due as clocks_due
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
    return _mark("reminded_at") + _mark("red_at")


def _mark(column: str) -> int:
    red = column == "red_at"
    pick = clocks_due.overdue if red else clocks_due.soon
    done = 0
    for pk in list(pick(Obligation.objects.all()).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            signal = Obligation.objects.values_list("signal", flat=True).get(pk=pk)
            Signal.objects.select_for_update().get(pk=signal)  # one pen on a signal's chain
            fresh = pick(Obligation.objects.filter(pk=pk)).select_related("signal").first()
            if fresh is None:
                continue
            late = {"late": True} if red else {}
            Obligation.objects.filter(pk=pk).update(**{column: clock.now()}, **late)
            data = {"code": fresh.code, "due": fresh.due.isoformat()}
            kind = "clock.red" if red else "clock.soon"
            unit = fresh.signal.unit_id
            journal.append(fresh.signal.chain, kind, by=BY, data=data, unit=unit)
        done += 1
    return done
