"""Raising a signal, and a person's verdict on it. Nothing here changes an order's course but one: an
order that raised a question before the draw is checked a second time, beside the random sample."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.calendars.rules import Limit
from suqiu.orders.access import Denied
from suqiu.orders.actions.checks import call_for_check
from suqiu.orders.actions.clocks import end, within
from suqiu.orders.models import NEVER, Order
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.signals.access import may_rule
from suqiu.supervision.signals.finding import Found, Piece
from suqiu.supervision.signals.models import Evidence, Obligation, Signal
from suqiu.supervision.signals.queries import get_for
from suqiu.supervision.signals.rules import VERDICTS

CLOCK = gettext_noop("信号核查")


def raise_signal(found: Found, order: Order, *, by: Actor) -> int:
    """Ask it, once: what was asked before is not asked again, and a habit that goes on adds to the
    question that is still open. Returns how many new pieces there are."""
    with transaction.atomic():
        fresh = _fresh(found)
        if not fresh:
            return 0
        signal = _open(found) or _raise(found, order, by)
        Evidence.objects.bulk_create(
            Evidence(signal=signal, kind=found.kind, order_id=p.order, ref=p.ref, at=p.at)
            for p in fresh
        )
        orders = sorted({p.order for p in fresh})
        data = {
            "kind": found.kind,
            "orders": orders,
            "refs": [p.ref for p in fresh],
            "to_check": [pk for pk in orders if call_for_check(pk, by=by)],
        }
        journal.append(signal.chain, "signal.evidence", by=by, data=data, unit=found.unit)
    return len(fresh)


def _fresh(found: Found) -> list[Piece]:
    known = set(
        Evidence.objects.filter(
            kind=found.kind, order__in={p.order for p in found.pieces}
        ).values_list("order", "ref")
    )
    return [p for p in dict.fromkeys(found.pieces) if (p.order, p.ref) not in known]


def _open(found: Found) -> Signal | None:
    """The question still open in which one of these orders stands already."""
    rows = Signal.objects.select_for_update(of=("self",)).filter(kind=found.kind, verdict="")
    ids = Evidence.objects.filter(
        kind=found.kind, order__in={p.order for p in found.pieces}, signal__verdict=""
    ).values("signal")
    return rows.filter(pk__in=ids, unit=found.unit).order_by("pk").first()


def _raise(found: Found, order: Order, by: Actor) -> Signal:
    days = pack_of(order.pack_id).signals.verdict_days
    runs = within(clock.now(), Limit(days, "work_day"))
    signal = Signal.objects.create(
        kind=found.kind, unit_id=found.unit, pack_id=order.pack_id, raised_at=runs["started"],
        next_due=runs["due"],
    )  # fmt: skip
    Obligation.objects.create(signal=signal, code="verdict", name=CLOCK, round=1, **runs)
    data = {"kind": found.kind, "due": runs["due"].isoformat()}
    journal.append(signal.chain, "signal.raised", by=by, data=data, unit=found.unit)
    return signal


def rule(pk: int, *, verdict: str, words: str, by: Actor) -> Signal:
    """What somebody independent found, with words. It ends the question and punishes nobody.
    Raises Missing, NotAllowed for who is of the unit or had a hand in it, WrongState, Invalid."""
    with transaction.atomic():
        get_for(by, pk)
        signal = Signal.objects.select_for_update(of=("self",)).get(pk=pk)
        answer = may_rule(signal, by)
        if isinstance(answer, Denied):
            raise NotAllowed(answer.code, answer.reason)
        if signal.verdict:
            raise WrongState("signal.ruled", _("已经有结论了"))
        if verdict not in VERDICTS:
            raise Invalid(
                "signal.verdict", _("结论须选“属实、不属实、情有可原”之一"), field="verdict"
            )
        if not clean(words):
            raise Invalid("signal.words", _("写明核查了什么、为什么这样认定"), field="words")
        now = clock.now()
        signal.verdict, signal.words = verdict, clean(words)
        signal.ruled_by, signal.ruled_at, signal.next_due = by.id, now, NEVER
        signal.save()
        for row in Obligation.objects.filter(signal=signal, outcome="open"):
            end(row, now, "late" if now > row.due else "met")
        data = {"verdict": verdict, "kind": signal.kind}
        journal.append(
            signal.chain, "signal.ruled", by=by, data=data, unit=signal.unit_id,
            words={"words": signal.words},
        )  # fmt: skip
    return signal
