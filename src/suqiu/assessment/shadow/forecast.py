"""Where the month will end, as of the beginning of a day. Pure, and the same answer every time.

What has ended is known. What is left of the month is guessed from stretches of the past as long as
what is left and on the same weekdays (`stretches`):

- of the open orders that fall due by the month's end, the share that will end: as of those that stood
  so at the beginning of each stretch;
- the others that will end (not due yet, or not here yet): as many as in a stretch;
- what all of these answer: as those answered that ended in the stretches. A subject with few orders
  leans on the whole house, as if `LEAN` orders more had been answered as there.

Each is drawn `DRAWS` times with what is uncertain about it: shares are Beta and Dirichlet, numbers
are Gamma–Poisson. Where the stretches differ among themselves by more than chance (overdispersion, by
Pearson's chi-square over its degrees of freedom), all are drawn so much wider. The interval is that
from the 5th to the 95th percentile: nine months of ten should end in it (tests hold it to that over
simulated months).
"""

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from suqiu.assessment.shadow.rules import points
from suqiu.assessment.shadow.upstream import Measure, Upstream

STRETCHES = 6
DRAWS = 600
LEAN = 5.0
LOW, HIGH = 0.05, 0.95
SEED = 0x53484144  # "SHAD": chance that everybody can repeat
_EXACT = 40  # up to so many trials are drawn one by one

Answers = Mapping[str, Mapping[str, int]]  # {measure: {answer: orders}}


@dataclass(frozen=True)
class Past:
    """One stretch of the past: open orders due by its end and how many of them ended, how many others
    ended, how many were registered, and what those that ended answered."""

    due: int = 0
    ended: int = 0
    others: int = 0
    registered: int = 0
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A subject at the beginning of the day: what the month's ended orders answered, its registered
    orders, the open ones due by the month's end, and its past."""

    answers: Answers
    registered: int
    due: int
    past: Sequence[Past]


@dataclass(frozen=True)
class Guess:
    """A value with its interval; ratios or points. `n`: of how many orders, in the middle."""

    middle: float
    low: float
    high: float
    n: int = 0


def stretches(today: dt.date, end: dt.date, first: dt.date) -> list[tuple[dt.date, dt.date]]:
    """[start, end) of each stretch, the latest first, none before `first`."""
    length = (end - today).days
    week = 7 * math.ceil(length / 7)
    found = []
    for i in range(1, STRETCHES + 1):
        start = today - dt.timedelta(days=week * i)
        if length > 0 and start >= first:
            found.append((start, start + dt.timedelta(days=length)))
    return found


def guess(body: Upstream, one: Known, whole: Known) -> dict[str, Guess]:
    """{"": the score, and each measure} at the month's end; `whole` is the house that it is part of."""
    chance = random.Random(SEED)  # noqa: S311 - it decides nothing
    mine, all_of = _Pool(body, one, whole), _Pool(body, whole, whole)
    scores: list[float] = []
    found: dict[str, list[tuple[float, int]]] = {m.id: [] for m in body.measures}
    for _i in range(DRAWS):
        total, ends = 0.0, mine.ends(chance)
        for measure in body.measures:
            if measure.asks == "volume":
                own = one.registered + mine.registered.draw(chance)
                of = own if one is whole else max(
                    own, whole.registered + all_of.registered.draw(chance))  # fmt: skip
                top, n = float(own), of
            else:
                top, n = mine.answered(measure, ends, chance)
            value = top / n if n else None
            total += points(measure, value)
            if value is not None:
                found[measure.id].append((value, n))
        scores.append(total)
    made = {code: _told(rows) for code, rows in found.items() if rows}
    return {"": _told([(value, 0) for value in scores]), **made}


def _told(rows: list[tuple[float, int]]) -> Guess:
    ordered = sorted(value for value, _n in rows)
    middle, low, high = (
        ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, LOW, HIGH)
    )
    return Guess(middle, low, high, sorted(n for _value, n in rows)[len(rows) // 2])


class _Pool:
    """One subject's past, made ready to be drawn from."""

    def __init__(self, body: Upstream, one: Known, whole: Known) -> None:
        self.one = one
        self.closing = _Share([(p.ended, p.due) for p in one.past], [(p.ended, p.due) for p in whole.past])  # fmt: skip
        self.others = _Number([p.others for p in one.past])
        self.registered = _Number([p.registered for p in one.past])
        self.tables = {m.id: _Table(m, one.past, whole.past) for m in body.rated}

    def ends(self, chance: random.Random) -> int:
        """How many more will end."""
        return self.closing.draw(self.one.due, chance) + self.others.draw(chance)

    def answered(self, measure: Measure, ends: int, chance: random.Random) -> tuple[float, int]:
        """(weight, orders that count) of the whole month with so many more ended."""
        counted = Counter(self.one.answers.get(measure.id, {}))
        counted.update(self.tables[measure.id].draw(ends, chance))
        known = [(weight, counted[answer]) for answer, weight in measure.weights.items()]
        return sum(weight * n for weight, n in known), sum(n for _weight, n in known)


class _Share:
    """How many of n: pooled over the stretches."""

    def __init__(self, rows: Sequence[tuple[int, int]], whole: Sequence[tuple[int, int]]) -> None:
        own, of = sum(k for k, _n in rows), sum(n for _k, n in rows)
        near = (sum(k for k, _n in whole) + 1) / (sum(n for _k, n in whole) + 2)
        self.mean = (own + LEAN * near) / (of + LEAN)
        self.weight = of + LEAN
        self.wide = _overdispersion(
            [(k / n, self.mean * (1 - self.mean) / n) for k, n in rows if n]
        )

    def draw(self, n: int, chance: random.Random) -> int:
        if n == 0:
            return 0
        firm = _firmness(self.weight, self.wide, n)
        p = chance.betavariate(self.mean * firm + 1e-9, (1 - self.mean) * firm + 1e-9)
        return _binomial(n, p, chance)


class _Number:
    """How many come in a stretch."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.n, self.sum = len(rows), sum(rows)
        mean = self.sum / self.n if self.n else 0.0
        self.wide = _overdispersion([(float(row), mean) for row in rows]) if mean else 1.0

    def draw(self, chance: random.Random) -> int:
        if not self.n:
            return 0
        mean = chance.gammavariate(self.sum / self.wide + 0.5, self.wide / self.n)
        if self.wide > 1:
            shape = max(1e-3, mean / (self.wide - 1))
            mean = chance.gammavariate(shape, mean / shape)
        return _poisson(mean, chance)


class _Table:
    """What those that end answer."""

    def __init__(self, measure: Measure, own: Sequence[Past], whole: Sequence[Past]) -> None:
        rows = [Counter(past.answers.get(measure.id, {})) for past in own]
        mine: Counter[str] = sum(rows, Counter())
        near: Counter[str] = sum((Counter(p.answers.get(measure.id, {})) for p in whole), Counter())
        keys = sorted({*mine, *near}) or [""]
        all_near = near.total() or 1
        self.shares = {
            key: (mine[key] + LEAN * (near[key] / all_near if near else 1 / len(keys)))
            / (mine.total() + LEAN)
            for key in keys
        }
        self.weight = mine.total() + LEAN
        self.wide = _overdispersion(_means(measure, rows, self.shares))

    def draw(self, n: int, chance: random.Random) -> dict[str, int]:
        if n == 0:
            return {}
        firm = _firmness(self.weight, self.wide, n)
        shares = {k: chance.gammavariate(p * firm + 1e-9, 1.0) for k, p in self.shares.items()}
        left, rest, found = n, sum(shares.values()), {}
        for key, share in shares.items():
            found[key] = _binomial(left, min(1.0, share / rest) if rest > 0 else 0.0, chance)
            left, rest = left - found[key], rest - share
        return found


def _means(
    measure: Measure, rows: Sequence[Counter[str]], shares: Mapping[str, float]
) -> list[tuple[float, float]]:
    """Of each stretch the mean weight of what counts, and its variance by chance alone."""
    whole = sum(p for key, p in shares.items() if key in measure.weights)
    if not whole:
        return []
    mean = sum(shares.get(key, 0.0) * w for key, w in measure.weights.items()) / whole
    spread = sum(shares.get(key, 0.0) * (w - mean) ** 2 for key, w in measure.weights.items())
    found = []
    for row in rows:
        n = sum(row[key] for key in measure.weights)
        if n:
            top = sum(row[key] * w for key, w in measure.weights.items())
            found.append((top / n, spread / whole / n))
    return found


def _overdispersion(rows: Sequence[tuple[float, float]]) -> float:
    """By how much values vary more than their variances by chance say; never less than 1."""
    rows = [(value, variance) for value, variance in rows if variance > 0]
    if len(rows) < 2:
        return 1.0
    weights = [1 / variance for _value, variance in rows]
    mean = sum(v * w for (v, _x), w in zip(rows, weights, strict=True)) / sum(weights)
    chi = sum((v - mean) ** 2 * w for (v, _x), w in zip(rows, weights, strict=True))
    return max(1.0, chi / (len(rows) - 1))


def _firmness(weight: float, wide: float, n: int) -> float:
    """As how many orders a share counts for: those behind it, fewer the wider; and where stretches
    differ, as few as make the next n vary `wide` times as much as chance."""
    firm = weight / wide
    if wide > 1:
        of_next = max(0.5, (n - wide) / (wide - 1)) if n > wide else 0.5
        firm = 1 / (1 / firm + 1 / of_next)
    return firm


def _binomial(n: int, p: float, chance: random.Random) -> int:
    if n <= _EXACT:
        return sum(chance.random() < p for _i in range(n))
    spread = math.sqrt(n * p * (1 - p))
    return min(n, max(0, round(chance.gauss(n * p, spread))))


def _poisson(mean: float, chance: random.Random) -> int:
    if mean > _EXACT:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    at, k, bound = 1.0, -1, math.exp(-mean)
    while at > bound:
        at *= chance.random()
        k += 1
    return max(0, k)
