"""What hangs on an order beside its past, of every package that has something there, in one question."""

from collections.abc import Mapping
from typing import Any

from suqiu.audit import queries as audit
from suqiu.base.gather import Kind, gather
from suqiu.callbacks import queries as callbacks
from suqiu.orders import queries as orders
from suqiu.orders.models import Order
from suqiu.supervision.cases.models import CaseOrder
from suqiu.supervision.meetings.models import Item
from suqiu.supervision.visits.models import Problem

_OF_ORDER = "t.order_id = %(key)s"
_KINDS = {
    **audit.OF_CHAIN,
    **callbacks.OF_ORDER,
    **orders.FILES_OF_ORDER,
    # Most orders have none, and then the doors of cases, meetings and visits need not be asked.
    "cases": Kind(CaseOrder, _OF_ORDER),
    "studied": Kind(Item, _OF_ORDER),
    "visits": Kind(Problem, _OF_ORDER),
}


def read(order: Order) -> Mapping[str, list[Any]]:
    """By kind its rows, as each package's own reading takes them."""
    return gather(_KINDS, key=order.pk, chain=order.chain)
