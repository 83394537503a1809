"""Figures over a cohort: its rates, and the orders behind each number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from suqiu.accounts.queries import colleagues_of
from suqiu.accounts.queries import names as names_of
from suqiu.accounts.queries import offices as offices_of
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid
from suqiu.base.text import mask_name
from suqiu.catalogue.models import CHANNELS, Category, Source
from suqiu.figures import access, chance, gathered, rules
from suqiu.figures import facts as rows_of
from suqiu.figures.cohorts import Cohort, before, orders
from suqiu.figures.rules import OrderFact, Rate
from suqiu.figures.spans import label
from suqiu.figures.stages import STAGE, hours_of
from suqiu.figures.sums import ALL
from suqiu.orders.access import is_inside
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force, pack
from suqiu.policy.rules import Pack

PLACES = (
    "region",
    "street",
    "unit",
    "line",
    "source",
    "channel",
    "category",
    "urgency",
    "person",
)
TIMES = ("week", "month", "year")
GROUPS = (*PLACES, *TIMES)


def facts(cohort: Cohort, by: Actor) -> list[OrderFact]:
    """The facts of the cohort that this person may see, in a constant number of queries."""
    rows = rows_of.read(orders(cohort, by))
    if not is_inside(by):
        rows = [rules.veiled(fact) for fact in rows]
    return rules.seen_by(cohort.unit, rows) if cohort.unit else rows


def _packs(rows: Iterable[OrderFact]) -> dict[int, Pack]:
    """The packs that these orders are pinned to; the one in force where there is no order."""
    return {pk: pack(pk) for pk in sorted({fact.pack for fact in rows}) or [in_force().pk]}


def rates(cohort: Cohort, by: Actor, group: str | None = None) -> dict[str, dict[str, Rate]]:
    """{"": {code: Rate}} for the whole, or a row for each value of `group`, in the group's order.

    Groups add up to the whole, but for units: see `rules.seen_by`. Each order is judged by its own
    pack; a rate over orders of several packs names them all.
    """
    if group is not None and group not in GROUPS:
        raise Invalid("figures.group", gettext("不能按这个维度分组"), group=group)
    rows = facts(cohort, by)
    return grouped(rows, cohort, group)


def grouped(
    rows: list[OrderFact], cohort: Cohort, group: str | None = None
) -> dict[str, dict[str, Rate]]:
    """`rates` over facts that were read before: a page reads each cohort once."""
    if group is None:
        return {"": rules.compute(rows, _packs(rows))}
    parts = _by_unit(rows) if group == "unit" else _by_value(rows, group, cohort)
    return {key: rules.compute(parts[key], _packs(parts[key])) for key in sorted(parts)}


def sizes(rows: list[OrderFact], cohort: Cohort, group: str | None = None) -> dict[str, int]:
    """How many orders, in all or for each value of the group; what has none is not there."""
    if group is None:
        return {"": len(rows)} if rows else {}
    parts = _by_unit(rows) if group == "unit" else _by_value(rows, group, cohort)
    return {key: len(part) for key, part in parts.items()}


def _by_value(rows: Iterable[OrderFact], group: str, cohort: Cohort) -> dict[str, list[OrderFact]]:
    if group in TIMES:
        return spans(rows, cohort, group)
    parts: dict[str, list[OrderFact]] = defaultdict(list)
    for fact in rows:
        parts[str(getattr(fact, group) or "")].append(fact)
    return parts


def spans(rows: Iterable[OrderFact], cohort: Cohort, span: str) -> dict[str, list[OrderFact]]:
    """The facts by the week, month or year of assessment of the moment that they are counted by."""
    parts: dict[str, list[OrderFact]] = defaultdict(list)
    # One boundary for all, whatever pack an order is pinned to: else a row would have no edges.
    begins = pack(in_force().pk).figures.year_begins if span == "year" else 1
    for fact in rows:
        moment = _moment(fact, cohort)
        parts[span_of(moment, span, begins) if moment else ""].append(fact)
    return parts


def span_of(moment: dt.datetime, span: str, begins: int = 1) -> str:
    """The week (2026-W38), month (2026-09) or year of assessment (2026) of this moment."""
    return label(clock.local(moment).date(), span, begins)


def _moment(fact: OrderFact, cohort: Cohort) -> dt.datetime | None:
    if cohort.basis == "due_in":
        return fact.due_at
    return fact.ended_at if cohort.basis == "closed_in" else fact.accepted_at


def _by_unit(rows: list[OrderFact]) -> dict[str, list[OrderFact]]:
    led: dict[int, list[OrderFact]] = defaultdict(list)
    for fact in rows:
        for unit in {*fact.leads, fact.unit} - {None}:
            led[unit or 0].append(fact)
    parts = {str(unit): rules.seen_by(unit, seen) for unit, seen in led.items()}
    nobody = [fact for fact in rows if fact.unit is None and not fact.leads]
    return {**parts, "": nobody} if nobody else parts


def orders_behind(
    cohort: Cohort, by: Actor, rate: str, part: str = "denominator", reason: str = ""
) -> list[int]:
    """The ids of the orders that make up a number.

    `rate`: one of the rates, or "orders" for the whole cohort. `part`: numerator, denominator,
    excluded (for `reason`, or for any), met (exempted, and counted as met), or "stage:<verb>" for the
    orders that went through this stage of `time_lost`.
    """
    if rate != ALL and rate not in rules.DEFINITIONS:
        raise Invalid("figures.rate", gettext("没有这个指标"), rate=rate)
    if access.may_read(by, cohort):
        return gathered.behind(cohort, rate, part, reason)
    if access.may_read_facts(cohort):
        return gathered.behind(cohort, rate, part, reason, visible_to(by))
    if rate == ALL:
        return sorted(orders(cohort, by).values_list("pk", flat=True))
    if part.startswith(STAGE):
        hours = hours_of(cohort, by).get(part.removeprefix(STAGE), {})
        return sorted(int(chain.removeprefix("order:")) for chain in hours)
    made = rates(cohort, by)[""][rate]
    if part == "excluded":
        kept = made.excluded_ids
        return list(kept.get(reason, ())) if reason else [pk for ids in kept.values() for pk in ids]
    parts = {"numerator": made.numerator_ids, "met": made.met_ids}
    return list(parts.get(part, made.denominator_ids))


def compared(
    cohort: Cohort, by: Actor, against: str = "year", *, now: Mapping[str, Rate] | None = None
) -> dict[str, float]:
    """How far each rate moved, as a difference of ratios; only where both sides have thirty orders."""
    return moved(now or rates(cohort, by)[""], rates(before(cohort, against), by)[""])


def moved(now: Mapping[str, Rate], then: Mapping[str, Rate]) -> dict[str, float]:
    return {
        code: (rate.value or 0.0) - (then[code].value or 0.0)
        for code, rate in now.items()
        if rate.may_rank and then[code].may_rank
    }


def volume(cohort: Cohort, by: Actor, against: str = "year") -> tuple[int, int, float | None]:
    """How many orders now, how many before, and the growth; None where there was nothing before."""
    now = orders(cohort, by).count()
    then = orders(before(cohort, against), by).count()
    return now, then, chance.growth(now, then)


def summary_json(cohort: Cohort, by: Actor) -> dict[str, dict[str, Any]]:
    """The five rates as the command line writes them."""
    made = rates(cohort, by)[""]
    return {
        code: {
            "value": made[code].value,
            "numerator": made[code].numerator,
            "denominator": made[code].denominator,
            "weighting": made[code].weighting,
            "excluded": dict(made[code].excluded),
            "raw": made[code].raw_value,
            "low": made[code].low,
            "high": made[code].high,
            "pack": made[code].pack,
        }
        for code in rules.FOUR
    }


def table(
    *, since: dt.date, until: dt.date, group: str, by: Actor, basis: str = "closed_in"
) -> list[dict[str, Any]]:
    """Rows for the command line: both days included, values as ratios 0–1."""
    cohort = Cohort(basis, midnight(since), midnight(until + dt.timedelta(days=1)))
    made = rates(cohort, by, None if group == "all" else group)
    names = _unit_names(made) if group in {"unit", "street"} else {}
    return [
        {
            group: names.get(key, key) or "—",
            "code": rate.code,
            "rate": str(rate.name),
            "value": _shown(rate.value),
            "numerator": rate.numerator,
            "n": rate.denominator,
            "low": _shown(rate.low),
            "high": _shown(rate.high),
            "raw": _shown(rate.raw_value),
            "excluded": sum(rate.excluded.values()),
            "weighting": rate.weighting,
            "pack": rate.pack,
        }
        for key, row in made.items()
        for rate in row.values()
        if rate.raw_denominator
    ]


def names(group: str, keys: Iterable[str]) -> dict[str, str]:
    """What a reader calls the rows of a group; a week, a month and a year are their own names."""
    if group in {"unit", "street"}:
        return _unit_names(keys)
    if group == "region":
        return dict(Region.objects.values_list("code", "short"))
    if group == "line":
        return dict(Category.objects.values_list("line", "line_name"))
    if group == "channel":
        return {code: str(name) for code, name in CHANNELS.items()}
    if group == "category":
        return dict(Category.objects.values_list("code", "name"))
    return dict(Source.objects.values_list("code", "name")) if group == "source" else {}


def people(keys: Iterable[str], by: Actor) -> dict[str, str]:
    """Who wrote the disposals, each with his office: by name for the centre and for those who share a
    unit with him, for others the family name."""
    ids = {key for key in keys if key}
    names, offices = names_of(ids), offices_of(ids)
    known = ids if is_inside(by) else {by.id, *colleagues_of(by)}
    called = {pk: names[pk] if pk in known else mask_name(names[pk]) for pk in ids}
    return {pk: f"{name} {offices.get(pk, '')}".strip() for pk, name in called.items()}


def _unit_names(keys: Iterable[str]) -> dict[str, str]:
    rows = Unit.objects.filter(pk__in=[int(key) for key in keys if key])
    return {str(pk): f"{code} {name}" for pk, code, name in rows.values_list("pk", "code", "name")}


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
