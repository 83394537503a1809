"""Finding units, and who is on duty in them."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet

from suqiu.organisations.models import Duty, Region, Unit


def unit(pk: int) -> Unit:
    return Unit.objects.get(pk=pk)


def valid_on(day: dt.date) -> QuerySet[Unit]:
    """The units that exist on this day."""
    return Unit.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
    )


def regions_on(day: dt.date) -> QuerySet[Region]:
    """The districts of a day: 16 today, 17 in 2013."""
    return Region.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
    ).exclude(tile_row__isnull=True, successor__isnull=True)


def centre() -> Unit:
    """The city's acceptance centre: the one unit of kind "centre"."""
    return Unit.objects.get(kind="centre")


def hub_of(region: Region) -> Unit | None:
    """The district's acceptance department (区县受理部门)."""
    return Unit.objects.filter(kind="hub", region=region, valid_to__isnull=True).first()


def on_call(unit_id: int, at: dt.datetime, is_work: Callable[[dt.date], bool]) -> Duty | None:
    """Who answers the unit's duty telephone at a local moment.

    A dated line goes before a kind of day. A line over midnight belongs to the day on which it
    begins: Friday's night lasts into Saturday, though Saturday is a rest day.
    """
    lines = list(Duty.objects.filter(unit_id=unit_id))
    today, yesterday = at.date(), at.date() - dt.timedelta(days=1)
    kinds = {day: "work" if is_work(day) else "rest" for day in (today, yesterday)}
    wanted = (
        (today.isoformat(), True),
        (yesterday.isoformat(), False),
        (kinds[today], True),
        (kinds[yesterday], False),
    )
    time = at.time().replace(microsecond=0)  # a line until 23:59:59 leaves no gap
    fitting = (
        line
        for days, began_today in wanted
        for line in lines
        if line.days == days and _covers(line, time, began_today=began_today)
    )
    return next(fitting, None)


def _covers(line: Duty, time: dt.time, *, began_today: bool) -> bool:
    over_midnight = line.since > line.until
    if began_today:
        return line.since <= time and (over_midnight or time <= line.until)
    return over_midnight and time <= line.until
