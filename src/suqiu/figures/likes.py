"""A unit's rates beside those of its like, without telling of any one of them.

What is told is the spread over units of the same kind and trade (or over districts): the middle and
the middle half. It is about units, so nobody's order stands behind it, and it is told only where
enough of them have enough orders. It is no ranking.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from suqiu.base import clock
from suqiu.figures import chance, keeping, rollups
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import FOUR, Rate
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on

# 推定: with fewer others, who knows his own figure could work out another's.
LEAST = 5
# The rates in which no clock of the centre's can count: of orders that go on, a district's people
# see these as all do.
WITHOUT_CLOCKS = ("satisfaction", "solved")


@dataclass(frozen=True)
class Like:
    """The spread of one rate over `n` others: a quarter lies below `low`, a quarter above `high`."""

    n: int
    low: float
    middle: float
    high: float


def of_units(cohort: Cohort, units: Iterable[Unit]) -> dict[int, dict[str, Like]]:
    """{unit: {rate: Like}} over the other units of the same kind and trade in the whole city; a rate
    that too few of them have is not there."""
    units = list(units)
    if not units or not keeping.ready():
        return {}
    made = rollups.rates(_everywhere(cohort), "unit")
    kinds: dict[tuple[str, str], set[int]] = {}
    for pk, kind, trade in valid_on(clock.today()).values_list("pk", "kind", "trade"):
        kinds.setdefault((kind, trade), set()).add(pk)
    found = {}
    for unit in units:
        others = kinds.get((unit.kind, unit.trade), set()) - {unit.pk}
        found[unit.pk] = _spreads([made[str(pk)] for pk in others if str(pk) in made], FOUR)
    return found


def of_districts(cohort: Cohort) -> tuple[str, ...]:
    """The rates in which a district's people may be told how theirs lies among the others'."""
    return FOUR if cohort.basis == "closed_in" else WITHOUT_CLOCKS


def of_district(cohort: Cohort, region: str) -> dict[str, Like]:
    """The same over the other districts."""
    if not keeping.ready():
        return {}
    made = rollups.rates(_everywhere(cohort), "region")
    others = [row for code, row in made.items() if code not in {"", region}]
    return _spreads(others, of_districts(cohort))


def _everywhere(cohort: Cohort) -> Cohort:
    return replace(cohort, region="", street=None, unit=None)


def _spreads(rows: Collection[dict[str, Rate]], codes: Iterable[str]) -> dict[str, Like]:
    found = {}
    for code in codes:
        values = [
            row[code].value or 0.0
            for row in rows
            if row[code].may_rank and row[code].value is not None
        ]
        if len(values) >= LEAST:
            low, middle, high = (chance.percentile(values, q) for q in (0.25, 0.5, 0.75))
            found[code] = Like(len(values), low, middle, high)
    return found
