"""What tests of supervision stand on."""

import datetime as dt

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import schemes
from suqiu.base import clock
from tests.city import City


@pytest.fixture
def scored(city: City) -> City:
    """A scheme of assessment is in force."""
    text = shipped.shipped().replace("least: 30", "least: 1")
    row = schemes.propose(
        text=text, since=clock.today() - dt.timedelta(days=20), basis="推定", by=actor_named("assessor1")
    )  # fmt: skip
    schemes.publish(row.pk, by=city.leader)
    return city
