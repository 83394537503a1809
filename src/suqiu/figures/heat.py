"""When appeals come: how many were accepted in each hour of each weekday.

Who may read the sums reads them, others the facts of the orders that they may see; where no facts are
kept, the database counts the orders.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.figures import access, rollups
from suqiu.figures.cohorts import Cohort, orders
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to

DAYS, HOURS = 7, 24


@dataclass(frozen=True)
class Heat:
    """`rows`: seven weekdays from Monday, each with its 24 hours."""

    rows: list[list[int]]

    @property
    def most(self) -> int:
        return max((n for row in self.rows for n in row), default=0)

    @property
    def whole(self) -> int:
        return sum(n for row in self.rows for n in row)

    @property
    def peak(self) -> tuple[int, int] | None:
        """(weekday 1–7, hour) in which most came, the first of them; None where nothing came."""
        if not self.most:
            return None
        return next(
            (day + 1, hour)
            for day, row in enumerate(self.rows)
            for hour, n in enumerate(row)
            if n == self.most
        )


def heat(cohort: Cohort, by: Actor) -> Heat:
    """Of the cohort's days, by the moment of acceptance whatever its basis."""
    cohort = replace(cohort, basis="accepted_in")
    if access.may_read(by, cohort):
        return _laid(rollups.hours(cohort))
    if access.has_facts(cohort):  # when an order came is no secret to who sees it
        if hub := access.hub_of(by, cohort):
            return _laid(rollups.hours(replace(cohort, hub=hub)))
        return _laid(rollups.hours(cohort, visible_to(by)))
    timed = _timed(orders(cohort, by)).order_by()
    rows = timed.values("weekday", "hour").annotate(n=Count("pk"))
    return _laid((row["weekday"], row["hour"], row["n"]) for row in rows)


def within(rows: QuerySet[Order], weekday: int, hour: int) -> QuerySet[Order]:
    """Those that were accepted in this hour of this weekday: what stands behind a cell."""
    found: QuerySet[Order] = _timed(rows).filter(weekday=weekday, hour=hour)
    return found


def _timed(rows: QuerySet[Order]) -> Any:
    """With the weekday and hour of acceptance; the checker of types knows no such columns."""
    return rows.annotate(
        weekday=ExtractIsoWeekDay("accepted_at", tzinfo=clock.LOCAL),
        hour=ExtractHour("accepted_at", tzinfo=clock.LOCAL),
    )


def _laid(cells: Iterable[tuple[int, int, int]]) -> Heat:
    rows = [[0] * HOURS for _day in range(DAYS)]
    for weekday, hour, n in cells:
        rows[weekday - 1][hour] += n
    return Heat(rows)
