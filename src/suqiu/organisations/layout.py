"""Laying out a city from its sheet: all of it or nothing, and a second time changes nothing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.organisations.actions import found_unit
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.sheets import LINES, Finding, Row, wrong_at

# A place on the tile map for districts of which nobody has said where they lie.
ACROSS = 4
ABOVE = {"section": "centre", "hub": "centre", "department": "hub", "street": "hub"}
PARENTS_FIRST = ("centre", "section", "hub", "department", "street", "squad")


@dataclass(frozen=True)
class Laid:
    """What a sheet brought: codes of districts and units."""

    places: list[str]
    ended: list[str]
    founded: list[str]
    changed: list[str]


def lay_out(rows: list[Row], *, by: Actor) -> Laid:
    """Write the sheet. A sheet that names districts names all of them: others end yesterday.

    Raises Invalid with a finding for each line that cannot be, and for districts left out in which
    units stand; then nothing is written.
    """
    if not by.is_system and "sysadmin" not in by.roles:
        raise NotAllowed("unit.keeper", _("单位由系统管理员导入"))
    with transaction.atomic():
        places, ended = _places([row for row in rows if row.is_place], by)
        units, findings = _filled([row for row in rows if not row.is_place])
        findings += _left_out(ended, units)
        if findings:
            raise Invalid("unit.file", findings[0][2], findings=findings)
        founded, changed = _units(units, by)
    return Laid(places, ended, founded, changed)


def _places(rows: list[Row], by: Actor) -> tuple[list[str], list[str]]:
    """City and districts: (written new or anew, ended). No line of either: nothing."""
    if not rows:
        return [], []
    known = {region.code: region for region in Region.objects.all()}
    written = []
    tiles = _tiles(rows, known)
    for row in rows:
        was = known.get(row.code)
        tile = tiles.get(row.code, (None, None))
        wanted = {
            "name": row.name[:32], "short": row.short, "valid_to": None,
            "tile_row": tile[0], "tile_column": tile[1],
        }  # fmt: skip
        if was is None or any(getattr(was, name) != value for name, value in wanted.items()):
            Region.objects.update_or_create(code=row.code, defaults=wanted)
            written.append(row.code)
    others = Region.objects.filter(valid_to=None).exclude(code__in=[row.code for row in rows])
    ended = sorted(others.values_list("code", flat=True))
    others.update(valid_to=clock.today() - dt.timedelta(days=1))
    if written or ended:
        facts = {"codes": sorted(written), "ended": ended}
        journal.append("regions", "regions.imported", by=by, data=facts)
    return written, ended


def _tiles(rows: list[Row], known: dict[str, Region]) -> dict[str, tuple[int | None, int | None]]:
    """Where each district stands on the tile map: where the sheet says, else where it stood, else in
    the next place that is free."""
    districts = [row for row in rows if row.kind == "district"]
    placed: dict[str, tuple[int | None, int | None]] = {
        r.code: r.place for r in districts if r.place
    }
    for row in districts:
        was = known.get(row.code)
        if row.code not in placed and was and was.tile_row:
            stood = (was.tile_row, was.tile_column)
            if stood not in placed.values():
                placed[row.code] = stood
    free = ((n // ACROSS + 1, n % ACROSS + 1) for n in count())
    for row in districts:
        if row.code not in placed:
            placed[row.code] = next(cell for cell in free if cell not in placed.values())
    return placed


def _filled(rows: list[Row]) -> tuple[list[Row], list[Finding]]:
    """The units with district and parent, parents first; and what cannot be."""
    known = {u.code: u for u in Unit.objects.select_related("region")}
    kinds = {code: u.kind for code, u in known.items()} | {r.code: r.kind for r in rows}
    placed, found = _placed(rows)
    hubs = {u.region_id: u.code for u in known.values() if u.kind == "hub"}
    hubs |= {row.district: row.code for row in placed if row.kind == "hub"}
    centre = next((code for code, kind in kinds.items() if kind == "centre"), "")
    full = []
    for row in placed:
        above = {"centre": centre, "hub": hubs.get(row.district, "")}
        full.append(replace(row, parent=row.parent or above.get(ABOVE.get(row.kind, ""), "")))
        found += _looked(full[-1], kinds, known)
    if not centre:
        found.append(("", "centre", _("还没有受理中心：表里要有一行")))
    return sorted(full, key=lambda row: PARENTS_FIRST.index(row.kind)), found


def _placed(rows: list[Row]) -> tuple[list[Row], list[Finding]]:
    """The units with the code of their district; the centre and its sections stand in the city."""
    regions = list(Region.objects.filter(valid_to=None))
    places = {r.code: r.code for r in regions} | {r.name: r.code for r in regions}
    cities = [r.code for r in regions if r.tile_row is None]
    placed, found = [], []
    for row in rows:
        inside = row.kind in {"centre", "section"}
        said = row.district or (cities[0] if inside and len(cities) == 1 else "")
        placed.append(replace(row, district=places.get(said, "")))
        if said not in places:
            found.append(wrong_at(row, "district", _("没有区“%s”") % said))
    return placed, found


def _looked(row: Row, kinds: dict[str, str], known: dict[str, Unit]) -> list[Finding]:
    centres = sorted(code for code, kind in kinds.items() if kind == "centre")
    was = known.get(row.code)
    looks = (
        ("parent", bool(row.parent) and row.parent not in kinds,
         _("没有上级单位“%s”") % row.parent),
        ("parent", row.kind == "squad" and kinds.get(row.parent) != "street",
         _("中队的上级须是街镇")),
        ("kind", was is not None and was.kind != row.kind,
         _("%s 已经是另一类单位") % row.code),
        ("centre", row.kind == "centre" and centres != [row.code],
         _("一个库只能有一个受理中心，已有：%s") % _("、").join(c for c in centres if c != row.code)),
    )  # fmt: skip
    return [wrong_at(row, rule, said) for rule, wrong, said in looks if wrong]


def _left_out(ended: list[str], rows: Iterable[Row]) -> list[Finding]:
    """Districts that would end under units that stay."""
    moved = {row.code for row in rows}
    units = Unit.objects.filter(region__in=ended, valid_to=None).exclude(code__in=moved)
    return [
        ("", "left", _("表里没有区 %(region)s，那里还有单位 %(unit)s")
         % {"region": unit.region_id, "unit": unit.code})
        for unit in units.order_by("code")
    ]  # fmt: skip


def _units(rows: list[Row], by: Actor) -> tuple[list[str], list[str]]:
    founded: list[str] = []
    changed: list[str] = []
    for row in rows:
        was = Unit.objects.filter(code=row.code).select_related("parent").first()
        line = LINES.get(row.trade, "")
        wanted = (row.name, row.district, row.parent, row.trade, line, row.email)
        if was and wanted == (
            was.name, was.region_id, was.parent.code if was.parent else "", was.trade, was.line,
            was.email,
        ):  # fmt: skip
            continue
        found_unit(
            code=row.code, name=row.name, kind=row.kind, region=row.district, by=by, line=line,
            trade=row.trade, parent=row.parent or None, email=row.email,
            valid_from=was.valid_from if was else None,
        )  # fmt: skip
        (changed if was else founded).append(row.code)
    return founded, changed
