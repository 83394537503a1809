"""Transfer (转派): the district passes the order on within itself; the clocks run on."""

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.dispatch import check_unit, transmit
from suqiu.orders.actions.requests import lapse
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit

BELOW = ("department", "street", "squad")


def transfer(order: Order, *, to: Unit, reason: str, by: Actor) -> Order:
    """Pass the lead to another unit of the same district, which has to sign.

    Raises Invalid where `to` is of another district, a hub, already in it, accused or ended.
    """
    given = {"to": to.pk, "reason": reason}
    with advance(order.pk, "transfer", by=by, given=given) as step:
        old = next(s for s in step.seats if s.role == "lead" and s.closed is None)
        _check(step, to, old.unit)
        step.close_seat(old)
        new = step.open_seat(to, "lead")
        clocks.carry_over(step.order, step.seats, old, new, step.pack, step.at, by=by)
        step.data = {"unit": to.pk, "from_unit": old.unit_id}
        lapse(step, _("已转派，随之作废"))
        transmit(step, new)
        step.change(transfers=step.order.transfers + 1, dispatched_at=step.at)
        step.words = {"reason": clean(reason)}
    return step.order


def _check(step: Step, to: Unit, lead: Unit) -> None:
    check_unit(step, to)
    sitting = {s.unit_id for s in step.seats if s.closed is None}
    if to.kind not in BELOW or to.region_id != lead.region_id or to.pk in sitting:
        raise Invalid("transfer.unit", _("只能转给本区没有参与这件的承办单位"), to=to.pk)
