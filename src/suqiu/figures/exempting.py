"""Leaving an order out of a rate: who rules on an appeal calls this, and the figures know of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.figures.models import Exemption
from suqiu.figures.rules import DEFINITIONS
from suqiu.orders.queries import locked


def exempt(order: int, *, unit: int, rate: str, by: Actor) -> None:
    """From now on the order is out of this rate of this unit, and of the whole; what was done, and
    whether it was late, stays as it was. The ruling itself is the caller's.

    Raises Invalid for a rate that there is not.
    """
    if rate not in DEFINITIONS:
        raise Invalid("figures.rate", _("没有这个指标"), rate=rate)
    with transaction.atomic():
        row = locked(order)
        _row, new = Exemption.objects.get_or_create(
            order=row, unit_id=unit, rate=rate, defaults={"at": clock.now(), "by": by.id}
        )
        if new:
            # In the order's own chain: the follower of the journal then reads the order anew.
            journal.append(row.chain, "figures.exempted", by=by, data={"rate": rate}, unit=unit)
