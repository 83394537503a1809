"""The benches' volumes are orders as the product writes them."""

import datetime as dt

from django.db import connection

from suqiu.bench.lives import closed, crew, signed
from suqiu.bench.measure import percentile, spread
from suqiu.bench.volume import Copies, multiply
from suqiu.orders.models import Obligation, Order, Seat
from suqiu.orders.queries import visible_to
from tests.city import City


def test_a_copy_has_all_that_its_template_has(city: City) -> None:
    order = closed(crew())
    multiply(Copies(order.pk, 3, (city.other_squad.pk,), days=3, minutes=60), using="default")
    copies = Order.objects.filter(number__startswith="BN")
    assert copies.count() == 3
    for relation in ("seats", "obligations", "disposals", "feedbacks", "verifications", "hands"):
        wanted = getattr(order, relation).count()
        assert wanted and all(getattr(copy, relation).count() == wanted for copy in copies)
    # Every clock stands on a seat of its own order, and the lead is where it was told to be.
    assert all(o.seat.order_id == o.order_id for o in Obligation.objects.select_related("seat"))
    assert set(
        Seat.objects.filter(order__in=copies, role="lead").values_list("unit", flat=True)
    ) == {city.other_squad.pk}
    last = copies.order_by("pk").last()
    assert last and order.ended_at and last.ended_at
    assert order.ended_at - last.ended_at == dt.timedelta(days=3, minutes=60)


def test_copies_are_seen_by_their_unit_and_constraints_hold(city: City) -> None:
    order = signed(crew())
    multiply(Copies(order.pk, 4, (city.other_squad.pk, city.squad.pk)), using="default")
    mine = visible_to(city.outsider).filter(number__startswith="BN")
    assert mine.count() == 2
    with connection.cursor() as cursor:  # what the loader did not let the database look at
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT count(*) FROM orders_obligation o LEFT JOIN orders_seat s ON s.id = o.seat_id"
            " WHERE s.id IS NULL OR s.order_id <> o.order_id"
        )
        assert cursor.fetchone() == (0,)


def test_percentiles_are_values_of_the_sample() -> None:
    sample = [n / 1000 for n in range(1, 101)]
    assert (percentile(sample, 0.5), percentile(sample, 0.95)) == (0.05, 0.095)
    assert percentile([0.2], 0.95) == 0.2
    assert spread(sample)["max_ms"] == 100
