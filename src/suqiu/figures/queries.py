"""Figures over a cohort: rates, the orders behind each number, and what a leader reads first."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.figures import rules
from suqiu.figures.rules import ClockFact, OrderFact, Rate
from suqiu.orders.models import Obligation, Order, Seat, Verification
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import in_force, pack
from suqiu.policy.rules import Pack

BASES = {"closed_in": "ended_at", "accepted_in": "accepted_at"}
GROUPS = {"region", "unit", "line", "source", "category"}
OWED_BY_ALL = {
    "transfer",
    "first_contact",
    "dispose",
    "reply",
    "review",
    "first_callback",
    "second_check",
}
STAGES = (
    ("order.accept", "order.dispatch", "受理 → 派单"),
    ("order.dispatch", "order.sign", "派单 → 签收"),
    ("order.sign", "order.contact", "签收 → 联系"),
    ("order.contact", "order.pass_disposal", "联系 → 处置"),
    ("order.pass_disposal", "order.reply", "处置 → 答复"),
    ("order.reply", "order.verify_first", "答复 → 回访"),
    ("order.verify_first", "order.close", "回访 → 办结"),
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


def _orders(cohort: Cohort, by: Actor) -> QuerySet[Order]:
    rows = visible_to(by)
    if cohort.basis == "due_in":
        due = Obligation.objects.filter(code="dispose", due__gte=cohort.start, due__lt=cohort.end)
        rows = rows.filter(pk__in=due.values("order"))
    elif cohort.basis in BASES:
        column = BASES[cohort.basis]
        rows = rows.filter(**{f"{column}__gte": cohort.start, f"{column}__lt": cohort.end})
    else:
        raise Invalid("cohort.basis", "口径只有:按办结、按受理、按应办", basis=cohort.basis)
    wanted = {
        "region": cohort.region,
        "category__line": cohort.line,
        "source": cohort.source,
        "category": cohort.category,
    }
    rows = rows.filter(**{k: v for k, v in wanted.items() if v})
    if cohort.unit:
        rows = rows.filter(
            pk__in=Seat.objects.filter(unit=cohort.unit, role="lead").values("order")
        )
    return rows


def facts(cohort: Cohort, by: Actor) -> list[OrderFact]:
    """The facts of the cohort that this person may see, in a constant number of queries."""
    orders = list(
        _orders(cohort, by)
        .select_related("category", "appellant")
        .prefetch_related("disposals", "feedbacks")
    )
    ids = [o.pk for o in orders]
    clocks: dict[int, list[ClockFact]] = defaultdict(list)
    for row in Obligation.objects.filter(order__in=ids):
        clocks[row.order_id].append(ClockFact(row.code, row.outcome, row.late, row.due))
    checks: dict[int, list[Verification]] = defaultdict(list)
    for check in Verification.objects.filter(order__in=ids).order_by("round", "pk"):
        checks[check.order_id].append(check)
    seats = (
        Seat.objects.filter(order__in=ids, role="lead")
        .order_by("pk")
        .values_list("order_id", "unit_id")
    )
    leads = dict(seats)
    return [_fact(o, tuple(clocks[o.pk]), checks[o.pk], leads.get(o.pk)) for o in orders]


def _fact(
    order: Order, clocks: tuple[ClockFact, ...], checks: list[Verification], unit: int | None
) -> OrderFact:
    last = [c for c in checks if c.round == order.round]
    answers = [c for c in last if c.reached and c.satisfaction]
    solved = [c.solved for c in last if c.solved is not None]
    disposal = next(
        (d for d in order.disposals.all() if d.round == order.round and d.passed_at), None
    )
    contactable = bool(order.appellant and order.appellant.has_phone)
    return OrderFact(
        id=order.pk,
        number=order.number,
        line=order.category.line if order.category else "",
        category=order.category_id or "",
        region=order.region_id or "",
        unit=unit,
        source=order.source_id,
        state=order.state,
        accepted_at=order.accepted_at,
        ended_at=order.ended_at,
        clocks=clocks,
        disposed=disposal is not None,
        replied=any(f.round == order.round for f in order.feedbacks.all()),
        contactable=contactable,
        satisfaction=answers[-1].satisfaction if answers else "",
        asked=bool(answers),
        claimed_solved=bool(disposal and disposal.result == "solved"),
        verified_solved=solved[-1] if solved else None,
        first_called=any(c.stage == "first" for c in checks),
        second_called=any(c.stage == "second" for c in checks),
        false_report=order.false_report,
        rounds=order.round,
        returns=order.returns,
        repeat=order.repeat,
        reasons=_reasons(order, contactable, last),
    )


def _reasons(order: Order, contactable: bool, checks: list[Verification]) -> frozenset[str]:
    reasons = {order.state} & {"merged", "withdrawn", "void", "rejected"}
    if not contactable:
        reasons.add(
            "anonymous" if order.appellant is None or order.appellant.anonymous else "no_phone"
        )
    if order.held_until:
        reasons.add("held")
    if checks and not any(c.reached for c in checks):
        reasons.add("not_reached")
    return frozenset(reasons)


def _computed(rows: list[OrderFact], codes: Iterable[str], rule: Pack) -> dict[str, Rate]:
    return {
        code: rules.compute(
            code, rows, reasons=rule.exclusions.get(code, []), weights=rule.satisfaction
        )
        for code in codes
    }


def rates(cohort: Cohort, by: Actor, group: str | None = None) -> dict[str, dict[str, Rate]]:
    """{"": {code: Rate}} for the whole, or a row for each value of `group`, in the group's order."""
    rule, rows = pack(in_force().pk), facts(cohort, by)
    if group is None:
        return {"": _computed(rows, rules.DEFINITIONS, rule)}
    if group not in GROUPS:
        raise Invalid("figures.group", "不能按这个维度分组", group=group)
    parts: dict[str, list[OrderFact]] = defaultdict(list)
    for fact in rows:
        parts[str(getattr(fact, group) or "")].append(fact)
    return {key: _computed(parts[key], rules.DEFINITIONS, rule) for key in sorted(parts)}


def orders_behind(
    cohort: Cohort, by: Actor, rate: str, part: str = "denominator", reason: str = ""
) -> list[int]:
    """The ids of the orders that make up a number: numerator, denominator, or excluded for a reason."""
    if rate not in rules.DEFINITIONS:
        raise Invalid("figures.rate", "没有这个指标", rate=rate)
    made = rates(cohort, by)[""][rate]
    if part == "excluded":
        kept = made.excluded_ids
        return list(kept.get(reason, ())) if reason else [pk for ids in kept.values() for pk in ids]
    return list(made.numerator_ids if part == "numerator" else made.denominator_ids)


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
        }
        for code in rules.FOUR
    }


def table(
    *, since: dt.date, until: dt.date, group: str, by: Actor, basis: str = "closed_in"
) -> list[dict[str, Any]]:
    """Rows for the command line: both days included, values as ratios 0–1."""
    start = dt.datetime.combine(since, dt.time(), clock.LOCAL)
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), clock.LOCAL)
    made = rates(Cohort(basis, start, end), by, None if group == "all" else group)
    return [
        {
            group: key or "—",
            "rate": rate.name,
            "value": _shown(rate.value),
            "numerator": rate.numerator,
            "n": rate.denominator,
            "low": _shown(rate.low),
            "high": _shown(rate.high),
            "raw": _shown(rate.raw_value),
            "excluded": sum(rate.excluded.values()),
            "weighting": rate.weighting,
        }
        for key, row in made.items()
        for rate in row.values()
        if rate.raw_denominator
    ]


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def composition(cohort: Cohort, by: Actor) -> list[tuple[str, int]]:
    """How many of each leaf, most first."""
    return rules.composition(facts(cohort, by))


def overdue_now(by: Actor, limit: int = 20) -> list[Obligation]:
    """Running clocks that are past due, the longest overdue first."""
    rows = Obligation.objects.filter(
        Q(order__in=visible_to(by)), outcome="open", paused_since=None, due__lt=clock.now()
    )
    return list(rows.select_related("order__category", "seat__unit").order_by("due")[:limit])


def time_lost(cohort: Cohort, by: Actor) -> list[dict[str, Any]]:
    """Median and 90th percentile of hours per stage, from the journal's moments, and each stage's share."""
    chains = [f"order:{f.id}" for f in facts(cohort, by)]
    moments: dict[str, dict[str, dt.datetime]] = defaultdict(dict)
    wanted = {kind for stage in STAGES for kind in stage[:2]}
    for chain, kind, at in Entry.objects.filter(chain__in=chains, kind__in=wanted).values_list(
        "chain", "kind", "at"
    ):
        moments[chain].setdefault(kind, at)
    rows: list[dict[str, Any]] = []
    for first, then, name in STAGES:
        hours = [
            (m[then] - m[first]).total_seconds() / 3600
            for m in moments.values()
            if first in m and then in m
        ]
        hours = [h for h in hours if h >= 0]
        if hours:
            p90 = rules.percentile(hours, 0.9)
            rows.append({"name": name, "n": len(hours), "median": rules.median(hours), "p90": p90})
    whole = sum(row["median"] for row in rows) or 1
    return [{**row, "share": row["median"] / whole} for row in rows]


def hot(cohort: Cohort, by: Actor, least: int = 3) -> list[dict[str, Any]]:
    """Leaf and street that rise above their own past: at least `least` in the period, and more than
    twice the period of the same length before."""
    length = cohort.end - cohort.start
    before = Cohort("accepted_in", cohort.start - length, cohort.start)
    now_rows = _places(Cohort("accepted_in", cohort.start, cohort.end), by)
    past = _places(before, by)
    rising = [
        {"category": c, "street": s, "now": n, "before": past[(c, s)]}
        for (c, s), n in now_rows.items()
        if n >= least and n > 2 * past[(c, s)]
    ]
    return sorted(rising, key=lambda row: -row["now"])


def _places(cohort: Cohort, by: Actor) -> Counter[tuple[str, str]]:
    rows = _orders(cohort, by).filter(street__isnull=False, category__isnull=False)
    return Counter(rows.values_list("category__name", "street__name"))


def headline(cohort: Cohort, by: Actor) -> list[dict[str, Any]]:
    """Three sentences made from figures, each with what it opens into."""
    made, lost = rates(cohort, by)[""], time_lost(cohort, by)
    worst = max(lost, key=lambda row: row["share"], default=None)
    top = composition(cohort, by)[:1]
    said: list[dict[str, Any]] = []
    solved = made["solved"]
    if solved.value is not None:
        said.append(
            {
                "text": f"实际解决 {solved.value * 100:.1f} %,按回访核实计,n={solved.denominator}",
                "rate": "solved",
                "part": "numerator",
            }
        )
    timely = made["timely"]
    if timely.denominator:
        text = f"{timely.numerator:g} 件各项义务全部按时,n={timely.denominator}"
        said.append({"text": text, "rate": "timely", "part": "numerator"})
    if worst and top:
        share, middle = worst["share"] * 100, worst["median"]
        text = f"{worst['name']} 占去 {share:.0f} % 的时间,中位 {middle:.1f} 小时"
        said.append({"text": text, "rate": "timely", "part": "denominator"})
    return said
