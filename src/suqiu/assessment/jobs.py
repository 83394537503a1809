"""The score of each day, and who is told when it falls. May run at any moment, any number of times."""

import datetime as dt

from django.db import transaction

from suqiu.accounts.queries import people_as
from suqiu.assessment import queries, rules
from suqiu.assessment.actions import one_by_one
from suqiu.assessment.models import Day, Scheme
from suqiu.assessment.scheme import Scheme as Body
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
        _tell(row, scheme, day, made)
    return len(made)


def _tell(row: Scheme, scheme: Body, day: dt.date, made: list[rules.Score]) -> None:
    """Who fell by more than the scheme bears, and has not been told of it within the same days: one
    fall shows on many days, and is told of once."""
    since = day - dt.timedelta(days=scheme.falls_within)
    earlier = Day.objects.filter(day=since, scheme=row)
    scored = earlier.exclude(value=None).values_list("subject", "value")
    before = {subject: value for subject, value in scored if value is not None}
    lately = Day.objects.filter(day__gt=since, day__lt=day, fell=True)
    told = set(lately.values_list("subject", flat=True))
    fallen = [
        one
        for one in made
        if one.subject not in told and rules.fallen(before.get(one.subject), one.value, scheme.drop)
    ]
    if not fallen:
        return
    facts = [fact for one in fallen for fact in _facts(one, before[one.subject], scheme, day)]
    Day.objects.filter(day=day, subject__in=[one.subject for one in fallen]).update(fell=True)
    journal.append_many(facts, by=queries.BY)


def _facts(one: rules.Score, then: float, scheme: Body, day: dt.date) -> list[journal.Fact]:
    """One entry for each who is told: the unit itself or the district's hubs, the centre, the
    assessors. `unit` of the entry is the one that is judged."""
    kind, _colon, key = one.subject.partition(":")
    hubs = Unit.objects.filter(kind="hub", region=key) if kind == "region" else None
    own = [int(key)] if hubs is None else list(hubs.values_list("pk", flat=True))
    to = [f"unit:{pk}" for pk in (*own, centre().pk)]
    to += [person.actor_id for person in people_as("assessor")]
    data = {"subject": one.subject, "day": day.isoformat(), "days": scheme.falls_within,
            "then": then, "now": one.value}  # fmt: skip
    return [
        journal.Fact(f"score:{one.subject}", "assessment.drop", {"to": whom, **data}, own[0])
        for whom in to
        if own
    ]
