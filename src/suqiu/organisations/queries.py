"""Finding units, and who is on duty in them."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet

from suqiu.audit.kept import kept
from suqiu.audit.queries import chain
from suqiu.base.actors import Actor
from suqiu.organisations.access import CENTRE
from suqiu.organisations.models import Duty, Region, Unit
from suqiu.organisations.rules import answering, day_of, gaps


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


@kept("organisations_region")
def _regions() -> list[Region]:
    return list(Region.objects.order_by("code"))


def region_on(day: dt.date, code: str) -> Region | None:
    """The district of this code, if it exists on this day. Shared: not to be changed."""
    found = next((row for row in _regions() if row.code == code), None)
    if found is None or (found.tile_row is None and found.successor_id is None):
        return None
    since, until = found.valid_from or dt.date.min, found.valid_to or dt.date.max
    return found if since <= day <= until else None


def brought_its_own() -> bool:
    """Whether a sheet has said which districts there are: those that come with Suqiu stay away."""
    return any(entry.kind == "regions.imported" for entry in chain("regions"))


@kept("organisations_unit", "organisations_region")
def _centre() -> Unit:
    return Unit.objects.select_related("region").get(kind="centre")


def centre() -> Unit:
    """The city's acceptance centre: the one unit of kind "centre". Shared: not to be changed."""
    return _centre()


def hub_of(region: Region) -> Unit | None:
    """The district's acceptance department (区县受理部门)."""
    return Unit.objects.filter(kind="hub", region=region, valid_to__isnull=True).first()


def on_call(unit_id: int, at: dt.datetime, is_work: Callable[[dt.date], bool]) -> Duty | None:
    """Who answers the unit's duty telephone at a local moment."""
    return answering(list(Duty.objects.filter(unit_id=unit_id).order_by("pk")), at, is_work)


def roster_lines(unit: Unit, first: dt.date, last: dt.date) -> list[Duty]:
    """The unit's standing lines, and those dated from the day before `first`, whose night lasts on."""
    since = (first - dt.timedelta(days=1)).isoformat()
    standing = Q(days__in=["work", "rest"])
    return list(
        Duty.objects.filter(
            standing | Q(days__range=(since, last.isoformat())), unit=unit
        ).order_by("days", "since", "pk")
    )


def units_without_duty(day: dt.date, is_work: Callable[[dt.date], bool]) -> list[Unit]:
    """The units that handle orders and have, at some hour of this day, nobody on duty."""
    lines: dict[int, list[Duty]] = {}
    for line in Duty.objects.order_by("pk"):
        lines.setdefault(line.unit_id, []).append(line)
    units = valid_on(day).exclude(kind__in=["centre", "section"]).order_by("region", "code")
    return [unit for unit in units if gaps(day_of(lines.get(unit.pk, []), day, is_work))]


def rosters_open_to(by: Actor, day: dt.date) -> QuerySet[Unit]:
    """The units whose roster this person may read; `access.may_read_roster` as a set."""
    units = valid_on(day).exclude(kind="centre").select_related("region")
    if by.is_system or by.roles & CENTRE:
        return units
    districts = Unit.objects.filter(pk__in=by.units_as("hub")).values("region")
    return units.filter(Q(pk__in=by.units) | Q(region__in=districts))
