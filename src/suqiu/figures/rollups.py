"""Figures read from the sums, for those who may see every order.

A cohort that names at most one place is a sum of days, dekads and months; one that names more is
summed from the facts (`gathered`). Nothing is counted here. The sums are the same for everybody, so
who may not see every order never reads them: `may_read`.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.figures import chance, gathered, keeping, sums
from suqiu.figures.cohorts import Cohort
from suqiu.figures.gathered import FILTERS, UNSUMMED, asked, chosen_in, days
from suqiu.figures.rules import Rate
from suqiu.figures.spans import Part, Span, label, parts
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
            if of_key := list(_sums(added)):
                found[key] = of_key
    if group is None:
        found.setdefault("", [])
    return {key: _rates(found[key]) for key in sorted(found)}


def _sums(added: Mapping[int, Mapping[str, list[int]]]) -> Iterator[sums.Sum]:
    for rule, codes in added.items():
        for code, (n, weight) in codes.items():
            if n:  # else all that was added was taken away again
                rate, _, reason = code.partition(":")
                yield sums.Sum(rule, rate, reason, n, weight)


def _rates(cells: list[sums.Sum]) -> dict[str, Rate]:
    pinned = sorted({one.pack for one in cells}) or [in_force().pk]
    return sums.rates_of(cells, {pk: pack(pk) for pk in pinned})


def volumes(
    cohort: Cohort, group: str | None = None, among: QuerySet[Order] | None = None
) -> dict[str, int]:
    """How many orders, in all or for each value of the group."""
    cut = _cut(cohort, group, among)
    if cut is None:
        return gathered.volumes(cohort, group, among)
    found: dict[str, int] = defaultdict(int)
    named = _naming(group)
    column = "''" if group is None else "s.key" if group in FILTERS else "s.day"
    for key, n in _read(cohort, cut, f"{column}, sum(p.sign * s.n)::bigint", group, "GROUP BY 1"):
        found[named(key)] += n
    return {key: n for key, n in found.items() if n}


def _cut(cohort: Cohort, group: str | None, among: QuerySet[Order] | None) -> str | None:
    """The dimension whose sums tell it; None where none does."""
    cuts = {*chosen_in(cohort), *({group} & set(FILTERS))}
    if len(cuts) > 1 or UNSUMMED in cuts or among is not None:
        return None
    return next(iter(cuts), "")


def _added(
    cohort: Cohort, cut: str, group: str | None
) -> dict[str, dict[int, dict[str, list[int]]]]:
    """{key of the group: {pack: {code: [orders, weight]}}}."""
    found: dict[str, dict[int, dict[str, list[int]]]] = {}
    named = _naming(group)
    column = "s.key" if group in FILTERS else "s.day"
    columns = f"{column}, s.pack, p.sign, s.n, s.codes"
    for key, rule, sign, n, codes in _read(cohort, cut, columns, group):
        whole = found.setdefault(named(key), {}).setdefault(rule, {sums.ALL: [0, 0]})
        whole[sums.ALL][0] += sign * n
        _add(sign, codes, whole)
    return found


def _add(sign: int, codes: str, whole: dict[str, list[int]]) -> None:
    """One row's numbers to those that were read before."""
    for code, (n, weight) in json.loads(codes).items():
        one = whole.get(code)
        if one is None:
            one = whole[code] = [0, 0]
        one[0] += sign * n
        one[1] += sign * weight


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
    basis: str, cut: str, columns: str, spans: Sequence[Part], key: str | None, then: str = ""
) -> list[tuple[Any, ...]]:
    signs, names, firsts = zip(*spans, strict=True) if spans else ((), (), ())
    return asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {columns} FROM unnest(%(signs)s::int[], %(spans)s::text[], %(days)s::date[])"  # noqa: S608
        " AS p (sign, span, day) JOIN figures_figuresum s ON s.span = p.span AND s.day = p.day"
        " WHERE s.basis = %(basis)s AND s.cut = %(cut)s AND (%(key)s::text IS NULL OR s.key = %(key)s)"
        f" {then}",
        {
            "basis": basis,
            "cut": cut,
            "key": key,
            "signs": list(signs),
            "spans": list(names),
            "days": list(firsts),
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
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for verb, sign, codes in _read(cohort, "stage", "s.key, p.sign, s.codes"):
        _add(sign, codes, found[verb])
    told = {verb: _told(bins) for verb, bins in found.items()}
    return _shares({verb: row for verb, row in told.items() if row})


def _told(found: Mapping[str, list[int]]) -> tuple[int, float, float, int] | None:
    bins = sorted((int(number), n) for number, (n, _seconds) in found.items() if n)
    if not bins:
        return None
    median, p90 = chance.binned(bins, 0.5), chance.binned(bins, 0.9)
    seconds = sum(seconds for _n, seconds in found.values())
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
        (int(weekday), int(hour), sign * n)
        for weekday, sign, codes in _read(cohort, "hour", "s.key, p.sign, s.codes")
        for hour, (n, _weight) in json.loads(codes).items()
    ]


def places(cohort: Cohort, periods: int, least: int) -> list[tuple[str, int, list[int]]]:
    """(leaf, street, orders of each period, the last one's end first) where the cohort's period, the
    last of `periods` of its length, has at least `least` and more than the mean before it; the
    farthest above first. Orders count by their acceptance."""
    bounds = days(cohort)
    length = bounds["after"] - bounds["first"]
    firsts = [bounds["first"] - (periods - 1 - number) * length for number in range(periods)]
    if set(chosen_in(cohort)) - _OF_PLACES:
        found = _placed_by_facts(cohort, firsts, length)
    else:
        found = _placed(cohort, firsts, length)
    above = [
        (now - sum(past) / (periods - 1), leaf, place.partition("/")[2], [*past, now])
        for leaf, places in found.items()
        for place, (*past, now) in places.items()
        if now >= least and now * (periods - 1) > sum(past)
    ]
    above.sort(key=lambda row: (-row[0], f"{row[1]}/{row[2]}"))
    return [(leaf, int(street), counts) for _far, leaf, street, counts in above]


# {leaf: {region/street: orders of each period}}
_Placed = dict[str, dict[str, list[int]]]


def _placed(cohort: Cohort, firsts: Sequence[dt.date], length: dt.timedelta) -> _Placed:
    """Where orders were accepted in each period; what two periods share is read once."""
    shares: dict[Span, list[tuple[int, int]]] = defaultdict(list)
    for number, first in enumerate(firsts):
        for sign, span, day in parts(first, first + length):
            shares[span, day].append((number, sign))
    chosen = chosen_in(cohort)
    region, street = chosen.get("region"), chosen.get("street")
    found: _Placed = defaultdict(dict)
    once = [(1, *span) for span in shares]
    columns = "s.span, s.day, s.key, s.codes"
    for span, day, leaf, codes in _rows(
        "accepted_in", "place", columns, once, chosen.get("category")
    ):
        whole, shared = found[leaf], shares[span, day]
        for place, (n, _weight) in json.loads(codes).items():
            counts = whole.get(place)
            if counts is None:
                counts = whole[place] = [0] * len(firsts)
            for number, sign in shared:
                counts[number] += sign * n
    if region or street:
        return {leaf: _lying(places, region, street) for leaf, places in found.items()}
    return found


def _lying(
    places: Mapping[str, list[int]], region: str | None, street: str | None
) -> dict[str, list[int]]:
    """Those of one district or street."""
    return {
        place: counts
        for place, counts in places.items()
        if region in (None, place.partition("/")[0]) and street in (None, place.partition("/")[2])
    }


def _placed_by_facts(cohort: Cohort, firsts: Sequence[dt.date], length: dt.timedelta) -> _Placed:
    found: _Placed = defaultdict(dict)
    for number, first in enumerate(firsts):
        bounds = {"start": midnight(first), "end": midnight(first + length)}
        within = replace(cohort, basis="accepted_in", **bounds)  # type: ignore[arg-type]
        for leaf, street, n in gathered.places(within):
            found[leaf].setdefault(f"/{street}", [0] * len(firsts))[number] += n
    return found
