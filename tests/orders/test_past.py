"""An order's past is read in one question: it must be what the tables say, row by row."""

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from suqiu.base.gather import gather
from suqiu.orders.actions import verify
from suqiu.orders.models import Order
from suqiu.orders.past import _AT_ONCE, read
from tests.city import City

pytestmark = pytest.mark.django_db


def _values(row: Model) -> dict[str, object]:
    told = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    return {name: bytes(v) if isinstance(v, memoryview) else v for name, v in told.items()}


def _verified(city: City) -> Order:
    order = verify.review(city.replied(), by=city.dispatcher)
    return verify.verify(order, verify.Outcome(True, True, "满意", True, True), by=city.hub)


def test_each_kind_is_what_its_table_says(city: City) -> None:
    order = _verified(city)
    found = gather(_AT_ONCE, key=order.pk)
    seen = {name for name, rows in found.items() if rows}
    assert seen >= {"seats", "units", "obligations", "hands", "disposals", "feedbacks", "contacts"}
    assert seen >= {"category", "region", "source", "appellant", "verifications", "transmissions"}
    for rows in found.values():
        for row in rows:
            kept = type(row)._default_manager.get(pk=row.pk)
            assert _values(row) == _values(kept)
            assert [type(v) for v in _values(row).values()] == [
                type(v) for v in _values(kept).values()
            ]


def test_nothing_of_another_order_is_read(city: City) -> None:
    one, other = _verified(city), city.replied()
    past = read(one)
    for name in ("seats", "obligations", "disposals", "contacts", "transmissions"):
        assert {row.order_id for row in getattr(past, name)} == {one.pk}
    assert past.merged == past.children == []
    assert read(other).lead is not None


def test_one_question_and_its_rows_know_each_other(city: City) -> None:
    order = Order.objects.get(pk=city.replied().pk)
    with CaptureQueriesContext(connection) as asked:
        past = read(order)
        for row in (*past.obligations, *past.transmissions, *past.contacts):
            assert row.seat.unit.name and row.order is order
        assert order.category and order.source.pk and order.appellant
    assert len(asked) == 1


def test_a_change_that_is_not_saved_yet_stays(city: City) -> None:
    order = city.signed()
    order.street = None
    read(order)
    assert order.street is None
