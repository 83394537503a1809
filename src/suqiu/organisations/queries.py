"""Finding units, and who is on duty in them."""

import datetime as dt

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


def on_call(unit_id: int, at: dt.datetime, is_work: bool) -> Duty | None:
    """Who answers the unit's duty telephone at a local moment; a dated line goes before a kind of day."""
    kinds = [at.date().isoformat(), "work" if is_work else "rest"]
    lines = Duty.objects.filter(unit_id=unit_id, days__in=kinds)
    fitting = [line for line in lines if _covers(line, at.time())]
    return min(fitting, key=lambda line: kinds.index(line.days), default=None)


def _covers(line: Duty, time: dt.time) -> bool:
    if line.since <= line.until:
        return line.since <= time <= line.until
    return time >= line.since or time <= line.until
