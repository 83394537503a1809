"""Whose an appeal is, by the duty catalogue."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.audit.kept import kept
from suqiu.base.errors import Refused
from suqiu.catalogue.models import Category, Door, Duty, DutyVersion, Source
from suqiu.organisations.models import Region, Unit


def leaf(code: str) -> Category:
    return Category.objects.get(code=code)


def leaves() -> QuerySet[Category]:
    """Those that are chosen from today, by code."""
    return Category.objects.filter(active=True).order_by("code")


@kept("catalogue_category")
def _leaves() -> dict[str, Category]:
    return {row.code: row for row in leaves()}


def leaf_of(code: str) -> Category | None:
    """The leaf of this code, if it is chosen from today. Shared: not to be changed."""
    return _leaves().get(code)


def doors() -> QuerySet[Door]:
    return Door.objects.order_by("code")


@kept("catalogue_door")
def _doors() -> dict[str, Door]:
    return {row.code: row for row in doors()}


def door_of(code: str) -> Door | None:
    """The door of this code. Shared: not to be changed."""
    return _doors().get(code)


def sources() -> QuerySet[Source]:
    """Those from which appeals come today, by code."""
    return Source.objects.filter(active=True).order_by("code")


@kept("catalogue_source")
def _sources() -> dict[str, Source]:
    return {row.code: row for row in sources()}


def source_of(code: str) -> Source | None:
    """The source of this code, if appeals come from it today. Shared: not to be changed."""
    return _sources().get(code)


@kept("catalogue_dutyversion")
def _edition() -> DutyVersion | None:
    return DutyVersion.objects.order_by("-number").first()


def edition() -> DutyVersion:
    """The newest edition of the duty catalogue. Raises Refused when none was published."""
    row = _edition()
    if row is None:
        raise Refused("catalogue.none", _("还没有发布派单目录"))
    return row


def unit_for(
    version: int, category: str, region: Region | None, street: Unit | None
) -> Unit | None:
    """The unit that leads: the street's own line goes before the district's."""
    rows = Duty.objects.filter(version_id=version, category_id=category, region=region)
    for place in ([street] if street else []) + [None]:
        found = rows.filter(street=place).select_related("unit").first()
        if found:
            return found.unit
    return None


@dataclass(frozen=True)
class Line:
    """One leaf in one district: who leads there, and the streets where another does."""

    leaf: Category
    unit: Unit | None
    streets: list[Duty]


def editions() -> QuerySet[DutyVersion]:
    """Every edition, the newest first, with how many `lines` it has."""
    return DutyVersion.objects.annotate(lines=Count("duty")).order_by("-number")


def districts_of(version: DutyVersion) -> QuerySet[Region]:
    """The districts that this edition speaks of, by code."""
    told = Duty.objects.filter(version=version).values("region")
    return Region.objects.filter(pk__in=told).order_by("code")


def lines_in(version: DutyVersion, region: Region) -> list[Line]:
    """Every leaf of today, and of this edition, in one district; a leaf that nobody leads is shown too."""
    rows = Duty.objects.filter(version=version, region=region).select_related("unit", "street")
    district = {row.category_id: row.unit for row in rows if row.street_id is None}
    streets: dict[str, list[Duty]] = {}
    for row in rows.exclude(street=None).order_by("street__code"):
        streets.setdefault(row.category_id, []).append(row)
    told = Category.objects.filter(Q(active=True) | Q(pk__in=[*district, *streets]))
    return [
        Line(leaf, district.get(leaf.pk), streets.get(leaf.pk, []))
        for leaf in told.order_by("code")
    ]


@dataclass(frozen=True)
class Coverage:
    """How an edition covers the city: its lines, those that only a hub takes, and pairs of leaf and
    district that nobody takes."""

    lines: int
    by_hub: int
    nobody: int


def coverage(version: DutyVersion) -> Coverage:
    """How this edition covers the leaves and districts of today."""
    lines = Duty.objects.filter(version=version)
    districts = Region.objects.filter(valid_to=None, tile_row__isnull=False).count()
    pairs = len(leaves()) * districts
    taken = lines.filter(street=None).count()
    return Coverage(
        lines.count(), lines.filter(street=None, unit__kind="hub").count(), pairs - taken
    )


def lines() -> list[tuple[str, str]]:
    """The trade's lines, (code, name), by code."""
    rows = Category.objects.filter(active=True).order_by("line")
    return list(rows.values_list("line", "line_name").distinct())
