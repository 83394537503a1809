"""Reading callbacks: the attempts of an order, the two sides beside each other, and what is to do."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.callbacks.models import Advice, Answer, Attempt
from suqiu.orders.models import Hand, Order, Seat, Verification
from suqiu.orders.queries import visible_to
from suqiu.orders.states import State


@dataclass(frozen=True)
class Row:
    """One question with both answers; `same` is None where one was not given."""

    question: str
    first: str
    second: str
    same: bool | None


def for_order(order: Order) -> list[Attempt]:
    """All attempts with their answers and advice, oldest first."""
    return list(
        Attempt.objects.filter(order=order)
        .select_related("answer", "advice", "unit")
        .order_by("pk")
    )


def compare(order: Order) -> list[Row]:
    """The first and the second callback of the newest round that has both, question by question.

    A lie sends the order into a new round at once, so the two that show it are of the round before.
    """
    rounds: dict[int, dict[str, Answer]] = {}
    for a in Answer.objects.filter(attempt__order=order).select_related("attempt"):
        rounds.setdefault(a.attempt.round, {})[a.attempt.stage] = a
    both = [n for n, found in rounds.items() if set(found) == {"first", "second"}]
    if not both:
        return []
    answers = rounds[max(both)]
    one, two = answers["first"], answers["second"]
    solved = {"yes": _("已解决"), "no": _("未解决"), "unknown": _("说不清")}
    told = {True: _("属实"), False: _("不属实"), None: ""}
    pairs = [
        (_("是否解决"), solved[one.solved], solved[two.solved]),
        (_("满意程度"), one.satisfaction, two.satisfaction),
        (_("办理效率"), one.efficiency, two.efficiency),
        (_("服务态度"), one.attitude, two.attitude),
        (_("办理结果"), one.result, two.result),
        (_("处置是否属实"), told[one.disposal_true], told[two.disposal_true]),
        (_("反馈是否属实"), told[one.feedback_true], told[two.feedback_true]),
    ]
    return [Row(q, a, b, (a == b) if a and b else None) for q, a, b in pairs if a or b]


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
    return visible_to(by).filter(~handled, (first & ~Exists(_checks("first"))) | second)


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
