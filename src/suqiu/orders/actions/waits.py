"""Extension (延期) and hold (挂账): more time, asked before the end and granted by the centre."""

import datetime as dt

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.requests import ask, refuse, rule, waiting
from suqiu.orders.models import Obligation, Order
from suqiu.policy.rules import Pack

_YEAR = 365


def ask_extension(order: Order, *, days: int, reason: str, by: Actor) -> Order:
    """Ask for `days` more working days for the disposal."""
    with advance(order.pk, "ask_extension", by=by, given={"days": days, "reason": reason}) as step:
        most = step.pack.extension.max_days
        if days < 1 or (most and days > most):
            raise Invalid(
                "extension.days", _("延期须为 1 至 %(most)s 个工作日") % {"most": most}, days=days
            )
        ask(step, "extension", step.own_seat(), reason, days=days)
        step.data["days"] = days
    return step.order


def grant_extension(order: Order, *, by: Actor, note: str = "") -> Order:
    """The effective due moment moves; the original stays as it was."""
    with advance(order.pk, "grant_extension", by=by) as step:
        request = waiting(step, "extension")
        rule(step, request, "granted", note)
        # Where a pack counts the reply beside the disposal, both wait for the same work.
        for row in Obligation.objects.select_related("seat").filter(
            order=step.order, code__in=("dispose", "reply"), outcome="open"
        ):
            clocks.extend(step.order, row, request.days or 0, by=by)
    return step.order


def refuse_extension(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_extension", "extension", reason=reason, by=by)


def longest_hold(pack: Pack) -> int:
    """How many days an order may be set aside at most; a year where the pack says nothing."""
    return pack.hold.max_days or _YEAR


def ask_hold(order: Order, *, until: dt.date, reason: str, by: Actor) -> Order:
    """Ask to set the order aside until a day of review."""
    with advance(order.pk, "ask_hold", by=by, given={"until": until, "reason": reason}) as step:
        days, most = (until - clock.today()).days, longest_hold(step.pack)
        if not 0 < days <= most:
            raise Invalid(
                "hold.until", _("复核日须在 1 至 %(most)s 天之内") % {"most": most}, days=days
            )
        ask(step, "hold", step.own_seat(), reason, days=days)
        step.data["days"] = days
    return step.order


def grant_hold(order: Order, *, by: Actor, note: str = "") -> Order:
    """The lead's clocks stand still until the day of review, or until the work goes on."""
    with advance(order.pk, "grant_hold", by=by) as step:
        request = waiting(step, "hold")
        rule(step, request, "granted", note)
        until = clock.local(request.asked_at).date() + dt.timedelta(days=request.days or 1)
        step.change(held_until=until)
        step.data["until"] = until.isoformat()
        clocks.pause(step.order, step.at, by=by)
    return step.order


def refuse_hold(order: Order, *, reason: str, by: Actor) -> Order:
    return refuse(order, "refuse_hold", "hold", reason=reason, by=by)


def release_hold(order: Order, *, by: Actor) -> Order:
    """The work goes on; the clocks run with what was left."""
    with advance(order.pk, "release_hold", by=by) as step:
        step.change(held_until=None)
        clocks.resume(step.order, step.at, by=by)
    return step.order
