"""What the pages about a principal leader's signatures show."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suqiu.accounts.queries import names
from suqiu.base.actors import Actor
from suqiu.desk import shapes
from suqiu.orders.access import is_inside
from suqiu.orders.models import Order
from suqiu.orders.past import Past
from suqiu.orders.signing import Waiting, kinds
from suqiu.orders.situations import plan_state
from suqiu.orders.states import label_for
from suqiu.policy.queries import pack

SIGNING = frozenset({"sign_acceptance", "sign_plan", "return_plan", "sign_off"})
KINDS = {"accept": _("受理签批"), "plan": _("方案签批"), "close": _("办结签批")}


def marks(order: Order, past: Past, called: dict[str, str]) -> list[dict[str, Any]]:
    """The signatures that this order owes, each with when it was given and who signed for whom."""
    if not order.conduct:
        return []
    there = {
        "accept": order.leader_accepted_at is not None,
        "plan": plan_state(order, past) == "signed",
        "close": order.leader_signed_at is not None,
    }
    last = {row.kind: row for row in past.signatures}
    return [
        {
            "label": KINDS[spec.id],
            "at": last[spec.id].at if there[spec.id] and spec.id in last else None,
            "deputy": called.get(last[spec.id].by, "")
            if spec.id in last and last[spec.id].by != last[spec.id].leader
            else "",
        }
        for spec in pack(order.pack_id).signatures
    ]


def cards(rows: list[Waiting], called: dict[str, str], by: Actor) -> list[dict[str, Any]]:
    """What waits for him, each with the way to where it is read and signed."""
    return [
        {
            "number": one.order.number,
            "title": shapes.text(one.order, by).title,
            "place": shapes.place(one.order, by),
            "category": one.order.category,
            "section": one.order.section,
            "flags": shapes.flags(one.order),
            "kind": KINDS[one.kind],
            "face": shapes.face(one.clock) if one.clock else None,
            "for": "" if one.order.leader == by.id else called.get(one.order.leader, ""),
            "url": reverse("desk:verb", args=[one.order.number, one.verb]),
            "back_url": reverse("desk:verb", args=[one.order.number, "return_plan"])
            if one.kind == "plan"
            else "",
        }
        for one in rows
    ]


def instead_of(order: Order, verb: str, by: Actor) -> str:
    """The name of the leader in whose name this person would sign; "" where it is his own, or no
    signature."""
    if verb not in SIGNING or not order.leader or order.leader == by.id:
        return ""
    return names({order.leader}).get(order.leader, "")


def answered_for(rows: list[Order], called: dict[str, str], by: Actor) -> list[dict[str, Any]]:
    """The open orders that he answers for, each with its signatures as signs."""
    return [
        {
            "order": order,
            "title": shapes.text(order, by).title,
            "state": label_for(order.state, inside=is_inside(by)),
            "for": "" if order.leader == by.id else called.get(order.leader, ""),
            "signs": _signs(order),
        }
        for order in rows
    ]


def _signs(order: Order) -> list[dict[str, Any]]:
    waits = kinds(order)
    there = {
        "accept": order.leader_accepted_at is not None,
        "plan": bool(order.plan_signed),  # type: ignore[attr-defined]
        "close": order.leader_signed_at is not None,
    }
    return [
        {"label": KINDS[s.id], "done": there[s.id], "waits": s.id in waits}
        for s in pack(order.pack_id).signatures
    ]
