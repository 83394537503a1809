"""Figures over a cohort: rates, the orders behind each number, and what a leader reads first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.figures import chance, rules, words
from suqiu.figures import facts as rows_of
from suqiu.figures.rules import OrderFact, Rate
from suqiu.orders.access import is_inside
from suqiu.orders.models import Obligation, Order, Seat
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force, pack
from suqiu.policy.rules import Pack

BASES = {"closed_in": "ended_at", "accepted_in": "accepted_at"}
PLACES = ("region", "street", "unit", "line", "source", "category", "urgency")
TIMES = ("week", "month", "year")
GROUPS = (*PLACES, *TIMES)
AGAINST = ("year", "period")
PERIODS = 4
STAGE = "stage:"
STAGES = (
    ("order.accept", "order.dispatch", _("受理 → 派单")),
    ("order.dispatch", "order.sign", _("派单 → 签收")),
    ("order.sign", "order.contact", _("签收 → 联系")),
    ("order.contact", "order.pass_disposal", _("联系 → 处置")),
    ("order.pass_disposal", "order.reply", _("处置 → 答复")),
    ("order.reply", "order.review", _("答复 → 审核")),
    ("order.review", "order.verify_first", _("审核 → 回访")),
    ("order.verify_first", "order.close", _("回访 → 办结")),
)


@dataclass(frozen=True)
class Cohort:
    """Which orders a figure is about: `basis` closed_in, accepted_in or due_in [start, end)."""

    basis: str
    start: dt.datetime
    end: dt.datetime
    region: str = ""
    line: str = ""
    source: str = ""
    category: str = ""
    unit: int | None = None
    street: int | None = None
    urgency: str = ""


def _orders(cohort: Cohort, by: Actor) -> QuerySet[Order]:
    rows = visible_to(by)
    if cohort.basis == "due_in":
        due = Obligation.objects.filter(code="dispose", due__gte=cohort.start, due__lt=cohort.end)
        rows = rows.filter(pk__in=due.values("order"))
    elif cohort.basis in BASES:
        column = BASES[cohort.basis]
        rows = rows.filter(**{f"{column}__gte": cohort.start, f"{column}__lt": cohort.end})
    else:
        raise Invalid(
            "cohort.basis", gettext("口径只有：按办结、按受理、按应办"), basis=cohort.basis
        )
    wanted = {
        "region": cohort.region,
        "category__line": cohort.line,
        "source": cohort.source,
        "category": cohort.category,
        "street": cohort.street,
        "urgency": cohort.urgency,
    }
    rows = rows.filter(**{k: v for k, v in wanted.items() if v})
    if cohort.unit:
        led = Seat.objects.filter(unit=cohort.unit, role="lead")
        rows = rows.filter(pk__in=led.values("order"))
    return rows


def facts(cohort: Cohort, by: Actor) -> list[OrderFact]:
    """The facts of the cohort that this person may see, in a constant number of queries."""
    rows = rows_of.read(_orders(cohort, by))
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
    if group is None:
        return {"": rules.compute(rows, _packs(rows))}
    parts = _by_unit(rows) if group == "unit" else _by_value(rows, group, cohort)
    return {key: rules.compute(parts[key], _packs(parts[key])) for key in sorted(parts)}


def _by_value(rows: Iterable[OrderFact], group: str, cohort: Cohort) -> dict[str, list[OrderFact]]:
    parts: dict[str, list[OrderFact]] = defaultdict(list)
    for fact in rows:
        key = _span(fact, group, cohort) if group in TIMES else getattr(fact, group)
        parts[str(key or "")].append(fact)
    return parts


def _span(fact: OrderFact, group: str, cohort: Cohort) -> str:
    """The week (2026-W38), month (2026-09) or year of assessment by whose moment it is counted."""
    moment = {"closed_in": fact.ended_at, "accepted_in": fact.accepted_at}.get(cohort.basis)
    if cohort.basis == "due_in":
        due = [c.due for c in fact.clocks if c.code == "dispose"]
        moment = min((at for at in due if cohort.start <= at < cohort.end), default=None)
    if moment is None:
        return ""
    day = clock.local(moment).date()
    if group == "year":
        return str(rules.assessment_year(day, pack(fact.pack).figures.year_begins))
    return f"{day:%G-W%V}" if group == "week" else f"{day:%Y-%m}"


def year(number: int, basis: str = "closed_in") -> Cohort:
    """The year of assessment of this number, as the pack in force bounds it."""
    first, after = rules.days_of_year(number, pack(in_force().pk).figures.year_begins)
    return Cohort(basis, _midnight(first), _midnight(after))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.LOCAL)


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

    `part`: numerator, denominator, excluded (for `reason`, or for any), or "stage:<verb>" for the
    orders that went through this stage of `time_lost`.
    """
    if rate not in rules.DEFINITIONS:
        raise Invalid("figures.rate", gettext("没有这个指标"), rate=rate)
    if part.startswith(STAGE):
        hours = _hours(cohort, by).get(part.removeprefix(STAGE), {})
        return sorted(int(chain.removeprefix("order:")) for chain in hours)
    made = rates(cohort, by)[""][rate]
    if part == "excluded":
        kept = made.excluded_ids
        return list(kept.get(reason, ())) if reason else [pk for ids in kept.values() for pk in ids]
    return list(made.numerator_ids if part == "numerator" else made.denominator_ids)


def before(cohort: Cohort, against: str = "period") -> Cohort:
    """The cohort to compare with: the same days a year ago, or the period of the same length before."""
    if against == "year":
        return replace(cohort, start=_year_ago(cohort.start), end=_year_ago(cohort.end))
    return replace(cohort, start=cohort.start - (cohort.end - cohort.start), end=cohort.start)


def _year_ago(moment: dt.datetime) -> dt.datetime:
    local = clock.local(moment)
    try:
        return local.replace(year=local.year - 1)
    except ValueError:  # 29 February
        return local.replace(year=local.year - 1, day=28)


def compared(
    cohort: Cohort, by: Actor, against: str = "year", *, now: Mapping[str, Rate] | None = None
) -> dict[str, float]:
    """How far each rate moved, as a difference of ratios; only where both sides have thirty orders."""
    now, then = now or rates(cohort, by)[""], rates(before(cohort, against), by)[""]
    return {
        code: (rate.value or 0.0) - (then[code].value or 0.0)
        for code, rate in now.items()
        if rate.may_rank and then[code].may_rank
    }


def volume(cohort: Cohort, by: Actor, against: str = "year") -> tuple[int, int, float | None]:
    """How many orders now, how many before, and the growth; None where there was nothing before."""
    now = _orders(cohort, by).count()
    then = _orders(before(cohort, against), by).count()
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
    cohort = Cohort(basis, _midnight(since), _midnight(until + dt.timedelta(days=1)))
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


def _unit_names(keys: Iterable[str]) -> dict[str, str]:
    rows = Unit.objects.filter(pk__in=[int(key) for key in keys if key])
    return {str(pk): f"{code} {name}" for pk, code, name in rows.values_list("pk", "code", "name")}


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def composition(cohort: Cohort, by: Actor) -> list[tuple[str, int]]:
    """How many of each leaf, most first."""
    return rules.composition(facts(cohort, by))


def overdue_now(by: Actor, limit: int = 20) -> list[Obligation]:
    """Running clocks that are past due, the longest overdue first.

    Outside the centre one's own only: the centre's clocks tell which orders were drawn.
    """
    rows = Obligation.objects.filter(
        order__in=visible_to(by), outcome="open", paused_since=None, due__lt=clock.now()
    )
    if not is_inside(by):
        rows = rows.filter(seat__unit__in=by.units)
    return list(rows.select_related("order__category", "seat__unit").order_by("due")[:limit])


def _hours(cohort: Cohort, by: Actor) -> dict[str, dict[str, float]]:
    """{verb that ends the stage: {chain: hours}}, from the first time that each was done."""
    wanted = {kind for stage in STAGES for kind in stage[:2]}
    chains = _orders(cohort, by).values_list(
        Concat(Value("order:"), Cast("pk", CharField()), output_field=CharField()), flat=True
    )
    moments: dict[str, dict[str, dt.datetime]] = defaultdict(dict)
    entries = Entry.objects.filter(chain__in=chains, kind__in=wanted).order_by("chain", "seq")
    for chain, kind, at in entries.values_list("chain", "kind", "at"):
        moments[chain].setdefault(kind, at)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for chain, when in moments.items():
        for first, then, _words in STAGES:
            if first in when and then in when and when[then] >= when[first]:
                found[then][chain] = (when[then] - when[first]).total_seconds() / 3600
    return found


def time_lost(cohort: Cohort, by: Actor) -> list[dict[str, Any]]:
    """Median and 90th percentile of hours per stage, from the journal's moments, and the stage's
    share of all hours that passed in stages."""
    found = _hours(cohort, by)
    whole = sum(sum(hours.values()) for hours in found.values()) or 1.0
    rows: list[dict[str, Any]] = []
    for _first, then, name in STAGES:
        hours = list(found.get(then, {}).values())
        if hours:
            rows.append(
                {
                    "code": then,
                    "name": str(name),
                    "n": len(hours),
                    "median": chance.median(hours),
                    "p90": chance.percentile(hours, 0.9),
                    "share": sum(hours) / whole,
                }
            )
    return rows


def hot(cohort: Cohort, by: Actor, least: int = 3) -> list[dict[str, Any]]:
    """Leaf and street that rise above their own past, the farthest first (the rule: `chance.rises`).

    The past is the four periods of the same length before; orders count by their acceptance.
    """
    length = cohort.end - cohort.start
    wide = replace(cohort, basis="accepted_in", start=cohort.start - PERIODS * length)
    seen: dict[tuple[str, int, str, str], list[list[int]]] = {}
    rows = _orders(wide, by).filter(street__isnull=False, category__isnull=False)
    for pk, at, *place in rows.values_list(
        "pk", F("accepted_at"), "category", "street", "category__name", "street__name"
    ):
        periods = seen.setdefault(tuple(place), [[] for _ in range(PERIODS + 1)])
        periods[min(PERIODS, (at - wide.start) // length)].append(pk)
    rising = [_rising(place, periods) for place, periods in seen.items() if _is_hot(periods, least)]
    return sorted(rising, key=lambda row: row["before"] - row["now"])


def _is_hot(periods: list[list[int]], least: int) -> bool:
    *past, now = (len(ids) for ids in periods)
    return chance.rises(now, past, least)


def _rising(place: tuple[str, int, str, str], periods: list[list[int]]) -> dict[str, Any]:
    *past, now = periods
    category, street, category_name, street_name = place
    return {
        "category": category_name,
        "street": street_name,
        "category_code": category,
        "street_id": street,
        "now": len(now),
        "before": sum(map(len, past)) / len(past),
        "ids": sorted(now),
    }


def headline(cohort: Cohort, by: Actor) -> list[dict[str, Any]]:
    """At most three sentences made from figures, each with what it opens into."""
    made, said = rates(cohort, by)[""], []
    solved, timely = made["solved"], made["timely"]
    if solved.value is not None:
        moved = {key: compared(cohort, by, key, now=made) for key in AGAINST}
        changed = {key: rows["solved"] for key, rows in moved.items() if "solved" in rows}
        said.append(_opening(words.solved(solved, changed), "solved", "numerator"))
    if timely.denominator:
        said.append(_opening(words.timely(timely), "timely", "numerator"))
    worst = max(time_lost(cohort, by), key=lambda row: row["share"], default=None)
    if worst:
        said.append(_opening(words.lost(worst), "timely", STAGE + worst["code"]))
    return said


def _opening(text: str, rate: str, part: str) -> dict[str, Any]:
    params = {"rate": rate, "part": part}
    return {"text": text, "kind": "orders", "params": params, **params}
