"""The rates, defined once. Pure: facts in, figures out.

Definitions follow the recommended ones of the trade's papers; what belongs to the pack (weights of
satisfaction, reasons of exclusion) comes from the pack. Every rate is given raw and adjusted.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from suqiu.policy.rules import Pack

Z = 1.959964  # 95 %
LEAST_TO_RANK = 30
CHANCE = 0.01


@dataclass(frozen=True)
class ClockFact:
    """One ended or running obligation: did it end in time, and who owed it?"""

    code: str
    outcome: str
    late: bool
    due: dt.datetime
    metric: str = ""
    due_original: dt.datetime | None = None
    ended: dt.datetime | None = None
    unit: int | None = None
    role: str = "lead"


@dataclass(frozen=True)
class SignFact:
    """One transmission to a unit; `in_time` is None while it may still be acknowledged."""

    unit: int
    in_time: bool | None


@dataclass(frozen=True)
class OrderFact:
    """What the figures know of an order. `unit` leads it now; `leads` have led it, in turn.

    `former`: seen from a unit that lost it, which answers for its own clocks and for nothing else.
    """

    id: int
    number: str
    line: str = ""
    category: str = ""
    region: str = ""
    unit: int | None = None
    leads: tuple[int, ...] = ()
    source: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""
    accepted_at: dt.datetime | None = None
    dispatched_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    clocks: tuple[ClockFact, ...] = ()
    signs: tuple[SignFact, ...] = ()
    disposed: bool = False
    result: str = ""
    replied: bool = False
    contactable: bool = True
    verified: bool = False
    satisfaction: str = ""
    claimed_solved: bool = False
    verified_solved: bool | None = None
    first_called: bool = False
    second_called: bool = False
    false_report: bool = False
    rounds: int = 1
    returns: int = 0
    returned_by: tuple[int, ...] = ()
    repeat: bool = False
    reasons: frozenset[str] = frozenset()
    former: bool = False


Weights = Mapping[str, float]


@dataclass(frozen=True)
class Definition:
    """A rate: who counts below the line, how much each counts above it.

    `never` are reasons that take an order out whatever the pack says: without them the rate would
    not be what its name says. `of_clocks`: a unit that lost the order still answers for this one.
    `like`: the rate whose reasons hold where the pack names none for this one.
    """

    code: str
    name: str
    below: Callable[[OrderFact], bool]
    above: Callable[[OrderFact, Weights], float]
    weighting: str = "每件计 1"
    never: tuple[str, ...] = ()
    of_clocks: bool = False
    like: str = ""


@dataclass(frozen=True)
class Rate:
    """A value with everything needed to read it: ratios 0–1, None where nothing is below the line.

    `pack` names the rules that it was counted by.
    """

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
    pack: str = ""

    @property
    def n(self) -> int:
        return self.denominator

    @property
    def may_rank(self) -> bool:
        """Under thirty nothing is ranked: chance speaks louder than work."""
        return self.denominator >= LEAST_TO_RANK


def _counted(fact: OrderFact, code: str = "") -> list[ClockFact]:
    """Clocks that have been decided: met or late; one moved or cancelled counts only if it was late."""
    return [
        c for c in fact.clocks if (c.outcome in {"met", "late"} or c.late) and code in {"", c.code}
    ]


def _in_time(code: str = "") -> Callable[[OrderFact, Weights], float]:
    return lambda fact, _weights: float(not any(c.late for c in _counted(fact, code)))


def _yes(test: Callable[[OrderFact], bool]) -> Callable[[OrderFact, Weights], float]:
    return lambda fact, _weights: float(test(fact))


def _due_for_disposal(fact: OrderFact) -> bool:
    return fact.disposed or bool(_counted(fact, "dispose"))


def _signs(fact: OrderFact) -> list[bool]:
    return [s.in_time for s in fact.signs if s.in_time is not None]


def _solved(fact: OrderFact) -> bool:
    """Claimed and found so: what was only explained is not solved, however content the citizen is."""
    return fact.claimed_solved and fact.verified_solved is True


# One row, one rate: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Definition("timely", "及时率", lambda f: bool(_counted(f)), _in_time(), of_clocks=True),
    Definition("disposal", "处置率", _due_for_disposal, _yes(lambda f: f.disposed), of_clocks=True),
    Definition("reply", "回复率", lambda f: f.disposed, _yes(lambda f: f.replied)),
    Definition("satisfaction", "满意率", lambda f: f.verified, lambda f, w: w.get(f.satisfaction, 0.0),
               never=("not_reached", "refused", "unanswered")),
    Definition("solved", "实际解决率", lambda f: f.disposed, _yes(_solved)),
    Definition("disposal_timely", "处置及时率", lambda f: bool(_counted(f, "dispose")),
               _in_time("dispose"), of_clocks=True, like="timely"),
    Definition("first_contact", "先行联系率", lambda f: bool(_counted(f, "first_contact")),
               _in_time("first_contact"), of_clocks=True, like="timely"),
    Definition("sign_in", "签收及时率", lambda f: bool(_signs(f)), _yes(lambda f: all(_signs(f))),
               of_clocks=True, like="timely"),
    Definition("rework", "重办率", lambda f: f.disposed, _yes(lambda f: f.rounds > 1)),
    Definition("return", "退单率", lambda f: f.dispatched_at is not None, _yes(lambda f: f.returns > 0),
               of_clocks=True),
    Definition("repeat", "重复率", lambda f: f.accepted_at is not None, _yes(lambda f: f.repeat)),
    Definition("coverage", "回访覆盖率", lambda f: f.replied, _yes(lambda f: f.first_called)),
    Definition("false_report", "虚报率", lambda f: f.second_called, _yes(lambda f: f.false_report)),
)
# fmt: on
DEFINITIONS: dict[str, Definition] = {row.code: row for row in _ROWS}
FOUR = ("timely", "disposal", "reply", "satisfaction", "solved")


def compute(facts: Sequence[OrderFact], pack: Pack) -> dict[str, Rate]:
    """Every rate over these facts, by the pack's weights and exclusions."""
    told = f"{pack.id} v{pack.version}"
    return {
        code: replace(
            rate(code, facts, reasons=_reasons(row, pack), weights=pack.satisfaction),
            pack=told,
        )
        for code, row in DEFINITIONS.items()
    }


def _reasons(row: Definition, pack: Pack) -> Sequence[str]:
    return pack.exclusions.get(row.code, pack.exclusions.get(row.like, []))


def rate(
    code: str, facts: Iterable[OrderFact], *, reasons: Iterable[str], weights: Weights
) -> Rate:
    """The rate over these facts. Orders with one of `reasons` are taken out of the adjusted value,
    each once, for the first of its reasons in the order given."""
    row = DEFINITIONS[code]
    out = tuple(dict.fromkeys((*reasons, *row.never)))
    below = [f for f in facts if row.below(f) and (row.of_clocks or not f.former)]
    kept = [f for f in below if f.reasons.isdisjoint(out)]
    excluded: dict[str, list[int]] = {}
    for fact in below:
        why = next((reason for reason in out if reason in fact.reasons), None)
        if why:
            excluded.setdefault(why, []).append(fact.id)
    top = math.fsum(row.above(f, weights) for f in kept)
    raw_top = math.fsum(row.above(f, weights) for f in below)
    low, high = wilson(top, len(kept)) if kept else (None, None)
    return Rate(
        code=code,
        name=row.name,
        value=top / len(kept) if kept else None,
        numerator=round(top, 6),
        denominator=len(kept),
        low=low,
        high=high,
        raw_value=raw_top / len(below) if below else None,
        raw_numerator=round(raw_top, 6),
        raw_denominator=len(below),
        weighting=_weighting(weights) if code == "satisfaction" else row.weighting,
        excluded={reason: len(ids) for reason, ids in sorted(excluded.items())},
        numerator_ids=tuple(f.id for f in kept if row.above(f, weights) > 0),
        denominator_ids=tuple(f.id for f in kept),
        excluded_ids={reason: tuple(ids) for reason, ids in sorted(excluded.items())},
    )


def _weighting(weights: Weights) -> str:
    return "、".join(f"{k} {v:g}" for k, v in sorted(weights.items(), key=lambda kv: -kv[1]))


def seen_by(unit: int, facts: Iterable[OrderFact]) -> list[OrderFact]:
    """The orders that a unit leads or has led, with its own clocks only.

    Nobody is late by another's clock. A unit that lost an order after its due moment is late, and
    so is in no way the next one: such an order counts for both, and units need not add up.
    """
    views = []
    for fact in facts:
        if unit not in (*fact.leads, fact.unit):
            continue
        mine = replace(
            fact,
            unit=unit,
            clocks=tuple(c for c in fact.clocks if c.unit == unit and c.role == "lead"),
            signs=tuple(s for s in fact.signs if s.unit == unit),
            returns=fact.returned_by.count(unit),
        )
        views.append(mine if fact.unit == unit else replace(mine, disposed=False, former=True))
    return views


def veiled(fact: OrderFact) -> OrderFact:
    """The fact as one outside the centre may count it: which orders were drawn for a second check
    is secret, and so is what a verifying found before it is over."""
    clocks = tuple(c for c in fact.clocks if c.role != "centre")
    fact = replace(fact, clocks=clocks, second_called=False)
    if fact.state not in {"callback", "second_check"}:
        return fact
    return replace(fact, verified=False, satisfaction="", verified_solved=None, first_called=False)


def wilson(top: float, n: int) -> tuple[float, float]:
    """Wilson's interval at 95 % for `top` of n. A weighted sum is read as a proportion of n, which is
    wider than its true interval, never narrower (each weight lies in 0–1)."""
    p, z2 = min(1.0, top / n), Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def growth(now: int, before: int) -> float | None:
    """The change as a ratio: 149 against 99 is +0.505; None where there was nothing before."""
    return (now - before) / before if before else None


def expected(past: Sequence[int]) -> float:
    """How many a period brings by its own past. One case is added: a place that was always quiet may
    have one without being told of."""
    return (sum(past) + 1) / len(past)


def rises(now: int, past: Sequence[int], least: int = 3) -> bool:
    """Is this more than chance? At least `least`, and so many or more would come in under one of a
    hundred periods if cases arrived independently at the rate of the past (Poisson)."""
    if now < least or not past:
        return False
    mean = expected(past)
    below = math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(now))
    return 1 - below < CHANCE


def median(values: list[float]) -> float:
    return percentile(values, 0.5)


def percentile(values: list[float], q: float) -> float:
    """By the nearest rank; the list is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(q * len(ordered)) - 1))]


def composition(facts: Iterable[OrderFact]) -> list[tuple[str, int]]:
    """How many of each leaf, most first."""
    return Counter(f.category for f in facts if f.category).most_common()
