"""Showing an identity: an action, since orders know who is accused and what is secret."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.appellants.queries import opened
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.orders import situations
from suqiu.orders.access import is_inside, sees
from suqiu.orders.models import Order

REASONS = {
    "callback": gettext_noop("回访核实"),
    "visit": gettext_noop("现场会面"),
    "rescue": gettext_noop("紧急救助"),
    "other": gettext_noop("其他(写明)"),
}
MAY = frozenset(
    {"call_taker", "callback_officer", "inspector", "dispatcher", "handler", "head", "hub"}
)


def reveal(order: Order, *, reason: str, by: Actor, note: str = "") -> dict[str, str]:
    """The plain identity {"name", "phone", "home"}. Logged with its reason before it is shown.

    Raises Missing to those who may not see the order; NotAllowed to roles without need, and to units
    where the order is secret or they no longer hold it.
    """
    if reason not in REASONS or (reason == "other" and not note.strip()):
        raise Invalid("reveal.reason", _("先选理由；“其他”须写明"))
    it, _seats = situations.of(order, content=False)
    if not sees(by, it):
        raise Missing("missing", _("没有这张单子，或不归您看"))
    if not by.roles & MAY:
        raise NotAllowed("reveal.post", _("您的岗位不看身份信息"))
    holds = by.units & (it.open_units("lead") | it.open_units("callback"))
    if not is_inside(by) and (order.confidential or not holds):
        raise NotAllowed(
            "reveal.secret",
            _("保密件只由中心联系诉求人") if order.confidential else _("这件已不在您单位"),
        )
    if order.appellant is None:
        return {"name": "", "phone": "", "home": ""}
    why = REASONS[reason] + (f":{note.strip()}" if note.strip() else "")
    return opened(order.appellant, by=by, verb="reveal", subject=order.chain, reason=why[:200])
