"""The same orders judged under another pack: who would be late, and which rate changes by how much.

What people did stays as it was; only the limits, the clocks that count as timely, the weights and the
reasons of exclusion are the other pack's. A clock that the other pack starts and the one of that time
did not have is named, and not judged: nobody knows when it would have been stopped.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.figures import queries, rules
from suqiu.figures.cohorts import Cohort, orders
from suqiu.figures.rules import ClockFact, OrderFact, Rate
from suqiu.orders.models import Obligation, Order
from suqiu.policy.queries import pack as pinned
from suqiu.policy.rules import Pack

# No published pack has this id: the other one need not be published.
OTHER = 0


@dataclass(frozen=True)
class Moved:
    """One order that is judged otherwise: the clocks late before and under the other pack."""

    number: str
    late_before: tuple[str, ...]
    late_now: tuple[str, ...]


@dataclass
class Replay:
    """What the pack of its time says, what the other says, and where they part."""

    orders: int
    before: Mapping[str, Rate]
    now: Mapping[str, Rate]
    moved: list[Moved] = field(default_factory=list)
    not_judged: list[str] = field(default_factory=list)

    @property
    def changes(self) -> dict[str, float | None]:
        """By how much each rate changes, as a difference of ratios; None where one side is empty."""
        return {
            code: None if rate.value is None or then is None else rate.value - then
            for code, rate in self.now.items()
            for then in [self.before[code].value]
            if (rate.value, rate.numerator, rate.denominator)
            != (then, self.before[code].numerator, self.before[code].denominator)
        }

    def rates(self) -> dict[str, dict[str, Any]]:
        """Each rate on both sides, as a ratio with its n; "change" where the two differ."""
        changes = self.changes
        return {
            code: {
                "before": self.before[code].value,
                "n": self.before[code].denominator,
                "now": rate.value,
                "n_now": rate.denominator,
                **({"change": changes[code]} if code in changes else {}),
            }
            for code, rate in self.now.items()
        }

    def as_json(self) -> dict[str, Any]:
        """As the command line writes it; only the rates that differ."""
        return {
            "orders": self.orders,
            "rates": {code: row for code, row in self.rates().items() if "change" in row},
            "moved": [asdict(one) for one in self.moved],
            "not_judged": self.not_judged,
        }


def replay(cohort: Cohort, other: Pack, *, by: Actor) -> Replay:
    """Judge the orders of the cohort that this person may see under `other`."""
    facts = queries.facts(cohort, by)
    judged = _clocks(cohort, other, by)
    again = [
        replace(fact, pack=OTHER, clocks=_of(fact, judged.get(fact.id, {}), other))
        for fact in facts
    ]
    packs = {pk: pinned(pk) for pk in {fact.pack for fact in facts}}
    had = {spec.id for rule in packs.values() for spec in rule.obligations}
    return Replay(
        orders=len(facts),
        before=queries.grouped(facts, cohort)[""],
        now=rules.compute(again, {OTHER: other}),
        moved=_moved(facts, again),
        not_judged=sorted({spec.id for spec in other.obligations} - had) if facts else [],
    )


def _clocks(cohort: Cohort, other: Pack, by: Actor) -> dict[int, dict[Any, dt.datetime]]:
    """{order: {(code, unit, role, due as it was): due under the other pack}}."""
    specs = {spec.id: spec for spec in other.obligations}
    mine: dict[int, Order] = orders(cohort, by).in_bulk()
    found: dict[int, dict[Any, dt.datetime]] = defaultdict(dict)
    rows = Obligation.objects.filter(order__in=orders(cohort, by), code__in=specs)
    for row in rows.select_related("seat"):
        order = mine[row.order_id]
        chosen = other.limit(
            specs[row.code],
            urgency=order.urgency,
            category=order.category_id or "",
            conduct=order.conduct,
            kind=order.kind,
        )
        key = (row.code, row.seat.unit_id, row.seat.role, row.due)
        if chosen is not None:
            found[row.order_id][key] = _due(row, Limit(chosen.n, chosen.unit))
    return found


def _due(row: Obligation, limit: Limit) -> dt.datetime:
    """From its start by this limit, with every extension and pause that it has had; the same limit
    gives the moment that was in force then, whatever the calendar has become since."""
    if (float(row.limit_n), row.limit_unit) == (float(limit.n), limit.unit):
        return row.due
    cal = calendar()
    moment = cal.due(row.started, limit).moment
    for move in row.moves:
        if move["why"] == "extension":
            moment = cal.extend(moment, move["days"])
        elif move["why"] == "pause":
            since, until = (dt.datetime.fromisoformat(move[k]) for k in ("since", "until"))
            moment = cal.after_pause(moment, paused_at=since, resumed_at=until, unit=limit.unit)
    return moment


def _of(fact: OrderFact, due: Mapping[Any, dt.datetime], other: Pack) -> tuple[ClockFact, ...]:
    """The clocks that the other pack has too, each against the due moment that it would have had."""
    metrics = {spec.id: spec.metric for spec in other.obligations}
    kept = []
    for one in fact.clocks:
        moment = due.get((one.code, one.unit, one.role, one.due))
        if moment is None:
            continue
        late = one.late
        if moment != one.due:
            # A paused clock stands still: it has not run out.
            late = (one.ended or clock.now()) > moment and not one.paused
        outcome = one.outcome
        if outcome in {"met", "late"}:
            outcome = "late" if late else "met"
        kept.append(replace(one, due=moment, late=late, outcome=outcome, metric=metrics[one.code]))
    return tuple(kept)


def _moved(before: list[OrderFact], now: list[OrderFact]) -> list[Moved]:
    return [
        Moved(then.number, *sides)
        for then, fact in zip(before, now, strict=True)
        if (sides := (_late(then), _late(fact)))[0] != sides[1]
    ]


def _late(fact: OrderFact) -> tuple[str, ...]:
    return tuple(sorted(one.code for one in fact.clocks if one.late))
