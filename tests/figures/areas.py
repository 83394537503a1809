"""Cohorts narrowed to a district and a line, and what the sums say of them beside the slow reference."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from suqiu.base import clock
from suqiu.figures import queries, rollups, stages
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import Rate
from tests.city import DISTRICT, MONDAY, OTHER, City

AREAS: list[dict[str, Any]] = [
    {}, {"region": DISTRICT}, {"line": "C"}, {"region": DISTRICT, "line": "C"},
    {"region": OTHER, "line": "G"}, {"region": OTHER}, {"line": "G"},
]  # fmt: skip


def bare(rate: Rate) -> Rate:
    """The rate without the orders behind it, which sums do not hold."""
    return replace(rate, numerator_ids=(), denominator_ids=(), excluded_ids={}, met_ids=())


def wide(basis: str) -> Cohort:
    first = clock.local(MONDAY).date() - dt.timedelta(days=40)
    return Cohort(basis, clock.midnight(first), clock.midnight(first + dt.timedelta(days=400)))


def assert_same_area(city: City, cohort: Cohort) -> None:
    """What a leader's page narrowed to a district or a line shows, beside the slow reference."""
    facts = queries.facts(cohort, city.leader)
    for group in (None, "region", "line", "week", "month", "year"):
        slow = queries.grouped(facts, cohort, group)
        quick = rollups.rates(cohort, group)
        assert {k: {c: bare(r) for c, r in row.items()} for k, row in slow.items()} == quick, group
    for group in (None, "region", "line", "category", "source", "month"):
        assert rollups.volumes(cohort, group) == queries.sizes(facts, cohort, group), group
    for one, other in zip(stages.time_lost(cohort, city.leader), rollups.lost(cohort), strict=True):
        assert (one["code"], one["n"]) == (other["code"], other["n"])
        assert abs(one["median"] - other["median"]) <= max(0.0251 * one["median"], 1 / 60)
    taken = [fact.accepted_at for fact in queries.facts(_accepted(cohort), city.leader)]
    moments = Counter((at.isoweekday(), at.hour) for at in map(clock.local, filter(None, taken)))
    assert {(day, hour): n for day, hour, n in rollups.hours(cohort)} == dict(moments)


def _accepted(cohort: Cohort) -> Cohort:
    return replace(cohort, basis="accepted_in")
