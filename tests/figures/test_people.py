"""By whom an order was handled and how it came: who may read names, and what is counted for them."""

from dataclasses import replace

import pytest

from suqiu.accounts.queries import names
from suqiu.base.text import mask_name
from suqiu.catalogue.actions import set_source
from suqiu.figures import queries, rollups
from suqiu.orders.models import Order
from tests.city import City
from tests.figures.test_queries import closed
from tests.figures.test_rollups import assert_same, differing, follow, wide


@pytest.mark.parametrize("basis", ["accepted_in", "closed_in"])
def test_who_wrote_the_last_disposal_answers_for_the_order(city: City, basis: str) -> None:
    order = closed(city)
    city.dispatched()
    follow()
    by = order.disposals.get().by
    cohort = replace(wide(basis), person=by)
    assert_same(city, cohort)
    assert queries.rates(wide(basis), city.leader, "person")[by]["solved"].denominator == 1
    assert queries.orders_behind(cohort, city.leader, "orders") == [order.pk]


def test_names_are_for_the_centre_and_for_colleagues(city: City) -> None:
    by = closed(city).disposals.get().by
    name = names({by})[by]
    for reader in (city.leader, city.handler, city.dispatcher):
        assert queries.people([by, ""], reader) == {by: f"{name} {city.squad.name}"}
    for reader in (city.outsider, city.hub):
        shown = queries.people([by], reader)[by]
        assert name not in shown and shown.startswith(mask_name(name))


def test_the_channel_is_the_sources_and_is_summed(city: City) -> None:
    order = closed(city)
    follow()
    assert order.source.channel == "phone"
    assert rollups.volumes(wide("closed_in"), "channel") == {"phone": 1}
    assert_same(city, replace(wide("closed_in"), channel="phone"))
    assert rollups.volumes(replace(wide("closed_in"), channel="web")) == {}
    set_source(
        code="WEB-2", name="随手拍", channel="web", conduct=False, active=True, by=city.leader
    )
    Order.objects.filter(pk=closed(city).pk).update(source="WEB-2")
    follow()
    assert rollups.volumes(wide("closed_in"), "channel") == {"phone": 1, "web": 1}
    assert differing() == []
