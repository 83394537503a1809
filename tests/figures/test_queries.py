"""Figures from real rows: what is counted, and who may count what."""

import datetime as dt

from suqiu.base import clock
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.figures.queries import (
    Cohort,
    facts,
    headline,
    orders_behind,
    rates,
    summary_json,
    time_lost,
)
from suqiu.orders.actions.verify import close
from suqiu.orders.models import Order
from tests.city import City

YES = AnswerGiven(solved="yes", satisfaction="基本满意", disposal_true=True, feedback_true=True)


def month() -> Cohort:
    now = clock.now()
    return Cohort("closed_in", now - dt.timedelta(days=20), now + dt.timedelta(days=20))


def closed(city: City) -> Order:
    order = city.in_callback()
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=YES)
    return close(order, by=city.dispatcher)


def test_a_closed_order_is_counted_with_its_weight(city: City) -> None:
    order = closed(city)
    told = summary_json(month(), city.leader)
    assert told["satisfaction"]["value"] == 0.8 and told["solved"]["value"] == 1.0
    assert "基本满意 0.8" in told["satisfaction"]["weighting"]
    assert orders_behind(month(), city.leader, "solved", "numerator") == [order.pk]


def test_a_foreign_unit_counts_nothing(city: City) -> None:
    closed(city)
    assert facts(month(), city.outsider) == []
    assert rates(month(), city.outsider)[""]["timely"].value is None


def test_groups_and_sentences_open_into_orders(city: City) -> None:
    closed(city)
    assert set(rates(month(), city.leader, "region")) == {"310104"}
    assert all("rate" in said for said in headline(month(), city.leader))
    assert time_lost(month(), city.leader)


def test_the_number_of_queries_does_not_grow(
    city: City, django_assert_max_num_queries: object
) -> None:
    closed(city)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        facts(month(), city.leader)
