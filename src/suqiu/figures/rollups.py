"""Figures read from the sums, for those who may see every order.

A cohort that names at most one place is a sum of days, dekads and months; one that names more is
summed from the facts (`gathered`). Nothing is counted here. The sums are the same for everybody, so
who may not see every order never reads them: `may_read`.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.figures import chance, gathered, keeping, sums
from suqiu.figures.cohorts import Cohort
from suqiu.figures.gathered import FILTERS, asked, chosen_in, days
from suqiu.figures.rules import Rate
from suqiu.figures.spans import Span, label, parts
from suqiu.figures.stages import STAGES
from suqiu.orders.access import is_inside
from suqiu.orders.models import Order
from suqiu.orders.queries import accusing
from suqiu.policy.queries import in_force, pack

# Of a place the sums tell these; narrowed by others, places are counted from the facts.
_OF_PLACES = {"region", "street", "category"}


def may_read(by: Actor, cohort: Cohort) -> bool:
    """Sums tell of every order: only for whole days, and for who may see every order."""
    known = cohort.basis in keeping.BASES
    return known and _is_whole_days(cohort) and sees_all(by) and keeping.ready()


def may_read_own(by: Actor, cohort: Cohort) -> bool:
    """A unit's own people read the facts of its orders that have ended, those that they may see: what
    is secret while an order is verified is so no more, and of clocks its own only are in them."""
    return (
        cohort.basis == "closed_in"
        and cohort.unit is not None
        and cohort.unit in by.units_as("handler", "head")
        and _is_whole_days(cohort)
        and keeping.ready()
    )


def sees_all(by: Actor) -> bool:
    if by.is_system:
        return True
    return is_inside(by) and not accusing(by).exists()


def _is_whole_days(cohort: Cohort) -> bool:
    return all(
        clock.local(at) == midnight(clock.local(at).date()) for at in (cohort.start, cohort.end)
    )


def rates(
    cohort: Cohort, group: str | None = None, among: QuerySet[Order] | None = None
) -> dict[str, dict[str, Rate]]:
    """As `queries.rates`, without the ids; `among`: of these orders only."""
    found: dict[str, list[sums.Sum]] = defaultdict(list)
    cut = _cut(cohort, group, among)
    if cut is None:
        for key, *cell in gathered.cells(cohort, group, among=among):
            found[key].append(sums.Sum(*cell))
    else:
        for key, added in _added(cohort, cut, group).items():
            found[key] += _sums(added)
    if group is None:
        found.setdefault("", [])
    return {key: _rates(found[key]) for key in sorted(found)}


def _sums(added: Mapping[int, Mapping[str, list[int]]]) -> Iterator[sums.Sum]:
    for rule, codes in added.items():
        # Orders that count in no rate still name the rules that they are pinned to.
        yield sums.Sum(rule, sums.ALL, "", 0, 0)
        for code, (n, weight) in codes.items():
            rate, _, reason = code.partition(":")
            yield sums.Sum(rule, rate, reason, n, weight)


def _rates(cells: list[sums.Sum]) -> dict[str, Rate]:
    pinned = sorted({one.pack for one in cells}) or [in_force().pk]
    return sums.rates_of(cells, {pk: pack(pk) for pk in pinned})


def volumes(
    cohort: Cohort, group: str | None = None, among: QuerySet[Order] | None = None
) -> dict[str, int]:
    """How many orders, in all or for each value of the group."""
    found: dict[str, int] = defaultdict(int)
    cut = _cut(cohort, group, among)
    if cut is None:
        for key, _pack, _rate, _reason, n, _weight in gathered.cells(
            cohort, group, sums.ALL, among
        ):
            found[key] += n
        return dict(found)
    named = _naming(group)
    column = "''" if group is None else "s.key" if group in FILTERS else "s.day"
    for key, n in _read(cohort, cut, f"{column}, sum(s.n)::bigint", group, "GROUP BY 1"):
        found[named(key)] += n
    return dict(found)


def _cut(cohort: Cohort, group: str | None, among: QuerySet[Order] | None) -> str | None:
    """The dimension whose sums tell it; None where none does."""
    cuts = {*chosen_in(cohort), *({group} & set(FILTERS))}
    return None if len(cuts) > 1 or among is not None else next(iter(cuts), "")


def _added(
    cohort: Cohort, cut: str, group: str | None
) -> dict[str, dict[int, dict[str, list[int]]]]:
    """{key of the group: {pack: {code: [orders, weight]}}}."""
    found: dict[str, dict[int, dict[str, list[int]]]] = {}
    named = _naming(group)
    column = "s.key" if group in FILTERS else "s.day"
    for key, rule, codes in _read(cohort, cut, f"{column}, s.pack, s.codes", group):
        whole = found.setdefault(named(key), {}).setdefault(rule, {})
        for code, (n, weight) in json.loads(codes).items():
            one = whole.setdefault(code, [0, 0])
            one[0] += n
            one[1] += weight
    return found


def _naming(group: str | None) -> Any:
    """What turns a sum's key or day into the group's key."""
    if group is None:
        return lambda _key: ""
    if group in FILTERS:
        return str
    begins = pack(in_force().pk).figures.year_begins if group == "year" else 1
    return lambda day: label(day, group, begins)


def _read(
    cohort: Cohort, cut: str, columns: str, group: str | None = None, then: str = ""
) -> list[tuple[Any, ...]]:
    """The sums of one dimension over the cohort's days, narrowed to the place that it names."""
    bounds = days(cohort)
    # A week does not end where a dekad or a month does.
    spans = list(parts(bounds["first"], bounds["after"], whole_days=group == "week"))
    return _rows(cohort.basis, cut, columns, spans, chosen_in(cohort).get(cut), then)


def _rows(
    basis: str, cut: str, columns: str, spans: Collection[Span], key: str | None, then: str = ""
) -> list[tuple[Any, ...]]:
    return asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {columns} FROM unnest(%(spans)s::text[], %(days)s::date[]) AS p (span, day)"  # noqa: S608
        " JOIN figures_figuresum s ON s.span = p.span AND s.day = p.day"
        " WHERE s.basis = %(basis)s AND s.cut = %(cut)s AND (%(key)s::text IS NULL OR s.key = %(key)s)"
        f" {then}",
        {
            "basis": basis,
            "cut": cut,
            "key": key,
            "spans": [span for span, _day in spans],
            "days": [day for _span, day in spans],
        },
    )


def behind(cohort: Cohort, rate: str, part: str, reason: str = "") -> list[int]:
    """The ids of the orders behind a number, as `queries.orders_behind` names it."""
    return gathered.behind(cohort, rate, part, reason)


def lost(cohort: Cohort, among: QuerySet[Order] | None = None) -> list[dict[str, Any]]:
    """As `stages.time_lost`; median and 90th percentile from bins 5 % wide where the whole city is
    asked for, and exact otherwise."""
    if chosen_in(cohort) or among is not None:
        return _shares(gathered.lost(cohort, among))
    bins: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    seconds: dict[str, int] = defaultdict(int)
    for verb, codes in _read(cohort, "stage", "s.key, s.codes"):
        for number, (n, whole) in json.loads(codes).items():
            bins[verb][int(number)] += n
            seconds[verb] += whole
    return _shares({verb: _told(sorted(n.items()), seconds[verb]) for verb, n in bins.items()})


def _told(bins: list[tuple[int, int]], seconds: int) -> tuple[int, float, float, int]:
    median, p90 = chance.binned(bins, 0.5), chance.binned(bins, 0.9)
    return sum(n for _number, n in bins), median, p90, seconds


def _shares(found: Mapping[str, tuple[int, float, float, int]]) -> list[dict[str, Any]]:
    whole = sum(row[3] for row in found.values()) or 1
    return [
        {
            "code": verb,
            "name": str(name),
            "n": found[verb][0],
            "median": found[verb][1] / 3600,
            "p90": found[verb][2] / 3600,
            "share": found[verb][3] / whole,
        }
        for _first, verb, name in STAGES
        if verb in found
    ]


def hours(cohort: Cohort) -> list[tuple[int, int, int]]:
    """(weekday 1–7, hour, orders) by acceptance; a cell may come in several rows."""
    cohort = replace(cohort, basis="accepted_in")
    if chosen_in(cohort):
        return gathered.hours(cohort)
    return [
        (int(weekday), int(hour), n)
        for weekday, codes in _read(cohort, "hour", "s.key, s.codes")
        for hour, (n, _weight) in json.loads(codes).items()
    ]


def places(cohort: Cohort, periods: int, least: int) -> list[tuple[str, int, list[int]]]:
    """(leaf, street, orders of each period, the last one's end first) where the cohort's period, the
    last of `periods` of its length, has at least `least` and more than the mean before it; the
    farthest above first. Orders count by their acceptance."""
    bounds = days(cohort)
    length = bounds["after"] - bounds["first"]
    found: dict[tuple[str, int], list[int]] = {}
    for number in range(periods):
        first = bounds["first"] - (periods - 1 - number) * length
        for leaf, street, n in _placed(cohort, first, first + length):
            found.setdefault((leaf, street), [0] * periods)[number] += n
    above = [
        (now - sum(past) / (periods - 1), place, [*past, now])
        for place, (*past, now) in found.items()
        if now >= least and now * (periods - 1) > sum(past)
    ]
    above.sort(key=lambda row: (-row[0], f"{row[1][0]}/{row[1][1]}"))
    return [(*place, counts) for _far, place, counts in above]


def _placed(cohort: Cohort, first: dt.date, after: dt.date) -> Iterator[tuple[str, int, int]]:
    """(leaf, street, orders) accepted in [first, after); a place may come in several rows."""
    chosen = chosen_in(cohort)
    if set(chosen) - _OF_PLACES:
        within = replace(cohort, basis="accepted_in", start=midnight(first), end=midnight(after))
        yield from gathered.places(within)
        return
    region, street = chosen.get("region"), chosen.get("street")
    rows = _rows(
        "accepted_in", "place", "s.key, s.codes", list(parts(first, after)), chosen.get("category")
    )
    for leaf, codes in rows:
        for place, (n, _weight) in json.loads(codes).items():
            lies, _, lane = place.partition("/")
            if region in (None, lies) and street in (None, lane):
                yield leaf, int(lane), n
