"""Each day's guess of where the month will end. May run at any moment, any number of times."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from suqiu.assessment import queries as assessment
from suqiu.assessment.actions import one_by_one
from suqiu.assessment.models import Foreseen
from suqiu.assessment.shadow import queries, reading
from suqiu.assessment.shadow.forecast import guess
from suqiu.base import clock
from suqiu.figures import keeping


def foresee_today() -> int:
    """As of the beginning of today, once."""
    return foresee(clock.today())


def foresee(day: dt.date) -> int:
    """How many subjects were guessed; none before the figures are whole, or where the past is too
    short. What was guessed is kept: a month later everybody sees how good it was."""
    one = queries.in_force(day)
    there = Foreseen.objects.filter(day=day, upstream=one.key)
    if not keeping.ready() or there.exists():
        return 0
    known = reading.known(one, assessment.period(f"{day:%Y-%m}"), day)
    made = [
        Foreseen(
            day=day, upstream=one.key, region=region,
            body={code: asdict(told) for code, told in guess(one, row, known[""]).items()},
        )
        for region, row in sorted(known.items())
    ]  # fmt: skip
    with transaction.atomic():
        one_by_one()
        if there.exists():
            return 0
        Foreseen.objects.bulk_create(made)
    return len(made)
