"""The score of each day, and who is told when it falls. May run at any moment, any number of times."""

import datetime as dt

from django.db import transaction

from suqiu.assessment import queries, rules
from suqiu.assessment.actions import one_by_one
from suqiu.assessment.models import Day, Scheme
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.errors import Missing
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import centre


def score_yesterday() -> int:
    """Yesterday's scores, once; before any scheme is in force there are none."""
    return score(clock.today() - dt.timedelta(days=1))


def score(day: dt.date) -> int:
    """How many subjects got their score of this day. A drop is told with it, once."""
    try:
        row = queries.scheme_on(day)
    except Missing:
        return 0
    if Day.objects.filter(day=day).exists():
        return 0
    scheme = queries.body(row)
    span = (day - dt.timedelta(days=scheme.window - 1), day + dt.timedelta(days=1))
    with transaction.atomic():
        one_by_one()
        if Day.objects.filter(day=day).exists():
            return 0
        made = [one for kind in queries.KINDS for one in queries.scores(scheme, span, kind)]
        Day.objects.bulk_create(
            Day(day=day, subject=s.subject, scheme=row, value=s.value, raw=s.raw, n=s.n)
            for s in made
        )
        _tell(row, scheme.window, scheme.drop, day, made)
    return len(made)


def _tell(row: Scheme, window: int, bound: float, day: dt.date, made: list[rules.Score]) -> None:
    """Against the score of the window before, which shares no day with this one. Told to the unit, a
    district's hub, and the centre."""
    earlier = Day.objects.filter(day=day - dt.timedelta(days=window), scheme=row)
    before = dict(earlier.values_list("subject", "value"))
    facts = []
    for one in made:
        if not rules.fallen(before.get(one.subject), one.value, bound):
            continue
        kind, _colon, key = one.subject.partition(":")
        hubs = Unit.objects.filter(kind="hub", region=key) if kind == "region" else None
        told = [int(key)] if hubs is None else list(hubs.values_list("pk", flat=True))
        for unit in (*told, centre().pk):
            data = {"to": f"unit:{unit}", "subject": one.subject, "day": day.isoformat(),
                    "then": before[one.subject], "now": one.value}  # fmt: skip
            facts.append(journal.Fact(f"score:{one.subject}", "assessment.drop", data, unit))
    if facts:
        journal.append_many(facts, by=queries.BY)
