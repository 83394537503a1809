"""Publishing the tree, the sources, the doors and an edition of the duty catalogue."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit.queries import published
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.catalogue.models import CHANNELS, Category, Door, Duty, DutyVersion, Source
from suqiu.organisations.models import Region, Unit

DATA = Path(__file__).parent / "data"


FILES = ("categories.yaml", "sources.yaml", "doors.yaml")


def _file(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


def publish_lists(*, by: Actor) -> int:
    """Write categories, sources and doors of the committed files. Returns the number of leaves,
    0 where these very files were published before."""
    fingerprint = hashlib.sha256(b"".join((DATA / name).read_bytes() for name in FILES)).hexdigest()
    if published("catalogue", "lists.published", fingerprint):
        return 0
    leaves = _file("categories.yaml")
    with transaction.atomic():
        for row in leaves:
            code = row.pop("code")
            Category.objects.update_or_create(code=code, defaults=row)
        for row in _file("sources.yaml"):
            Source.objects.update_or_create(
                code=row["code"],
                defaults={
                    "name": row["name"],
                    "channel": row["channel"],
                    "conduct": row.get("conduct", False),
                },
            )
        for row in _file("doors.yaml"):
            Door.objects.update_or_create(
                code=row["code"], defaults={k: row[k] for k in ("name", "tell", "keywords")}
            )
        journal.append(
            "catalogue",
            "lists.published",
            by=by,
            data={"leaves": len(leaves), "fingerprint": fingerprint},
        )
    return len(leaves)


Place = tuple[str, str, int | None]  # leaf, district, the street's own line or the district's


def publish_duties(
    *, by: Actor, basis: str, written: Mapping[Place, Unit] | None = None
) -> DutyVersion:
    """A new edition: for each leaf and district the unit of the leaf's trade; the street's own unit
    where the street has one of that trade. `written`: lines that the city has written differently."""
    units = list(Unit.objects.filter(valid_to__isnull=True).exclude(kind="centre"))
    # A street's unit stands for its street only, never for the whole district.
    by_place = {
        (u.region_id, u.parent_id if u.kind == "squad" else None, u.trade): u
        for u in units
        if u.kind != "street"
    }
    streets = [u for u in units if u.kind == "street"]
    regions = list(Region.objects.filter(valid_to__isnull=True, tile_row__isnull=False))
    hubs = {u.region_id: u for u in units if u.kind == "hub"}
    section = next((u for u in units if u.kind == "section" and u.trade == "CC"), None)
    with transaction.atomic():
        last = DutyVersion.objects.order_by("-number").first()
        version = DutyVersion.objects.create(
            number=(last.number + 1) if last else 1, effective_from=clock.now(), basis=basis
        )
        rows = []
        for leaf in Category.objects.filter(active=True):
            for region in regions:
                unit = section if leaf.lead == "CC" else by_place.get((region.pk, None, leaf.lead))
                unit = unit or hubs.get(region.pk)
                if unit:
                    rows.append(
                        Duty(version=version, category=leaf, region=region, street=None, unit=unit)
                    )
            for street in streets:
                own = (
                    street
                    if leaf.lead == "ST"
                    else by_place.get((street.region_id, street.pk, leaf.lead))
                )
                if own:
                    rows.append(
                        Duty(
                            version=version,
                            category=leaf,
                            region_id=street.region_id,
                            street=street,
                            unit=own,
                        )
                    )
        rows = _with(written or {}, rows, version)
        Duty.objects.bulk_create(rows, batch_size=2000)
        journal.append(
            "catalogue",
            "duties.published",
            by=by,
            data={"version": version.number, "lines": len(rows)},
        )
    return version


def _with(written: Mapping[Place, Unit], rows: list[Duty], version: DutyVersion) -> list[Duty]:
    """The lines of the trades, and over them those that the city has written itself."""
    kept = [d for d in rows if (d.category_id, d.region_id, d.street_id) not in written]
    return kept + [
        Duty(version=version, category_id=leaf, region_id=region, street_id=street, unit=unit)
        for (leaf, region, street), unit in written.items()
    ]


def set_source(
    *, code: str, name: str, conduct: bool, active: bool, by: Actor, channel: str = "phone"
) -> Source:
    """Add a hotline or other way in, rename one, or take one off the lists (its orders keep it)."""
    code, name = clean(code), clean(name)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", code) or not 1 <= len(name) <= 32:
        raise Invalid("source.wrong", _("来源代码只用字母数字，最多 16 个；名称 1 到 32 字"))
    if channel not in CHANNELS:
        raise Invalid("source.channel", _("没有这种渠道"), field="channel", channel=channel)
    with transaction.atomic():
        source, _new = Source.objects.update_or_create(
            code=code,
            defaults={"name": name, "channel": channel, "conduct": conduct, "active": active},
        )
        facts = {"code": code, "channel": channel, "conduct": conduct, "active": active}
        journal.append("catalogue", "source.set", by=by, data=facts)
    return source
