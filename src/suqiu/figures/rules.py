"""The rates, defined once. Pure: facts in, figures out.

Definitions follow the recommended ones of the trade's papers; what belongs to the pack (weights of
satisfaction, reasons of exclusion) comes from the pack. Every rate is given raw and adjusted.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Z = 1.959964  # 95 %
LEAST_TO_RANK = 30


@dataclass(frozen=True)
class ClockFact:
    """One ended or running obligation: did it end in time, and did it end where it began?"""

    code: str
    outcome: str
    late: bool
    due: dt.datetime


@dataclass(frozen=True)
class OrderFact:
    """What the figures know of an order."""

    id: int
    number: str
    line: str = ""
    category: str = ""
    region: str = ""
    unit: int | None = None
    source: str = ""
    state: str = ""
    accepted_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    clocks: tuple[ClockFact, ...] = ()
    disposed: bool = False
    replied: bool = False
    contactable: bool = True
    satisfaction: str = ""
    asked: bool = False
    claimed_solved: bool = False
    verified_solved: bool | None = None
    first_called: bool = False
    second_called: bool = False
    false_report: bool = False
    rounds: int = 1
    returns: int = 0
    repeat: bool = False
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Definition:
    """A rate: who counts below the line, how much each counts above it."""

    code: str
    name: str
    below: Callable[[OrderFact], bool]
    above: Callable[[OrderFact, Mapping[str, float]], float]
    weighting: str = "每件计 1"


@dataclass(frozen=True)
class Rate:
    """A value with everything needed to read it: ratios 0–1, None where nothing is below the line."""

    code: str
    name: str
    value: float | None
    numerator: float
    denominator: int
    low: float | None
    high: float | None
    raw_value: float | None
    raw_numerator: float
    raw_denominator: int
    weighting: str
    excluded: Mapping[str, int] = field(default_factory=dict)
    numerator_ids: tuple[int, ...] = ()
    denominator_ids: tuple[int, ...] = ()
    excluded_ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return self.denominator

    @property
    def may_rank(self) -> bool:
        """Under thirty nothing is ranked: chance speaks louder than work."""
        return self.denominator >= LEAST_TO_RANK


def _counted(fact: OrderFact) -> list[ClockFact]:
    """Clocks that have been decided: met or late; one moved or cancelled counts only if it was late."""
    return [c for c in fact.clocks if c.outcome in {"met", "late"} or c.late]


def _in_time(fact: OrderFact) -> bool:
    return not any(c.late for c in _counted(fact))


def _yes(test: Callable[[OrderFact], bool]) -> Callable[[OrderFact, Mapping[str, float]], float]:
    return lambda fact, _weights: float(test(fact))


def _dispose(fact: OrderFact) -> bool:
    return any(c.code == "dispose" for c in _counted(fact)) or fact.disposed


DEFINITIONS: dict[str, Definition] = {
    d.code: d
    for d in (
        Definition("timely", "及时率", lambda f: bool(_counted(f)), _yes(_in_time)),
        Definition("disposal", "处置率", _dispose, _yes(lambda f: f.disposed)),
        Definition("reply", "回复率", lambda f: f.disposed, _yes(lambda f: f.replied)),
        Definition(
            "satisfaction",
            "满意率",
            lambda f: f.asked,
            lambda f, weights: weights.get(f.satisfaction, 0.0),
            "按评价折算",
        ),
        Definition(
            "solved", "实际解决率", lambda f: f.disposed, _yes(lambda f: f.verified_solved is True)
        ),
        Definition(
            "first_contact",
            "先行联系率",
            lambda f: any(c.code == "first_contact" for c in _counted(f)),
            _yes(lambda f: not any(c.code == "first_contact" and c.late for c in f.clocks)),
        ),
        Definition("rework", "重办率", lambda f: f.disposed, _yes(lambda f: f.rounds > 1)),
        Definition("return", "退单率", lambda f: bool(f.clocks), _yes(lambda f: f.returns > 0)),
        Definition("repeat", "重复率", lambda f: True, _yes(lambda f: f.repeat)),
        Definition("coverage", "回访覆盖率", lambda f: f.replied, _yes(lambda f: f.first_called)),
        Definition(
            "false_report", "虚报率", lambda f: f.second_called, _yes(lambda f: f.false_report)
        ),
    )
}
FOUR = ("timely", "disposal", "reply", "satisfaction", "solved")


def compute(
    code: str, facts: Iterable[OrderFact], *, reasons: Iterable[str], weights: Mapping[str, float]
) -> Rate:
    """The rate over these facts; orders with one of `reasons` are taken out of the adjusted value."""
    definition, out = DEFINITIONS[code], frozenset(reasons)
    told = definition.weighting
    if code == "satisfaction":
        told = "、".join(f"{k} {v:g}" for k, v in sorted(weights.items(), key=_heaviest))
    below = [f for f in facts if definition.below(f)]
    kept = [f for f in below if not f.reasons & out]
    excluded: dict[str, list[int]] = {}
    for fact in below:
        if fact.reasons & out:
            excluded.setdefault(min(fact.reasons & out), []).append(fact.id)
    top = math.fsum(definition.above(f, weights) for f in kept)
    raw_top = math.fsum(definition.above(f, weights) for f in below)
    low, high = wilson(top, len(kept)) if kept else (None, None)
    return Rate(
        code=code,
        name=definition.name,
        value=top / len(kept) if kept else None,
        numerator=round(top, 6),
        denominator=len(kept),
        low=low,
        high=high,
        raw_value=raw_top / len(below) if below else None,
        raw_numerator=round(raw_top, 6),
        raw_denominator=len(below),
        weighting=told,
        excluded={reason: len(ids) for reason, ids in sorted(excluded.items())},
        numerator_ids=tuple(f.id for f in kept if definition.above(f, weights) > 0),
        denominator_ids=tuple(f.id for f in kept),
        excluded_ids={reason: tuple(ids) for reason, ids in excluded.items()},
    )


def _heaviest(weight: tuple[str, float]) -> float:
    return -weight[1]


def wilson(top: float, n: int) -> tuple[float, float]:
    """Wilson's interval at 95 % for `top` of n. A weighted sum is read as a proportion of n, which is
    wider than its true interval, never narrower (each weight lies in 0–1)."""
    p, z2 = top / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def growth(now: int, before: int) -> float | None:
    """The change as a ratio: 149 against 99 is +0.505; None where there was nothing before."""
    return (now - before) / before if before else None


def median(values: list[float]) -> float:
    return percentile(values, 0.5)


def percentile(values: list[float], q: float) -> float:
    """By the nearest rank; the list is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(q * len(ordered)) - 1))]


def composition(facts: Iterable[OrderFact]) -> list[tuple[str, int]]:
    """How many of each leaf, most first."""
    return Counter(f.category for f in facts if f.category).most_common()
