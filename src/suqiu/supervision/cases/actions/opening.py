"""Opening a case, by rule or by hand: each ground once, one open case an order."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.orders.models import Order
from suqiu.orders.queries import get_for, locked
from suqiu.policy.queries import in_force
from suqiu.supervision.cases.actions import clocks
from suqiu.supervision.cases.models import ENDED, Case, CaseOrder, Ground
from suqiu.supervision.cases.states import CENTRE, REASONS, STARTS, State

_LOCK = 0x43415345  # "CASE": the month's numbers are given one after the other


def open_case(number: str, *, words: str, by: Actor, reason: str = "hand") -> Case:
    """Open a case about this order by hand, or add a ground to the one it is in."""
    if not by.roles & set(CENTRE):
        raise NotAllowed("post", _("您的岗位不办这一步"))
    order = get_for(by, number)
    if not clean(words):
        raise Invalid("case.words", _("写明为什么督办"), field="words")
    if reason not in {"hand", "leader", "warning"} or (
        reason == "leader" and "leader" not in by.roles
    ):
        raise Invalid("case.reason", _("立案缘由不在选项内"), field="reason")
    with transaction.atomic():
        locked(order.pk)
        n = Ground.objects.filter(order=order, reason=reason).count() + 1
        return ground(order, reason, key=f"{reason}:{order.pk}:{n}", by=by, words=words)[0]


def ground(
    order: Order,
    reason: str,
    *,
    key: str,
    by: Actor,
    words: str = "",
    before: Sequence[Order] = (),
) -> tuple[Case, bool]:
    """This order gives a ground: its open case has one more, or a case is opened; a key that was seen
    before changes nothing. `before` are earlier orders of the same matter, which belong to it. The
    answer is the case, and whether anything was written."""
    if reason not in REASONS:
        raise RuntimeError(f"unknown reason {reason}")
    with transaction.atomic():
        locked(order.pk)
        known = Ground.objects.select_related("case").filter(key=key).first()
        if known:
            return known.case, False
        found = Case.objects.exclude(ENDED).filter(orders=order).order_by("pk").first()
        case = found or _new(order, reason, by)
        for one in (order, *before):
            CaseOrder.objects.get_or_create(case=case, order=one)
        row = Ground.objects.create(
            case=case, order=order, reason=reason, key=key, at=clock.now(), words=clean(words)
        )
        told = [] if found else [clocks.start(case, STARTS[State.OPENED], clock.now())]
        data = {"ground": row.pk, "reason": reason, "order": order.pk, "level": case.level}
        kind = "case.ground" if found else "case.opened"
        fact = journal.Fact(
            case.chain, kind, data, None, {"words": row.words} if row.words else None
        )
        journal.append_many([fact, *told], by=by)
        case.next_due = clocks.nearest(case)
        case.save(update_fields=["next_due"])
    return case, True


def _new(order: Order, reason: str, by: Actor) -> Case:
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    month = f"DC{clock.local(at):%y%m}-"
    n = Case.objects.filter(number__startswith=month).count() + 1
    return Case.objects.create(
        number=f"{month}{n:04d}",
        by_rule=by.is_system,
        reason=reason,
        pack_id=order.pack_id or in_force().pk,
        opened_at=at,
        opened_by=by.id,
    )
