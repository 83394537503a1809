"""The days and moments that a form may name: at the ends of time there is no day before or after, and
the database keeps there what nobody can read again."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator

from suqiu.base import clock

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
DAYS = (MinValueValidator(FIRST), MaxValueValidator(LAST))
MOMENTS = tuple(
    kind(dt.datetime.combine(day, dt.time(), clock.LOCAL))
    for kind, day in ((MinValueValidator, FIRST), (MaxValueValidator, LAST))
)
