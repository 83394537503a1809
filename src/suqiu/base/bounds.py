"""The days, moments and keys that a form may name: at the ends of time there is no day before or after,
and the database keeps there what nobody can read again."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator

from suqiu.base import clock

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
DAYS = (MinValueValidator(FIRST), MaxValueValidator(LAST))
MOMENTS = tuple(
    kind(dt.datetime.combine(day, dt.time(), clock.LOCAL))
    for kind, day in ((MinValueValidator, FIRST), (MaxValueValidator, LAST))
)
# A bigint holds every number of so many digits.
_DIGITS = 18


def key_in(told: str) -> int:
    """The row's key that a request names; 0, which no row has, for what can be none."""
    return int(told) if told.isdecimal() and len(told) <= _DIGITS else 0
