"""Who rules on an appeal in the demo."""

from collections.abc import Iterator

import pytest

from suqiu.demo import assessing, people
from tests.city import City
from tests.supervision.test_inspections import closed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_city() -> Iterator[None]:
    people.holders.cache_clear()
    people.in_unit.cache_clear()
    yield
    people.holders.cache_clear()
    people.in_unit.cache_clear()


def test_nobody_rules_on_an_appeal_about_an_order_that_was_his_work(city: City) -> None:
    order = closed(city)
    leaders = people.holders("leader")
    assert assessing._free("leader", order) == leaders[0]
    order.verifications.update(by=leaders[0].id)
    # The next in the role, or nobody: then the demo's unit appeals about another order.
    assert assessing._free("leader", order) == (leaders[1] if leaders[1:] else None)
