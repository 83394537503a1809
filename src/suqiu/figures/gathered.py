"""Figures summed from the facts by the database, where no sum is kept: a cohort that names several
places at once, or some of its orders only."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from suqiu.base import clock
from suqiu.figures.cohorts import Cohort
from suqiu.figures.reasons import AS_MET
from suqiu.figures.recount import DIMENSIONS
from suqiu.figures.rules import faults
from suqiu.figures.stages import STAGE
from suqiu.orders.models import Order
from suqiu.policy.queries import in_force, pack

# Of persons no sum is kept: they are many, and asked for within a unit or a district.
FILTERS = (*DIMENSIONS, "unit", "person")
_SPANS = {
    "week": "to_char({day}, 'IYYY\"-W\"IW')",
    "month": "to_char({day}, 'YYYY-MM')",
    "year": "to_char({day} + make_interval(months => {months}), 'YYYY')",
}
# rate/reason of a fact's counts.
_SPLIT = "split_part(c.key, ':', 1) AS rate, split_part(c.key, ':', 2) AS reason"


def cells(
    cohort: Cohort, group: str | None, among: QuerySet[Order] | None = None
) -> list[tuple[Any, ...]]:
    """(key, pack, rate, reason, n, weight); `among`: of these orders only."""
    where, parameters = _where(cohort, among)
    counts, units = "f.counts", ""
    if cohort.unit:
        counts = "f.units -> %(unit)s"
    elif group == "unit":
        counts, units = "u.value", "CROSS JOIN LATERAL jsonb_each(f.units) u "
    key = "''" if group is None else "u.key" if units else _column(group, cohort)
    return asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT {key}, f.pack, {_SPLIT}, count(*), sum(c.value::bigint)::bigint"  # noqa: S608
        f" FROM figures_figurefact f {units}CROSS JOIN LATERAL jsonb_each_text({counts}) c"
        f" WHERE {where} GROUP BY 1, 2, 3, 4",
        parameters,
    )


def volumes(
    cohort: Cohort, group: str | None, among: QuerySet[Order] | None = None
) -> dict[str, int]:
    """How many orders, in all or for each value of the group; nothing of them is unfolded."""
    where, parameters = _where(cohort, among)
    units = ""
    if group == "unit" and not cohort.unit:
        units = "CROSS JOIN LATERAL jsonb_object_keys(f.units) u (key) "
    key = "''" if group is None else "u.key" if units else _column(group, cohort)
    return dict(
        asked(
            # Only names of our own tables and columns stand in it.
            f"SELECT {key}, count(*) FROM figures_figurefact f {units}WHERE {where} GROUP BY 1",  # noqa: S608
            parameters,
        )
    )


def _column(group: str, cohort: Cohort) -> str:
    if group == "unit":
        return "%(unit)s"
    return f"f.{group}" if group in FILTERS else _span(group, f"f.{cohort.basis}")


def _span(group: str, day: str) -> str:
    begins = pack(in_force().pk).figures.year_begins if group == "year" else 1
    return _SPANS[group].format(day=day, months=(13 - begins) % 12)


def _where(cohort: Cohort, among: QuerySet[Order] | None = None) -> tuple[str, dict[str, Any]]:
    """The condition on facts (named f) that the cohort is, and its parameters."""
    chosen = chosen_in(cohort)
    parts = [f"f.{cohort.basis} >= %(first)s AND f.{cohort.basis} < %(after)s"]
    parts += [f"f.{name} = %({name})s" for name in chosen if name != "unit"]
    if cohort.unit:
        parts.append("jsonb_exists(f.units, %(unit)s)")
    parameters = {**days(cohort), **chosen}
    if among is not None:
        statement, given = among.order_by().values("pk").query.sql_with_params()
        named = {f"among_{i}": value for i, value in enumerate(given)}
        parts.append(f"f.order_id IN ({statement % tuple(f'%({name})s' for name in named)})")
        parameters |= named
    return " AND ".join(parts), parameters


def behind(
    cohort: Cohort,
    rate: str,
    part: str,
    reason: str = "",
    among: QuerySet[Order] | None = None,
) -> list[int]:
    """The ids of the orders behind a number, as `queries.orders_behind` names it."""
    if part.startswith(STAGE):
        rate, part = part.removeprefix(STAGE), "stage"
    where, parameters = _where(cohort, among)
    counts = "(f.units -> %(unit)s)" if cohort.unit else "f.counts"
    if part == "met":
        part, reason = "excluded", AS_MET
    parameters |= {"code": f"{rate}:{reason}" if reason else rate, "met": f"{rate}:{AS_MET}"}
    test = f"jsonb_exists({counts}, %(code)s)"
    also = f" OR jsonb_exists({counts}, %(met)s)"
    if part == "numerator":
        test = f"({counts} ->> %(code)s)::bigint > 0" + ("" if faults(rate) else also)
    elif part == "excluded" and not reason:
        test = (
            f"EXISTS (SELECT FROM jsonb_object_keys({counts}) k"
            " WHERE starts_with(k, %(code)s || ':') AND k <> %(met)s)"
        )
    elif part == "stage":
        test = "jsonb_exists(f.stages, %(code)s)"
    elif part != "excluded":
        test += also
    rows = asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT f.order_id FROM figures_figurefact f WHERE {where} AND ({test}) ORDER BY 1",  # noqa: S608
        parameters,
    )
    return [pk for (pk,) in rows]


def lost(
    cohort: Cohort, among: QuerySet[Order] | None = None
) -> dict[str, tuple[int, float, float, int]]:
    """{verb: (orders, median, 90th percentile, all of them together)} in seconds, exactly."""
    where, parameters = _where(cohort, among)
    exact = "percentile_disc({q}) WITHIN GROUP (ORDER BY s.value::bigint)"
    rows = asked(
        # Only names of our own tables and columns stand in it.
        f"SELECT s.key, count(*), {exact.format(q=0.5)}, {exact.format(q=0.9)},"  # noqa: S608
        " sum(s.value::bigint)::bigint FROM figures_figurefact f"
        f" CROSS JOIN LATERAL jsonb_each_text(f.stages) s WHERE {where} GROUP BY 1",
        parameters,
    )
    return {verb: (n, median, p90, whole) for verb, n, median, p90, whole in rows}


def hours(cohort: Cohort, among: QuerySet[Order] | None = None) -> list[tuple[int, int, int]]:
    """(weekday 1–7, hour, orders) by acceptance."""
    where, parameters = _where(cohort, among)
    return asked(
        # Only names of our own tables and columns stand in it.
        "SELECT extract(isodow FROM f.accepted_in)::int, f.accepted_hour, count(*)"  # noqa: S608
        f" FROM figures_figurefact f WHERE {where} AND f.accepted_hour IS NOT NULL GROUP BY 1, 2",
        parameters,
    )


def places(cohort: Cohort) -> list[tuple[str, int, int]]:
    """(leaf, street, orders); the orders that have both."""
    where, parameters = _where(cohort)
    rows = asked(
        "SELECT f.category, f.street, count(*) FROM figures_figurefact f"  # noqa: S608
        f" WHERE {where} AND f.category <> '' AND f.street <> '' GROUP BY 1, 2",
        parameters,
    )
    return [(category, int(street), n) for category, street, n in rows]


def chosen_in(cohort: Cohort) -> dict[str, str]:
    """The places that the cohort names."""
    return {name: str(value) for name in FILTERS if (value := getattr(cohort, name))}


def days(cohort: Cohort) -> dict[str, Any]:
    """Its first day, and the day after its last."""
    first, after = clock.local(cohort.start).date(), clock.local(cohort.end).date()
    return {"first": first, "after": after}


def asked(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
