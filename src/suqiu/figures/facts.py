"""From rows to facts: the same few queries however many orders there are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from suqiu.base import clock
from suqiu.callbacks.models import Attempt
from suqiu.callbacks.rules import exhausted
from suqiu.figures.models import Exemption
from suqiu.figures.rules import ClockFact, OrderFact, SignFact
from suqiu.orders.models import (
    Contact,
    Disposal,
    Feedback,
    Obligation,
    Order,
    Request,
    Seat,
    Transmission,
    Verification,
)
from suqiu.orders.states import State
from suqiu.policy.queries import pack
from suqiu.policy.rules import Pack

_COLUMNS = (
    "number",
    "state",
    "round",
    "source__channel",
    "kind",
    "urgency",
    "category__line",
    "region",
    "street",
    "appellant__anonymous",
    "appellant__phone_hash",
    "appellant__wants_callback",
    "accepted_at",
    "dispatched_at",
    "ended_at",
    "returns",
    "repeat",
    "false_report",
    "checked_beside",
    "held_until",
    "forced",
    "unreasonable",
    "exit",
    "pack",
)
_ENDS_UNCOUNTED = {State.MERGED, State.WITHDRAWN, State.VOID, State.REJECTED, State.HANDED_OVER}
OUT, GRANTED = "out_of_remit", "granted"
_WITHOUT_LEAD = {State.REGISTERED, State.ACCEPTED}


class _Beside:
    """The rows that stand beside the orders, by order."""

    def __init__(self, orders: QuerySet[Order]) -> None:
        ids, now = orders.values("pk"), clock.now()
        self.now = now
        self.clocks = _by_order(
            Obligation.objects.filter(order__in=ids).select_related("seat").order_by("pk")
        )
        self.checks = _by_order(Verification.objects.filter(order__in=ids).order_by("round", "pk"))
        self.disposals = _by_order(
            Disposal.objects.filter(order__in=ids)
            .only("order_id", "by", "round", "result", "passed_at")
            .order_by("pk")
        )
        self.feedbacks = _by_order(
            Feedback.objects.filter(order__in=ids)
            .only("order_id", "round", "reached", "at")
            .order_by("pk")
        )
        self.misses = _by_order(Contact.objects.filter(order__in=ids, reached=False))
        self.refusals = _by_order(Attempt.objects.filter(order__in=ids, outcome="refused"))
        seats = list(
            Seat.objects.filter(Q(role="lead") | Q(unit__kind="hub"), order__in=ids)
            .select_related("unit")
            .only("order_id", "role", "unit__kind", "unit__region_id")
            .order_by("pk")
        )
        self.leads = _by_order(row for row in seats if row.role == "lead")
        self.hubs = _by_order(row for row in seats if row.unit.kind == "hub")
        self.sent = _by_order(
            Transmission.objects.filter(order__in=ids, leg="unit").select_related("seat")
        )
        ruled = list(
            Request.objects.filter(order__in=ids, kind__in=("return", OUT), ruled_at__isnull=False)
            .select_related("seat")
            .only("order_id", "kind", "ruling", "seat__unit_id")
            .order_by("ruled_at")
        )
        self.returns = _by_order(row for row in ruled if row.kind == "return")
        self.outside = {row.order_id for row in ruled if row.kind == OUT and row.ruling == GRANTED}
        self.exempted = _by_order(Exemption.objects.filter(order__in=ids))
        self.again = set(orders.filter(children__repeat=True).values_list("pk", flat=True))


def _by_order(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def read(orders: QuerySet[Order]) -> list[OrderFact]:
    """The facts of these orders as they stand at this moment."""
    rows = list(
        orders.select_related("category", "appellant", "source").only(*_COLUMNS).order_by("pk")
    )
    beside = _Beside(orders.order_by())
    return [_fact(order, beside) for order in rows]


def _fact(order: Order, beside: _Beside) -> OrderFact:
    pk, rule = order.pk, pack(order.pack_id)
    leads = tuple(s.unit_id for s in beside.leads.get(pk, ()))
    checks = beside.checks.get(pk, [])
    last = [c for c in checks if c.round == order.round]
    written = beside.disposals.get(pk, [])
    disposal = next((d for d in written if d.passed_at and d.round == order.round), None)
    answers = [c.satisfaction for c in last if c.reached and c.satisfaction]
    solved = [c.solved for c in last if c.solved is not None]
    contactable = bool(order.appellant and order.appellant.has_phone)
    return OrderFact(
        id=pk,
        number=order.number,
        pack=order.pack_id,
        line=order.category.line if order.category else "",
        category=order.category_id or "",
        region=order.region_id or "",
        street=order.street_id,
        unit=leads[-1] if leads and order.state not in _WITHOUT_LEAD else None,
        leads=leads,
        source=order.source_id,
        channel=order.source.channel,
        hub=_hub(order, beside),
        person=written[-1].by if written else "",
        kind=order.kind,
        urgency=order.urgency,
        state=order.state,
        accepted_at=order.accepted_at,
        dispatched_at=order.dispatched_at,
        ended_at=order.ended_at,
        clocks=tuple(_clock(row, rule, beside.now) for row in beside.clocks.get(pk, ())),
        signs=tuple(_sign(row, beside.now) for row in beside.sent.get(pk, ())),
        disposed=disposal is not None,
        result=disposal.result if disposal else "",
        replied=_replied(order, disposal, beside, rule),
        contactable=contactable,
        verified=bool(last),
        satisfaction=answers[-1] if answers else "",
        claimed_solved=bool(disposal and disposal.result == "solved"),
        verified_solved=solved[-1] if solved else None,
        first_called=any(c.stage == "first" for c in last),
        # The sample alone says how often it is so; what was checked for a reason is worse than most.
        second_called=not order.checked_beside and any(c.stage == "second" for c in checks),
        false_report=order.false_report,
        rounds=order.round,
        returns=order.returns,
        returned_by=tuple(r.seat.unit_id for r in beside.returns.get(pk, ())),
        repeat=order.repeat,
        came_again=pk in beside.again,
        reasons=_reasons(order, last, answers, beside),
        exempted=frozenset((row.unit_id, row.rate) for row in beside.exempted.get(pk, ())),
        stale_at=_stale_at(pk, beside),
    )


def _hub(order: Order, beside: _Beside) -> int | None:
    """The hub of the order's district, if it sits at the order: its people then see it, but for what
    went to discipline inspection."""
    if order.exit == "discipline":
        return None
    seats = beside.hubs.get(order.pk, ())
    return next((s.unit_id for s in seats if s.unit.region_id == order.region_id), None)


def _stale_at(pk: int, beside: _Beside) -> dt.datetime | None:
    """When time alone will change the fact: the nearest due moment that still runs."""
    clocks = (
        row.due
        for row in beside.clocks.get(pk, ())
        if row.outcome == "open" and row.paused_since is None and not row.late
    )
    signs = (
        row.ack_due
        for row in beside.sent.get(pk, ())
        if row.acked_at is None and row.seat.closed is None and not row.step
    )
    return min((at for at in (*clocks, *signs) if at >= beside.now), default=None)


def _clock(row: Obligation, rule: Pack, now: dt.datetime) -> ClockFact:
    # The job that marks red may not have come by yet: what is past due is late all the same.
    overdue = row.outcome == "open" and row.paused_since is None and row.due < now
    return ClockFact(
        code=row.code,
        outcome=row.outcome,
        late=row.late or overdue,
        due=row.due,
        metric=next((spec.metric for spec in rule.obligations if spec.id == row.code), ""),
        due_original=row.due_original,
        ended=row.ended,
        unit=row.seat.unit_id,
        role=row.seat.role,
        paused=row.paused_since is not None,
    )


def _sign(row: Transmission, now: dt.datetime) -> SignFact:
    """One that had to climb was not acknowledged in time, whoever acknowledged it then."""
    waited_until = row.acked_at or row.seat.closed or now
    if row.step or waited_until > row.ack_due:
        return SignFact(row.seat.unit_id, in_time=False)
    return SignFact(row.seat.unit_id, in_time=True if row.acked_at else None)


def _replied(order: Order, disposal: Disposal | None, beside: _Beside, rule: Pack) -> bool:
    """Reached, or tried often enough on enough days after the disposal was passed."""
    told = [f for f in beside.feedbacks.get(order.pk, ()) if f.round == order.round]
    if any(f.reached for f in told):
        return True
    if not told or disposal is None or disposal.passed_at is None:
        return False
    since = disposal.passed_at
    tries = [c.at for c in beside.misses.get(order.pk, ()) if c.at >= since]
    days = [clock.local(at).date() for at in (*tries, *(f.at for f in told))]
    return exhausted(days, attempts=rule.contact_attempts, min_days=rule.callback.min_days)


def _reasons(
    order: Order, checks: list[Verification], answers: list[str], beside: _Beside
) -> frozenset[str]:
    """Why the order may be left out: every code of `reasons.REASONS` but `EXEMPTED` is set here."""
    reasons: set[str] = {order.state} & _ENDS_UNCOUNTED
    if not (order.appellant and order.appellant.has_phone):
        anonymous = order.appellant is None or order.appellant.anonymous
        reasons.add("anonymous" if anonymous else "no_phone")
    elif not order.appellant.wants_callback:
        reasons.add("reply_waived")
    flags = {"held": order.held_until, "forced": order.forced, "unreasonable": order.unreasonable}
    reasons |= {name for name, there in flags.items() if there}
    if order.pk in beside.outside:
        reasons.add(OUT)
    if _came_back(order, beside):
        reasons.add("returned")
    if checks and not answers:
        reasons.add(_unanswered(order, checks, beside))
    return frozenset(reasons)


def _came_back(order: Order, beside: _Beside) -> bool:
    """Its unit's objection was upheld and nobody has been given it since (推定): until somebody has,
    no unit's work can be judged by it."""
    asked = beside.returns.get(order.pk, [])
    return order.state in _WITHOUT_LEAD and any(row.ruling == GRANTED for row in asked)


def _unanswered(order: Order, checks: list[Verification], beside: _Beside) -> str:
    if any(c.reached for c in checks):
        return "unanswered"
    refused = any(a.round == order.round for a in beside.refusals.get(order.pk, ()))
    return "refused" if refused else "not_reached"
