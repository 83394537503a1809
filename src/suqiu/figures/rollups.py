"""Figures read from the sums, for those who may see every order.

A cohort that names no place, one, or a district and a line is a sum of days, dekads and months; one
that names others together is summed from the facts (`gathered`). Nothing is counted here. The sums
are the same for everybody, so who may not see every order never reads those of all: `access.may_read`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from pydantic_core import from_json

from suqiu.base.clock import midnight
from suqiu.figures import chance, gathered, sums
from suqiu.figures.cohorts import Cohort
from suqiu.figures.gathered import FILTERS, asked, chosen_in, days
from suqiu.figures.recount import AREA, KEYS, NESTED
from suqiu.figures.rules import Rate
from suqiu.figures.spans import Part, Span, label, parts
from suqiu.figures.stages import STAGES
from suqiu.orders.models import Order
from suqiu.policy.queries import in_force, pack

# Of a place the sums tell these; narrowed by others, places are counted from the facts.
_OF_PLACES = {"region", "street", "line", "category"}
# What an area is narrowed to: the key of its row.
_OF_AREAS = ("region", "line")


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
        if among is None and group in {"category", "source"} and _area(cohort) is not None:
            return {code: n for code, (n, _weight) in _inside(cohort, group).items() if n}
        return gathered.volumes(cohort, group, among)
    if cut == NESTED:
        whole = {key: _n(packs) for key, packs in _added(cohort, cut, group).items()}
        return {key: n for key, n in whole.items() if n}
    found: dict[str, int] = defaultdict(int)
    named = _naming(cut, group)
    column = "''" if group is None else "s.key" if group in FILTERS else "s.day"
    for key, n in _read(cohort, cut, f"{column}, sum(p.sign * s.n)::bigint", group, "GROUP BY 1"):
        found[named(key)] += n
    return {key: n for key, n in found.items() if n}


def _n(packs: Mapping[int, Mapping[str, list[int]]]) -> int:
    return sum(codes[sums.ALL][0] for codes in packs.values())


def _cut(cohort: Cohort, group: str | None, among: QuerySet[Order] | None) -> str | None:
    """The cut whose sums tell it: the first whose key names all that is asked; None where none does."""
    if among is not None:
        return None
    asked_for = {*chosen_in(cohort), *({group} & set(FILTERS))}
    return next((cut for cut in sorted(KEYS, key=_size) if asked_for <= set(KEYS[cut])), None)


def _size(cut: str) -> int:
    return len(KEYS[cut])


def _added(
    cohort: Cohort, cut: str, group: str | None
) -> dict[str, dict[int, dict[str, list[int]]]]:
    """{key of the group: {pack: {code: [orders, weight]}}}."""
    if cut == NESTED:
        return _added_of_lines(cohort, group)
    found: dict[str, dict[int, dict[str, list[int]]]] = {}
    named = _naming(cut, group)
    column = "s.key" if group in FILTERS else "s.day"
    columns = f"{column}, s.pack, p.sign, s.n, s.codes"
    for key, rule, sign, n, codes in _read(cohort, cut, columns, group):
        whole = found.setdefault(named(key), {}).setdefault(rule, {sums.ALL: [0, 0]})
        whole[sums.ALL][0] += sign * n
        _add(sign, from_json(codes).items(), whole)
    return found


def _added_of_lines(
    cohort: Cohort, group: str | None
) -> dict[str, dict[int, dict[str, list[int]]]]:
    """The same of the lines in the districts' rows."""
    found: dict[str, dict[int, dict[str, list[int]]]] = {}
    named = _naming(NESTED, group)
    columns = "s.key, s.day, s.pack, p.sign, s.codes"
    for region, day, rule, sign, codes in _read(cohort, NESTED, columns, group):
        of_lines: dict[str, list[tuple[str, list[int]]]] = defaultdict(list)
        for code, numbers in from_json(codes).items():
            line, _, rate = code.partition("/")
            if cohort.line in ("", line):
                of_lines[line].append((rate, numbers))
        for line, some in of_lines.items():
            place = named(f"{region}/{line}" if group in FILTERS else day)
            whole = found.setdefault(place, {}).setdefault(rule, {sums.ALL: [0, 0]})
            _add(sign, some, whole)
    return found


def _add(sign: int, codes: Iterable[tuple[str, list[int]]], whole: dict[str, list[int]]) -> None:
    """One row's numbers to those that were read before."""
    for code, (n, weight) in codes:
        one = whole.get(code)
        if one is None:
            one = whole[code] = [0, 0]
        one[0] += sign * n
        one[1] += sign * weight


def _naming(cut: str, group: str | None) -> Any:
    """What turns a sum's key or day into the group's key."""
    if group is None:
        return lambda _key: ""
    if group in FILTERS:
        at = KEYS[cut].index(group)
        return lambda key: key.split("/")[at]
    begins = pack(in_force().pk).figures.year_begins if group == "year" else 1
    return lambda day: label(day, group, begins)


def _read(
    cohort: Cohort, cut: str, columns: str, group: str | None = None, then: str = ""
) -> list[tuple[Any, ...]]:
    """The sums of one cut over the cohort's days, narrowed to the places that it names."""
    bounds = days(cohort)
    # A week does not end where a dekad or a month does.
    spans = list(parts(bounds["first"], bounds["after"], whole_days=group == "week"))
    return _rows(cohort.basis, cut, columns, spans, _narrowing(cut, cohort), then)


def _narrowing(cut: str, cohort: Cohort) -> dict[str, str]:
    """Conditions on the key, each with the name of its parameter: of the whole key where the cohort
    names all that it is made of, as the index finds it; else of a part."""
    if cut == AREA:
        return {"s.key": _area(cohort) or ""}
    chosen = chosen_in(cohort)
    names = ("region",) if cut == NESTED else KEYS[cut]
    if names and set(names) <= set(chosen):
        return {"s.key": "/".join(chosen[name] for name in names)}
    return {
        f"split_part(s.key, '/', {at})": chosen[name]
        for at, name in enumerate(names, 1)
        if name in chosen
    }


def _rows(
    basis: str,
    cut: str,
    columns: str,
    spans: Sequence[Part],
    narrowing: Mapping[str, str],
    then: str = "",
) -> list[tuple[Any, ...]]:
    signs, names, firsts = zip(*spans, strict=True) if spans else ((), (), ())
    where = "".join(f" AND {part} = %(key{i})s" for i, part in enumerate(narrowing))
    return asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {columns} FROM unnest(%(signs)s::int[], %(spans)s::text[], %(days)s::date[])"  # noqa: S608
        " AS p (sign, span, day) JOIN figures_figuresum s ON s.span = p.span AND s.day = p.day"
        f" WHERE s.basis = %(basis)s AND s.cut = %(cut)s{where} {then}",
        {
            "basis": basis,
            "cut": cut,
            **{f"key{i}": key for i, key in enumerate(narrowing.values())},
            "signs": list(signs),
            "spans": list(names),
            "days": list(firsts),
        },
    )


def _area(cohort: Cohort) -> str | None:
    """The key of the area that the cohort is narrowed to; None where it is narrowed to more."""
    if set(chosen_in(cohort)) - set(_OF_AREAS):
        return None
    return f"{cohort.region}/{cohort.line}"


def _inside(cohort: Cohort, kind: str) -> dict[str, list[int]]:
    """{what follows the kind in a code: [orders, weight]} of the cohort's area."""
    found: dict[str, list[int]] = {}
    begins, length = f"{kind}/", len(kind) + 1
    for sign, codes in _read(cohort, AREA, "p.sign, s.codes"):
        told = from_json(codes).items()
        _add(sign, ((code[length:], by) for code, by in told if code.startswith(begins)), found)
    return found


def lost(cohort: Cohort, among: QuerySet[Order] | None = None) -> list[dict[str, Any]]:
    """As `stages.time_lost`; median and 90th percentile from bins 5 % wide where the whole city, a
    district or a line is asked for, and exact otherwise."""
    if _area(cohort) is None or among is not None:
        return _shares(gathered.lost(cohort, among))
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for code, numbers in _inside(cohort, "stage").items():
        verb, _, number = code.partition("/")
        found[verb][number] = numbers
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


def hours(cohort: Cohort, among: QuerySet[Order] | None = None) -> list[tuple[int, int, int]]:
    """(weekday 1–7, hour, orders) by acceptance."""
    cohort = replace(cohort, basis="accepted_in")
    if _area(cohort) is None or among is not None:
        return gathered.hours(cohort, among)
    found = []
    for code, (n, _weight) in _inside(cohort, "hour").items():
        weekday, _, hour = code.partition("/")
        found.append((int(weekday), int(hour), n))
    return found


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
    above = []
    for leaf, (*past, now) in found.items():
        for place, n in now.items():
            if n >= least:
                before = [counts.get(place, 0) for counts in past]
                if n * (periods - 1) > sum(before):
                    far = n - sum(before) / (periods - 1)
                    above.append((-far, leaf, place.partition("/")[2], [*before, n]))
    above.sort()
    return [(leaf, int(street), counts) for _far, leaf, street, counts in above]


# {leaf: [orders by region/street, of each period]}
_Placed = dict[str, list[dict[str, int]]]


def _nowhere(periods: int) -> _Placed:
    return defaultdict(lambda: [{} for _period in range(periods)])


def _placed(cohort: Cohort, firsts: Sequence[dt.date], length: dt.timedelta) -> _Placed:
    """Where orders were accepted in each period; what two periods share is read once."""
    shares: dict[Span, list[tuple[int, int]]] = defaultdict(list)
    for number, first in enumerate(firsts):
        for sign, span, day in parts(first, first + length):
            shares[span, day].append((number, sign))
    chosen = chosen_in(cohort)
    region, street = chosen.get("region"), chosen.get("street")
    found = _nowhere(len(firsts))
    once = [(1, *span) for span in shares]
    columns = "s.span, s.day, split_part(s.key, '/', 2), s.codes"
    where = _narrowing("category", cohort)
    for span, day, leaf, codes in _rows("accepted_in", "place", columns, once, where):
        cells: dict[str, list[int]] = from_json(codes)
        if region or street:
            cells = {place: one for place, one in cells.items() if _lies(place, region, street)}
        # A large city has fifty thousand such cells: a step more for each is felt on the page.
        for number, sign in shares[span, day]:
            counts = found[leaf][number]
            for place, (n, _weight) in cells.items():
                counts[place] = counts.get(place, 0) + sign * n
    return found


def _lies(place: str, region: str | None, street: str | None) -> bool:
    """Is it in this district and this street?"""
    if region is None and street is None:
        return True
    its_region, _, its_street = place.partition("/")
    return region in (None, its_region) and street in (None, its_street)


def _placed_by_facts(cohort: Cohort, firsts: Sequence[dt.date], length: dt.timedelta) -> _Placed:
    found = _nowhere(len(firsts))
    for number, first in enumerate(firsts):
        bounds = {"start": midnight(first), "end": midnight(first + length)}
        within = replace(cohort, basis="accepted_in", **bounds)  # type: ignore[arg-type]
        for leaf, street, n in gathered.places(within):
            counts = found[leaf][number]
            counts[f"/{street}"] = counts.get(f"/{street}", 0) + n
    return found
