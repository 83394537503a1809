"""Which orders a figure is about, and with which others it is compared."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.figures import years
from suqiu.orders.models import Disposal, Obligation, Order, Seat
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import in_force, pack

BASES = {"closed_in": "ended_at", "accepted_in": "accepted_at"}


@dataclass(frozen=True)
class Cohort:
    """Which orders a figure is about: `basis` closed_in, accepted_in or due_in [start, end).

    `without`: only those that have none of this (a key of `LACKING`), the row of a table that has no
    name. `hub`: those at which this unit, the hub of their district, has a seat."""

    basis: str
    start: dt.datetime
    end: dt.datetime
    region: str = ""
    line: str = ""
    source: str = ""
    category: str = ""
    unit: int | None = None
    street: int | None = None
    urgency: str = ""
    channel: str = ""
    person: str = ""
    hub: int | None = None
    without: str = ""


LACKING: dict[str, Any] = {
    "region": Q(region=None),
    "street": Q(street=None),
    "category": Q(category=None),
    "line": Q(category=None),
    "unit": ~Exists(Seat.objects.filter(order=OuterRef("pk"), role="lead")),
    "person": ~Exists(Disposal.objects.filter(order=OuterRef("pk"))),
}


def orders(cohort: Cohort, by: Actor) -> QuerySet[Order]:
    rows = visible_to(by)
    if cohort.basis == "due_in":
        due = Obligation.objects.filter(code="dispose", due__gte=cohort.start, due__lt=cohort.end)
        newer = Obligation.objects.filter(
            order=OuterRef("order"), code="dispose", pk__gt=OuterRef("pk")
        )
        rows = rows.filter(pk__in=due.filter(~Exists(newer)).values("order"))
    elif cohort.basis in BASES:
        column = BASES[cohort.basis]
        rows = rows.filter(**{f"{column}__gte": cohort.start, f"{column}__lt": cohort.end})
    else:
        raise Invalid(
            "cohort.basis", gettext("口径只有：按办结、按受理、按应办"), basis=cohort.basis
        )
    wanted = {
        "region": cohort.region,
        "category__line": cohort.line,
        "source": cohort.source,
        "source__channel": cohort.channel,
        "category": cohort.category,
        "street": cohort.street,
        "urgency": cohort.urgency,
    }
    rows = rows.filter(**{k: v for k, v in wanted.items() if v})
    if cohort.without in LACKING:
        rows = rows.filter(LACKING[cohort.without])
    if cohort.person:
        written = Disposal.objects.filter(order=OuterRef("pk")).order_by("-pk")
        rows = rows.alias(person=Subquery(written.values("by")[:1])).filter(person=cohort.person)
    if cohort.hub:
        sits = Seat.objects.filter(unit=cohort.hub, unit__region=F("order__region"))
        rows = rows.filter(pk__in=sits.values("order")).exclude(exit="discipline")
    if cohort.unit:
        led = Seat.objects.filter(unit=cohort.unit, role="lead")
        rows = rows.filter(pk__in=led.values("order"))
    return rows


def before(cohort: Cohort, against: str = "period") -> Cohort:
    """The cohort to compare with: the same days a year ago, or the period of the same length before."""
    if against == "year":
        return replace(cohort, start=_year_ago(cohort.start), end=_year_ago(cohort.end))
    return replace(cohort, start=cohort.start - (cohort.end - cohort.start), end=cohort.start)


def _year_ago(moment: dt.datetime) -> dt.datetime:
    local = clock.local(moment)
    try:
        return local.replace(year=local.year - 1)
    except ValueError:  # 29 February
        return local.replace(year=local.year - 1, day=28)


def stretch(cohort: Cohort, span: str, n: int) -> list[Cohort]:
    """The last `n` calendar weeks or months up to the cohort's end, oldest first; the last is cut
    off where the cohort ends."""
    last = clock.local(cohort.end - dt.timedelta(microseconds=1)).date()
    starts = [last - dt.timedelta(days=last.weekday()) if span == "week" else last.replace(day=1)]
    for _step in range(n - 1):
        before_it = starts[0] - dt.timedelta(days=1)
        first = before_it - dt.timedelta(days=6) if span == "week" else before_it.replace(day=1)
        starts.insert(0, first)
    ends = [*(clock.midnight(day) for day in starts[1:]), cohort.end]
    return [
        replace(cohort, start=clock.midnight(start), end=end)
        for start, end in zip(starts, ends, strict=True)
    ]


def narrowed(cohort: Cohort, group: str, key: str) -> Cohort:
    """The part of the cohort that a group's row is about; `key` as `queries.rates` gives it."""
    if not key:
        return replace(cohort, without=group)
    if group in {"unit", "street"}:
        return replace(cohort, **{group: int(key)})  # type: ignore[arg-type]
    if group == "week":
        first = dt.date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
        return _within(cohort, first, first + dt.timedelta(days=7))
    if group == "month":
        first = dt.date(int(key[:4]), int(key[5:]), 1)
        return _within(cohort, first, (first + dt.timedelta(days=31)).replace(day=1))
    if group == "year":
        return _within(cohort, *years.days_of_year(int(key), _year_begins()))
    return replace(cohort, **{group: key})  # type: ignore[arg-type]


def _within(cohort: Cohort, first: dt.date, after: dt.date) -> Cohort:
    start, end = max(cohort.start, clock.midnight(first)), min(cohort.end, clock.midnight(after))
    return replace(cohort, start=start, end=end)


def _year_begins() -> int:
    return pack(in_force().pk).figures.year_begins


def running_year() -> int:
    """The year of assessment that today is in."""
    return years.assessment_year(clock.today(), _year_begins())


def year(number: int, basis: str = "closed_in") -> Cohort:
    """The year of assessment of this number, as the pack in force bounds it."""
    first, after = years.days_of_year(number, _year_begins())
    return Cohort(basis, clock.midnight(first), clock.midnight(after))
