"""Reading messages: a person's list, an order's proof, what could not be delivered."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.notifications.models import Message
from suqiu.orders.models import Order
from suqiu.organisations.queries import unit
from suqiu.policy.queries import pack as pack_of

NOTICES = ("accepted", "dispatched", "result")


@dataclass(frozen=True)
class Proof:
    """One of the three notices (三告知): was it given, when, after how many tries, or why not."""

    event: str
    state: str  # "", waiting, sending, sent, dead
    sent_at: object
    tries: int
    error: str


def text_of(message: Message) -> str:
    """What the message says, made from the pack of its order."""
    order = message.order
    spec = next((n for n in pack_of(order.pack_id).notifications if n.event == message.event), None)
    if spec is None:
        return _short(message)
    lead = order.seats.filter(role="lead").order_by("-pk").select_related("unit").first()
    promise = clock.local(order.promised_at).strftime("%m-%d %H:%M") if order.promised_at else ""
    result = order.door.tell if order.door else _result(order)
    return spec.text.format(
        number=order.number, unit=lead.unit.name if lead else "", promise=promise, result=result
    )


def _short(message: Message) -> str:
    labels = {
        "transmitted": _("新工单,请回执"),
        "overdue": _("已逾期"),
        "soon": _("即将到期"),
        "rework": _("发回重办"),
    }
    return f"{message.order.number} {labels.get(message.event, message.event)}"


def _result(order: Order) -> str:
    disposal = order.disposals.filter(round=order.round, sent_back_at=None).last()
    labels = {"solved": _("已处理"), "explained": _("已解释说明"), "unsolved": _("暂未解决")}
    return labels.get(disposal.result, "") if disposal else ""


def inbox(by: Actor, *, unread: bool = False) -> QuerySet[Message]:
    """Messages to this person or to his units, newest first."""
    to = [by.id, *(f"unit:{pk}" for pk in by.units)]
    rows = (
        Message.objects.filter(channel="in_app", to__in=to).select_related("order").order_by("-pk")
    )
    return rows.filter(read_at=None) if unread else rows


def proof(order: Order) -> list[Proof]:
    """The three notices in their order, each with what became of it."""
    rows = (
        Message.objects.filter(order=order, to="complainant")
        .prefetch_related("attempts")
        .order_by("pk")
    )
    newest = {row.event: row for row in rows}
    return [_proof(event, newest.get(event)) for event in NOTICES]


def _proof(event: str, row: Message | None) -> Proof:
    if row is None:
        return Proof(event, "", None, 0, "")
    last = next(reversed(row.attempts.all()), None)
    return Proof(event, row.state, row.sent_at, row.tries, last.error if last else "")


def dead_letters() -> QuerySet[Message]:
    """What will not be tried again unless someone says so."""
    return Message.objects.filter(state="dead").select_related("order").order_by("-pk")


def receiver(message: Message) -> str:
    """The receiver's name, for a page."""
    if message.to.startswith("unit:"):
        return unit(int(message.to[5:])).name
    return _("诉求人") if message.to == "complainant" else message.to
