"""Reading callbacks: the attempts of an order, the two sides beside each other, and what is to do."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.callbacks.models import Advice, Answer, Attempt
from suqiu.orders.models import Order
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
    """The first and the second callback of the present round, question by question; [] until both are."""
    answers = {
        a.attempt.stage: a
        for a in Answer.objects.filter(
            attempt__order=order, attempt__round=order.round
        ).select_related("attempt")
    }
    if set(answers) != {"first", "second"}:
        return []
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
    """Orders that wait for a call this person might make: never one that he has handled."""
    seat = Q(seats__unit__in=by.units_as("hub"), seats__role="callback", seats__closed=None)
    first = Q(state=State.CALLBACK)
    mine = Q(pk__in=[])
    if by.units_as("hub"):
        mine |= first & seat
    if "callback_officer" in by.roles:
        mine |= first
    if by.roles & {"callback_officer", "inspector"}:
        mine |= Q(state=State.SECOND_CHECK)
    return visible_to(by).filter(mine).exclude(hands__actor=by.id).distinct()


def advice_to(by: Actor) -> QuerySet[Advice]:
    """Advice to this person's units that is not answered yet."""
    led = Q(attempt__order__seats__unit__in=by.units, attempt__order__seats__role="lead")
    return Advice.objects.filter(led, answered_at=None).select_related("attempt__order").distinct()
