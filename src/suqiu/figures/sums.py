"""Figures as sums: what one order adds to each, and the rates that such sums give. Pure.

An order adds to a figure as a whole or not at all, in whole numbers (weights in millionths), so the
sum over any parts is the sum over the whole, to the unit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from suqiu.figures import rules
from suqiu.figures.chance import wilson
from suqiu.figures.reasons import AS_MET
from suqiu.figures.rules import DEFINITIONS, WHOLE, OrderFact, Rate, Terms
from suqiu.figures.weights import weighting
from suqiu.policy.rules import Pack

# Every order of the cohort counts here; no rate.
ALL = "orders"


@dataclass(frozen=True)
class Sum:
    """`n` orders of one pack that count in `rate`, weighing `weight` millionths together; with a
    `reason` they are left out of the adjusted value, but for `AS_MET`: those count in it as met."""

    pack: int
    rate: str
    reason: str
    n: int
    weight: int


def counts(fact: OrderFact, pack: Pack) -> dict[str, int]:
    """What this order adds: {"rate" or "rate:reason": weight in millionths}, judged by `pack`."""
    found = {ALL: WHOLE}
    for code, row in DEFINITIONS.items():
        judged = rules.judged(row, fact, rules.terms(row, pack))
        if judged is not None:
            why, weight = judged
            found[f"{code}:{why}" if why else code] = weight
    return found


def by_unit(fact: OrderFact, pack: Pack) -> dict[str, dict[str, int]]:
    """The same as each unit that leads or has led it answers for it; "" where nobody has."""
    units = sorted({*fact.leads, fact.unit} - {None}, key=lambda unit: unit or 0)
    if not units:
        return {"": counts(fact, pack)}
    return {str(u): counts(rules.seen_by(u or 0, [fact])[0], pack) for u in units}


def rates_of(sums: Iterable[Sum], packs: Mapping[int, Pack]) -> dict[str, Rate]:
    """Every rate from its sums. `packs`: those of these orders; the one in force where there are
    none. The ids behind the numbers are asked for apart."""
    by_rate: dict[str, list[Sum]] = defaultdict(list)
    for one in sums:
        by_rate[one.rate].append(one)
    return {
        code: _rate(code, by_rate[code], {pk: rules.terms(row, pack) for pk, pack in packs.items()})
        for code, row in DEFINITIONS.items()
    }


def _rate(code: str, sums: list[Sum], said: Mapping[int, Terms]) -> Rate:
    row, met, gain = DEFINITIONS[code], 0, 0
    n, top = sum(s.n for s in sums if not s.reason), sum(s.weight for s in sums if not s.reason)
    raw_n, raw_top = sum(s.n for s in sums), sum(s.weight for s in sums) / WHOLE
    excluded, weighed, counted = Counter[str](), Counter[str](), Counter[str]()
    for one in sums:
        counted[said[one.pack].pack] += one.n
        if one.reason == AS_MET:
            met += one.n
            gain += one.n * row.met - one.weight
            n, top = n + one.n, top + one.n * row.met
        elif one.reason:
            excluded[one.reason] += one.n
            weighed[one.reason] += one.weight
    low, high = wilson(top / WHOLE, n) if n else (None, None)
    return Rate(
        code=code,
        name=row.name,
        value=top / WHOLE / n if n else None,
        numerator=top / WHOLE,
        denominator=n,
        low=low,
        high=high,
        raw_value=raw_top / raw_n if raw_n else None,
        raw_numerator=raw_top,
        raw_denominator=raw_n,
        weighting=weighting(code, [t for t in said.values() if not raw_n or t.pack in counted]),
        excluded=dict(sorted(excluded.items())),
        excluded_tops={reason: weighed[reason] / WHOLE for reason in sorted(excluded)},
        packs=dict(sorted(counted.items())) or {t.pack: 0 for t in said.values()},
        met=met,
        met_gain=gain / WHOLE,
    )
