"""Figures read from the sums, for those who may see every order.

A cohort that names at most one place is a sum of days; one that names more is summed from the facts
by the database. Nothing is counted here. The sums are the same for everybody, so who may not see
every order never reads them: `may_read`.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.catalogue.models import Category, Source
from suqiu.figures import chance, keeping, sums
from suqiu.figures.cohorts import Cohort
from suqiu.figures.recount import DIMENSIONS
from suqiu.figures.rules import Rate
from suqiu.figures.stages import STAGES
from suqiu.orders.access import is_inside
from suqiu.orders.models import URGENCIES, Order
from suqiu.orders.queries import accusing
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force, pack

FILTERS = (*DIMENSIONS, "unit")
_SPANS = {
    "week": "to_char({day}, 'IYYY\"-W\"IW')",
    "month": "to_char({day}, 'YYYY-MM')",
    "year": "to_char({day} + make_interval(months => {months}), 'YYYY')",
}
# rate/reason of a fact's counts, as the daily sums spell them.
_SPLIT = "split_part(c.key, ':', 1) AS rate, split_part(c.key, ':', 2) AS reason"


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
    for key, *cell in _cells(cohort, group, among=among):
        found[key].append(sums.Sum(*cell))
    if group is None:
        found.setdefault("", [])
    return {key: _rates(found[key]) for key in sorted(found)}


def _rates(cells: list[sums.Sum]) -> dict[str, Rate]:
    pinned = sorted({one.pack for one in cells}) or [in_force().pk]
    return sums.rates_of(cells, {pk: pack(pk) for pk in pinned})


def volumes(
    cohort: Cohort, group: str | None = None, among: QuerySet[Order] | None = None
) -> dict[str, int]:
    """How many orders, in all or for each value of the group."""
    found: dict[str, int] = defaultdict(int)
    for key, _pack, _rate, _reason, n, _weight in _cells(cohort, group, sums.ALL, among):
        found[key] += n
    return dict(found)


def _cells(
    cohort: Cohort, group: str | None, rate: str = "", among: QuerySet[Order] | None = None
) -> list[tuple[Any, ...]]:
    """(key, pack, rate, reason, n, weight), summed by the database."""
    chosen = _filters(cohort)
    place = group if group in FILTERS else None
    cuts = {*chosen, place} - {None}
    if len(cuts) > 1 or among is not None:
        return _from_facts(cohort, group, rate, among)
    cut = next(iter(cuts), "") or ""
    key = "key" if place else _span(group, "day") if group else "''"
    keys = [chosen[cut]] if chosen else _keys(cut)
    return _asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {key}, pack, rate, reason, sum(n)::bigint, sum(weight)::bigint"  # noqa: S608
        " FROM figures_figuredaily WHERE basis = %(basis)s AND cut = %(cut)s AND key = ANY(%(keys)s)"
        " AND day >= %(first)s AND day < %(after)s AND (%(rate)s = '' OR rate = %(rate)s)"
        " GROUP BY 1, 2, 3, 4",
        {**_days(cohort), "cut": cut, "keys": keys, "rate": rate},
    )


def _from_facts(
    cohort: Cohort, group: str | None, rate: str, among: QuerySet[Order] | None = None
) -> list[tuple[Any, ...]]:
    where, asked = _where(cohort, among)
    counts, units = "f.counts", ""
    if cohort.unit:
        counts = "f.units -> %(unit)s"
    elif group == "unit":
        counts, units = "u.value", "CROSS JOIN LATERAL jsonb_each(f.units) u "
    key = "''" if group is None else "u.key" if units else _column(group, cohort)
    return _asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {key}, f.pack, {_SPLIT}, count(*), sum(c.value::bigint)::bigint"  # noqa: S608
        f" FROM figures_figurefact f {units}CROSS JOIN LATERAL jsonb_each_text({counts}) c"
        f" WHERE {where} AND (%(rate)s = '' OR c.key = %(rate)s) GROUP BY 1, 2, 3, 4",
        {**asked, "rate": rate},
    )


def _column(group: str, cohort: Cohort) -> str:
    if group == "unit":
        return "%(unit)s"
    return f"f.{group}" if group in DIMENSIONS else _span(group, f"f.{cohort.basis}")


def _span(group: str, day: str) -> str:
    begins = pack(in_force().pk).figures.year_begins if group == "year" else 1
    return _SPANS[group].format(day=day, months=(13 - begins) % 12)


def _where(cohort: Cohort, among: QuerySet[Order] | None = None) -> tuple[str, dict[str, Any]]:
    """The condition on facts (named f) that the cohort is, and its parameters."""
    chosen = _filters(cohort)
    parts = [f"f.{cohort.basis} >= %(first)s AND f.{cohort.basis} < %(after)s"]
    parts += [f"f.{name} = %({name})s" for name in chosen if name != "unit"]
    if cohort.unit:
        parts.append("jsonb_exists(f.units, %(unit)s)")
    asked = {**_days(cohort), **chosen}
    if among is not None:
        statement, given = among.order_by().values("pk").query.sql_with_params()
        named = {f"among_{i}": value for i, value in enumerate(given)}
        parts.append(f"f.order_id IN ({statement % tuple(f'%({name})s' for name in named)})")
        asked |= named
    return " AND ".join(parts), asked


def behind(cohort: Cohort, rate: str, part: str, reason: str = "") -> list[int]:
    """The ids of the orders behind a number, as `queries.orders_behind` names it."""
    where, asked = _where(cohort)
    counts = "(f.units -> %(unit)s)" if cohort.unit else "f.counts"
    asked |= {"code": f"{rate}:{reason}" if reason else rate}
    test = f"jsonb_exists({counts}, %(code)s)"
    if part == "numerator":
        test = f"({counts} ->> %(code)s)::bigint > 0"
    elif part == "excluded" and not reason:
        test = f"EXISTS (SELECT FROM jsonb_object_keys({counts}) k WHERE starts_with(k, %(code)s || ':'))"
    elif part == "stage":
        test = "jsonb_exists(f.stages, %(code)s)"
    rows = _asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT f.order_id FROM figures_figurefact f WHERE {where} AND {test} ORDER BY 1",  # noqa: S608
        asked,
    )
    return [pk for (pk,) in rows]


def lost(cohort: Cohort, among: QuerySet[Order] | None = None) -> list[dict[str, Any]]:
    """As `stages.time_lost`; median and 90th percentile from bins 5 % wide where the whole city is
    asked for, and exact otherwise."""
    if _filters(cohort) or among is not None:
        return _shares(_lost_of_facts(cohort, among))
    rows = _asked(
        "SELECT split_part(key, '/', 1), split_part(key, '/', 2)::int, sum(n)::bigint, sum(weight)::bigint"
        " FROM figures_figuredaily WHERE cut = 'stage' AND basis = %(basis)s"
        " AND day >= %(first)s AND day < %(after)s GROUP BY 1, 2 ORDER BY 1, 2",
        _days(cohort),
    )
    bins: dict[str, list[tuple[int, int]]] = defaultdict(list)
    seconds: dict[str, int] = defaultdict(int)
    for verb, number, n, weight in rows:
        bins[verb].append((number, n))
        seconds[verb] += weight
    return _shares(
        {
            verb: (
                sum(n for _number, n in found),
                chance.binned(found, 0.5),
                chance.binned(found, 0.9),
                seconds[verb],
            )
            for verb, found in bins.items()
        }
    )


def _lost_of_facts(
    cohort: Cohort, among: QuerySet[Order] | None = None
) -> dict[str, tuple[int, float, float, int]]:
    where, asked = _where(cohort, among)
    exact = "percentile_disc({q}) WITHIN GROUP (ORDER BY s.value::bigint)"
    rows = _asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT s.key, count(*), {exact.format(q=0.5)}, {exact.format(q=0.9)},"  # noqa: S608
        " sum(s.value::bigint)::bigint FROM figures_figurefact f"
        f" CROSS JOIN LATERAL jsonb_each_text(f.stages) s WHERE {where} GROUP BY 1",
        asked,
    )
    return {verb: (n, median, p90, whole) for verb, n, median, p90, whole in rows}


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
    """(weekday 1–7, hour, orders) by acceptance."""
    if _filters(cohort):
        where, asked = _where(cohort)
        return _asked(
            # Only names of our own tables and columns stand in it.
            "SELECT extract(isodow FROM f.accepted_in)::int, f.accepted_hour, count(*)"  # noqa: S608
            f" FROM figures_figurefact f WHERE {where} AND f.accepted_hour IS NOT NULL GROUP BY 1, 2",
            asked,
        )
    return _asked(
        "SELECT extract(isodow FROM day)::int, key::int, sum(n)::bigint FROM figures_figuredaily"
        " WHERE basis = 'accepted_in' AND cut = 'hour' AND key = ANY(%(keys)s)"
        " AND day >= %(first)s AND day < %(after)s GROUP BY 1, 2",
        {**_days(cohort), "keys": [f"{hour:02d}" for hour in range(24)]},
    )


def places(cohort: Cohort, periods: int, least: int) -> list[tuple[str, int, list[int]]]:
    """(leaf, street, orders of each period, the last one's end first) where the cohort's period, the
    last of `periods` of its length, has at least `least` and more than the mean before it; the
    farthest above first. Orders count by their acceptance."""
    length = (_days(cohort)["after"] - _days(cohort)["first"]).days
    asked = {**_days(cohort), "length": length, "periods": periods, "least": least}
    first = "(%(first)s::date - %(length)s * (%(periods)s - 1))"
    number = f"(day - {first}) / %(length)s"
    if _filters(cohort):
        where, more = _where_of_places(cohort)
        asked |= more
        # Only names of our own tables and columns stand in it.
        rows = (
            "SELECT category || '/' || street AS key, accepted_in AS day, 1 AS n"  # noqa: S608
            f" FROM figures_figurefact f WHERE category <> '' AND street <> '' {where}"
        )
    else:
        rows = "SELECT key, day, n FROM figures_figuredaily WHERE cut = 'place' AND basis = 'accepted_in'"
        rows += f" AND day >= {first} AND day < %(after)s"
    counted = ", ".join(
        f"sum(n) FILTER (WHERE {number} = {i})::bigint AS p{i}" for i in range(periods)
    )
    past = " + ".join(f"coalesce(p{i}, 0)" for i in range(periods - 1))
    now = f"coalesce(p{periods - 1}, 0)"
    found = _asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT * FROM (SELECT key, {counted} FROM ({rows}) r GROUP BY key) k"  # noqa: S608
        f" WHERE {now} >= %(least)s AND {now} * {periods - 1} > {past}"
        f" ORDER BY {now} - ({past}) / {periods - 1}e0 DESC, key",
        asked,
    )
    return [(*_place(key), [n or 0 for n in counts]) for key, *counts in found]


def _place(key: str) -> tuple[str, int]:
    category, _, street = key.rpartition("/")
    return category, int(street)


def _where_of_places(cohort: Cohort) -> tuple[str, dict[str, Any]]:
    chosen = _filters(cohort)
    parts = [f"AND f.{name} = %({name})s" for name in chosen if name != "unit"]
    if cohort.unit:
        parts.append("AND jsonb_exists(f.units, %(unit)s)")
    first = "(%(first)s::date - %(length)s * (%(periods)s - 1))"
    parts.append(f"AND f.accepted_in >= {first} AND f.accepted_in < %(after)s")
    return " ".join(parts), dict(chosen)


def _filters(cohort: Cohort) -> dict[str, str]:
    return {name: str(value) for name in FILTERS if (value := getattr(cohort, name))}


def _days(cohort: Cohort) -> dict[str, Any]:
    first, after = clock.local(cohort.start).date(), clock.local(cohort.end).date()
    return {"basis": cohort.basis, "first": first, "after": after}


def _keys(cut: str) -> list[str]:
    """Every value that a dimension may have: the index is read by its keys, each a range of days."""
    if cut == "":
        return [""]
    if cut == "urgency":
        return ["", *URGENCIES]
    rows: QuerySet[Any, Any] = {
        "region": Region.objects.values_list("code", flat=True),
        "street": Unit.objects.values_list("pk", flat=True),
        "unit": Unit.objects.values_list("pk", flat=True),
        "line": Category.objects.order_by().values_list("line", flat=True).distinct(),
        "category": Category.objects.values_list("code", flat=True),
        "source": Source.objects.values_list("code", flat=True),
    }[cut]
    return ["", *(str(row) for row in rows)]


def _asked(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
