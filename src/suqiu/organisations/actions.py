"""Laying out regions and units from data, and keeping rosters."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from suqiu.audit import journal
from suqiu.audit.queries import published
from suqiu.base.actors import Actor
from suqiu.organisations.models import Duty, Region, Unit

REGIONS = Path(__file__).parent / "data" / "regions.yaml"


def lay_regions(*, by: Actor) -> int:
    """Write the districts of the committed file; a second call changes nothing. Returns how many."""
    text = REGIONS.read_text("utf-8")
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    if published("regions", "regions.laid", fingerprint):
        return 0
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    with transaction.atomic():
        for row in rows:
            tile = row.get("tile") or [None, None]
            Region.objects.update_or_create(
                code=str(row["code"]),
                defaults={
                    "name": row["name"],
                    "short": row["short"],
                    "valid_from": row.get("valid_from"),
                    "valid_to": row.get("valid_to"),
                    "tile_row": tile[0],
                    "tile_column": tile[1],
                },
            )
        for row in rows:
            if row.get("successor"):
                Region.objects.filter(code=str(row["code"])).update(
                    successor_id=str(row["successor"])
                )
        journal.append(
            "regions", "regions.laid", by=by, data={"rows": len(rows), "fingerprint": fingerprint}
        )
    return len(rows)


def found_unit(
    *,
    code: str,
    name: str,
    kind: str,
    region: str,
    by: Actor,
    line: str = "",
    trade: str = "",
    parent: str | None = None,
    valid_from: dt.date | None = None,
) -> Unit:
    """Found a unit, or give a known one its new name. Journalled on the unit's chain."""
    with transaction.atomic():
        unit, new = Unit.objects.update_or_create(
            code=code,
            defaults={
                "name": name,
                "kind": kind,
                "region_id": region,
                "line": line,
                "trade": trade,
                "parent": Unit.objects.get(code=parent) if parent else None,
                "valid_from": valid_from,
            },
        )
        journal.append(
            f"unit:{unit.pk}",
            "unit.founded" if new else "unit.changed",
            by=by,
            data={"code": code, "kind": kind},
        )
    return unit


def set_duty(
    unit: Unit,
    *,
    days: str,
    since: dt.time,
    until: dt.time,
    person: str,
    by: Actor,
    deputy: str = "",
    phone: str = "",
) -> Duty:
    """One line of the unit's roster; a line for the same days and hours is replaced."""
    with transaction.atomic():
        duty, _ = Duty.objects.update_or_create(
            unit=unit,
            days=days,
            since=since,
            until=until,
            defaults={"person": person, "deputy": deputy, "phone": phone},
        )
        journal.append(
            f"unit:{unit.pk}",
            "duty.set",
            by=by,
            data={"days": days, "person": person, "deputy": deputy},
        )
    return duty
