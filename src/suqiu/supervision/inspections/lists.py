"""What can be inspected: the checklists there are, and the orders or places of an inspection's bounds."""

import datetime as dt
from functools import cache
from pathlib import Path

import yaml
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import ValidationError

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.orders.states import State as OrderState
from suqiu.organisations.models import Unit
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist

SHIPPED = Path(__file__).parent / "data"
CLOSED = (OrderState.CLOSED, OrderState.ARCHIVED)


@cache
def checklists() -> dict[str, Checklist]:
    """All of them by id. Raises Invalid, naming the file, for one that does not hold together."""
    found = {}
    for file in sorted(SHIPPED.glob("*.yaml")):
        try:
            one = Checklist.model_validate(yaml.safe_load(file.read_text("utf-8")))
        except (yaml.YAMLError, ValidationError) as error:
            raise Invalid("inspection.checklist", f"{file.name}: {error}") from error
        found[one.id] = one
    return found


def checklist(code: str) -> Checklist:
    if code not in checklists():
        raise Invalid("inspection.checklist", _("没有这张检查表"), checklist=code)
    return checklists()[code]


def next_number() -> str:
    """ZX, the year, and a running number of it; two who plan at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('inspections.number', 0))")
    year = f"ZX{clock.today().year}-"
    return f"{year}{Inspection.objects.filter(number__startswith=year).count() + 1:03d}"


def population(inspection: Inspection, *, by: Actor) -> list[Item]:
    """Everything within the bounds but what was picked on purpose, unsaved, in a fixed order."""
    picked = set(inspection.items.values_list("key", flat=True))
    if inspection.subject == "orders":
        rows = _orders(inspection, by).order_by("number")
        found = [_of_order(inspection, order) for order in rows]
    else:
        found = [_of_place(inspection, unit) for unit in _places(inspection).order_by("code")]
    return [item for item in found if item.key not in picked]


def one(inspection: Inspection, key: str, *, by: Actor) -> Item:
    """The order or place of this key, unsaved. Raises Invalid for one that is none or not theirs."""
    if inspection.subject == "orders":
        order = visible_to(by).filter(number=key, state__in=CLOSED).first()
        item = _of_order(inspection, order) if order else None
    else:
        unit = _places(inspection).filter(code=key).first()
        item = _of_place(inspection, unit) if unit else None
    if item is None:
        raise Invalid("inspection.key", _("没有办结的这张单子，或没有这个地方"), key=key)
    return item


def _orders(inspection: Inspection, by: Actor) -> QuerySet[Order]:
    """Closed within the days of the inspection (both included, as the city counts days)."""
    since = dt.datetime.combine(inspection.since, dt.time(), clock.LOCAL)
    until = dt.datetime.combine(inspection.until + dt.timedelta(days=1), dt.time(), clock.LOCAL)
    rows = visible_to(by).filter(state__in=CLOSED, ended_at__gte=since, ended_at__lt=until)
    if inspection.lines:
        rows = rows.filter(category__line__in=inspection.lines)
    if inspection.regions:
        rows = rows.filter(region__in=inspection.regions)
    return rows.select_related("category")


def _places(inspection: Inspection) -> QuerySet[Unit]:
    rows = Unit.objects.filter(kind="street", valid_to=None)
    return rows.filter(region__in=inspection.regions) if inspection.regions else rows


def _of_order(inspection: Inspection, order: Order) -> Item:
    line = order.category.line if order.category else ""
    return Item(
        inspection=inspection, part="random", key=order.number, order=order, line=line,
        stratum=f"{order.region_id or '-'}/{line or '-'}",
    )  # fmt: skip


def _of_place(inspection: Inspection, unit: Unit) -> Item:
    return Item(
        inspection=inspection, part="random", key=unit.code, place=unit, stratum=unit.region_id
    )
