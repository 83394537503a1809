"""Holding orders: who writes on more than one holds all of them first, the lowest number first.

One order for all locks is what keeps two people who reply, merge and take apart the same orders from
waiting for each other for ever. Where PostgreSQL still has to break such a tie, the loser is told so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg import errors

from suqiu.base.errors import WrongState
from suqiu.orders.models import Order

TRIES = 5


class _Grown(Exception):
    """Another order joined while we waited."""


def hold(*ids: int) -> dict[int, Order]:
    """Lock these orders until the transaction ends, in the one order. Raises WrongState where the
    database had to break a tie."""
    rows = Order.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    try:
        return {order.pk: order for order in rows.order_by("pk")}
    except OperationalError as error:
        if isinstance(error.__cause__, errors.DeadlockDetected):
            raise busy() from error
        raise


def hold_family(order_id: int, *others: int) -> dict[int, Order]:
    """Lock the order with the one that leads it and those merged into it, and `others`.

    What joins while we wait is waited for anew: letting go first keeps the one order.
    """
    for _turn in range(TRIES):
        wanted = _family(order_id) | set(others)
        try:
            with transaction.atomic():
                held = hold(*wanted)
                if not _family(order_id) <= wanted:
                    raise _Grown  # the savepoint lets the locks go
                return held
        except _Grown:
            continue
    raise busy()


@contextmanager
def family(order_id: int) -> Iterator[None]:
    """A transaction that holds the order and all that belong to it."""
    with transaction.atomic():
        hold_family(order_id)
        yield


def busy() -> WrongState:
    return WrongState("busy", _("刚好有人同时在办，什么都没有改动，请再办一次"))


def _family(order_id: int) -> set[int]:
    near = Order.objects.filter(Q(pk=order_id) | Q(master=order_id))
    rows = list(near.values_list("pk", "master"))
    above = {master for pk, master in rows if pk == order_id and master is not None}
    return above | {pk for pk, _master in rows}
