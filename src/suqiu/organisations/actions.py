"""Laying out regions and units from data, and keeping rosters (值班表)."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit.queries import published
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.organisations.access import may_keep_roster
from suqiu.organisations.models import Duty, Region, Unit

REGIONS = Path(__file__).parent / "data" / "regions.yaml"
_PHONE = re.compile(r"[0-9+#*() -]{0,32}")
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Shift:
    """One line as it is given; `until` is included, so a whole day ends at 23:59:59."""

    days: str
    since: dt.time
    until: dt.time
    person: str
    deputy: str = ""
    phone: str = ""


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
    email: str | None = None,
) -> Unit:
    """Found a unit, or give a known one its new name. Journalled on the unit's chain.

    Raises Refused for a second centre: everything that is one city's stands in one database.
    """
    other = Unit.objects.filter(kind="centre").exclude(code=code).first()
    if kind == "centre" and other is not None:
        raise Refused("unit.centre", _("一个库只能有一个受理中心，已有：%s") % other.code)
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
                **({} if email is None else {"email": email}),
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
    """One line of the unit's roster; a line for the same days and hours is replaced.

    Raises Invalid for what is no line, NotAllowed where the roster is not this person's to keep.
    """
    return set_duties(unit, [Shift(days, since, until, person, deputy, phone)], by=by)[0]


def set_duties(unit: Unit, shifts: Iterable[Shift], *, by: Actor) -> list[Duty]:
    """Several lines at once, all or none."""
    _require(unit, by)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        return [_write(unit, shift, by) for shift in shifts]


def drop_duty(unit: Unit, duty_id: int, *, by: Actor) -> None:
    """Take a line out of the unit's roster. Raises Missing where the unit has no such line."""
    _require(unit, by)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        line = Duty.objects.filter(unit=unit, pk=duty_id).first()
        if line is None:
            raise Missing("duty.none", _("值班表里没有这一行"))
        facts = {**_facts(line), "phone": bool(line.phone)}
        line.delete()
        journal.append(f"unit:{unit.pk}", "duty.dropped", by=by, unit=unit.pk, data=facts)


def copy_week(unit: Unit, monday: dt.date, *, by: Actor) -> int:
    """Take the dated lines of the week before into the week of `monday`; returns how many.

    A day that already has dated lines keeps them. Raises WrongState where there is nothing to copy.
    """
    _require(unit, by)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        here = _dated(unit, monday)
        taken = {line.days for line in here}
        shifts = [
            Shift(day, line.since, line.until, line.person, line.deputy, line.phone)
            for line in _dated(unit, monday - WEEK)
            if (day := (dt.date.fromisoformat(line.days) + WEEK).isoformat()) not in taken
        ]
        if not shifts:
            raise WrongState("duty.week", _("上一周没有可以抄来的按日排班"))
        for shift in shifts:
            _write(unit, shift, by)
    return len(shifts)


def _dated(unit: Unit, monday: dt.date) -> list[Duty]:
    days = [(monday + dt.timedelta(days=n)).isoformat() for n in range(7)]
    return list(Duty.objects.filter(unit=unit, days__in=days).order_by("days", "since", "pk"))


def _write(unit: Unit, shift: Shift, by: Actor) -> Duty:
    _check(shift)
    duty, _new = Duty.objects.update_or_create(
        unit=unit,
        days=shift.days,
        since=shift.since,
        until=shift.until,
        defaults={"person": shift.person, "deputy": shift.deputy, "phone": shift.phone.strip()},
    )
    journal.append(f"unit:{unit.pk}", "duty.set", by=by, unit=unit.pk, data=_facts(duty))
    return duty


def _facts(duty: Duty) -> dict[str, str]:
    return {
        "days": duty.days,
        "since": duty.since.isoformat(),
        "until": duty.until.isoformat(),
        "person": duty.person,
        "deputy": duty.deputy,
    }


def _require(unit: Unit, by: Actor) -> None:
    if not may_keep_roster(by, unit):
        raise NotAllowed("duty.keeper", _("值班表由本单位负责人、区受理部门或中心派单员来排"))


def _check(shift: Shift) -> None:
    if shift.days not in {"work", "rest"}:
        try:
            exact = dt.date.fromisoformat(shift.days).isoformat() == shift.days
        except ValueError:
            exact = False
        if not exact:
            raise Invalid(
                "duty.days", _("“%s”不是日期，也不是工作日或休息日") % shift.days, field="days"
            )
    if shift.since == shift.until:
        raise Invalid("duty.hours", _("起止时间相同，不成一班"), field="until")
    if not shift.person:
        raise Invalid("duty.person", _("写明谁值班"), field="person")
    if shift.person == shift.deputy:
        raise Invalid("duty.deputy", _("副班不能就是值班人本人"), field="deputy")
    if not _PHONE.fullmatch(shift.phone.strip()):
        raise Invalid("duty.phone", _("“%s”不是电话号码") % shift.phone, field="phone")
