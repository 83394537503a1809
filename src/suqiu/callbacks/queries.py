"""Reading callbacks: the attempts of an order, the two sides beside each other, and what is to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.gather import Kind, gather, join
from suqiu.callbacks.models import Advice, Answer, Attempt, OwnAnswer
from suqiu.orders.models import Hand, Order, Seat, Verification
from suqiu.orders.queries import at_work, visible_to
from suqiu.orders.states import State
from suqiu.organisations.models import Unit


@dataclass(frozen=True)
class Row:
    """One question with both answers; `same` is None where one was not given."""

    question: str
    first: str
    second: str
    same: bool | None


@dataclass(frozen=True)
class Comparison:
    """The last call of each stage ("first", "second") of one round, question by question."""

    round: int
    calls: dict[str, Attempt]
    rows: tuple[Row, ...]

    @property
    def differs(self) -> bool:
        return any(row.same is False for row in self.rows)


# What was called and said about one order (key), for who gathers it with other kinds of rows.
_CALLED = "(SELECT {} FROM callbacks_attempt WHERE order_id = %(key)s)"
OF_ORDER = {
    "attempts": Kind(Attempt, "t.order_id = %(key)s"),
    "answers": Kind(Answer, f"t.attempt_id IN {_CALLED.format('id')}"),
    "advice": Kind(Advice, f"t.attempt_id IN {_CALLED.format('id')}"),
    "callers": Kind(Unit, f"t.id IN {_CALLED.format('unit_id')}"),
    "own_answers": Kind(OwnAnswer, "t.order_id = %(key)s"),
}


def own_answer(order: Order) -> OwnAnswer | None:
    """What the citizen himself said last, on the web."""
    return OwnAnswer.objects.filter(order=order).order_by("-pk").first()


def may_answer_own(order: Order) -> bool:
    """Once a round, after the unit's reply: before it there is nothing to judge."""
    answered = order.own_answers.filter(round=order.round).exists()
    return not answered and order.feedbacks.filter(round=order.round).exists()


def for_order(order: Order, found: Mapping[str, list[Any]] | None = None) -> list[Attempt]:
    """All attempts with their answers and advice, oldest first. Who has gathered `OF_ORDER` already
    gives what was found."""
    found = found or gather(OF_ORDER, key=order.pk)
    attempts: list[Attempt] = found["attempts"]
    join(attempts, "answer", found["answers"])
    join(attempts, "advice", found["advice"])
    join(attempts, "unit", found["callers"])
    return attempts


def compare(order: Order, found: Mapping[str, list[Any]] | None = None) -> list[Comparison]:
    """Each round on which somebody called, newest first: a later good round hides no lie."""
    rounds: dict[int, dict[str, Attempt]] = {}
    for attempt in for_order(order, found):
        rounds.setdefault(attempt.round, {})[attempt.stage] = attempt
    return [Comparison(n, rounds[n], _rows(rounds[n])) for n in sorted(rounds, reverse=True)]


def _rows(calls: dict[str, Attempt]) -> tuple[Row, ...]:
    one, two = _said(calls.get("first")), _said(calls.get("second"))
    pairs = [(question, one.get(question, ""), two.get(question, "")) for question in one | two]
    return tuple(Row(q, a, b, (a == b) if a and b else None) for q, a, b in pairs if a or b)


def _said(call: Attempt | None) -> dict[str, str]:
    """Question → answer of one call; what was not asked is empty."""
    if call is None:
        return {}
    outcomes = {"reached": _("接通"), "unreachable": _("未接通"), "refused": _("拒绝评价")}
    answer = getattr(call, "answer", None)
    if answer is None:
        return {_("通话"): outcomes[call.outcome]}
    solved = {"yes": _("已解决"), "no": _("未解决"), "unknown": _("说不清")}
    told = {True: _("属实"), False: _("不属实"), None: ""}
    return {
        _("通话"): outcomes[call.outcome],
        _("是否解决"): solved[answer.solved],
        _("满意程度"): answer.satisfaction,
        _("办理效率"): answer.efficiency,
        _("服务态度"): answer.attitude,
        _("办理结果"): answer.result,
        _("处置是否属实"): told[answer.disposal_true],
        _("反馈是否属实"): told[answer.feedback_true],
    }


def todo(by: Actor) -> QuerySet[Order]:
    """Orders that wait for a call this person may make: what the verbs allow, in one query."""
    seats = Seat.objects.filter(
        order=OuterRef("pk"), role="callback", closed=None, unit__in=by.units_as("hub")
    )
    first, second = Q(pk__in=[]), Q(pk__in=[])
    if "callback_officer" in by.roles:
        first = Q(state=State.CALLBACK)
    elif by.units_as("hub"):
        first = Q(Exists(seats), state=State.CALLBACK) & ~Q(pack__body__callback__first_by="centre")
    if by.roles & {"callback_officer", "inspector"}:
        own = Exists(_checks("first").filter(by=by.id))
        second = Q(~Exists(_checks("second")), ~own, state=State.SECOND_CHECK)
    handled = Exists(Hand.objects.filter(order=OuterRef("pk"), actor=by.id))
    return at_work(by).filter(~handled, (first & ~Exists(_checks("first"))) | second)


def _checks(stage: str) -> QuerySet[Verification]:
    return Verification.objects.filter(order=OuterRef("pk"), round=OuterRef("round"), stage=stage)


def advice_to(by: Actor) -> QuerySet[Advice]:
    """Advice to this person's units that is not answered yet.

    It is told when the verifying is over: advice of a second check would tell who was drawn.
    """
    led = Seat.objects.filter(
        order=OuterRef("attempt__order"), role="lead", unit__in=by.units_as("handler", "head")
    )
    return (
        Advice.objects.filter(Exists(led), answered_at=None, attempt__order__in=visible_to(by))
        .exclude(attempt__order__state__in=[State.CALLBACK, State.SECOND_CHECK])
        .select_related("attempt__order")
    )


def advice_given(by: Actor) -> QuerySet[Advice]:
    """For the centre all advice, answered or not; for a unit what it has answered. Newest first.

    An order that is still being verified is left out for the unit: that it was drawn is not told.
    """
    rows = Advice.objects.filter(attempt__order__in=visible_to(by)).select_related("attempt__order")
    if not by.roles & {"dispatcher", "callback_officer", "inspector"}:
        led = Seat.objects.filter(
            order=OuterRef("attempt__order"), role="lead", unit__in=by.units_as("handler", "head")
        )
        rows = rows.filter(Exists(led), answered_at__isnull=False).exclude(
            attempt__order__state__in=[State.CALLBACK, State.SECOND_CHECK]
        )
    return rows.order_by("-pk")
