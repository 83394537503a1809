"""What chance may do: intervals, growth, and when a place rises more than chance explains. Pure."""

import math
from collections.abc import Sequence

Z = 1.959964  # 95 %
CHANCE = 0.01
WIDTH = 1.05  # of a bin of durations


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


def bin_of(seconds: float) -> int:
    """The bin of a duration: each is 5 % wide, number 0 holds all up to a minute."""
    return math.ceil(math.log(seconds / 60) / math.log(WIDTH)) if seconds > 60 else 0


def middle(number: int) -> float:
    """The seconds for which a bin stands: no more than 2.5 % off for any duration in it."""
    return 60 * WIDTH ** (number - 0.5) if number else 30.0


def binned(bins: Sequence[tuple[int, int]], q: float) -> float:
    """The percentile in seconds, nearest rank, of durations kept as (bin, how many), sorted."""
    left = max(1, math.ceil(q * sum(n for _bin, n in bins)))
    for number, n in bins:
        left -= n
        if left <= 0:
            return middle(number)
    raise ValueError("No durations.")
