"""Keeping pictures that somebody took where he went: their rows, and the facts of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.orders.actions.attach import Taken
from suqiu.orders.models import Order
from suqiu.orders.pictured import Picture
from suqiu.orders.places import Place, metres

Shots = tuple[Iterable[File], Mapping[int, Taken]]
NONE: Shots = ((), {})


def keep(
    model: type[Picture],
    shots: Shots,
    *,
    at: dt.datetime,
    place: Place | None,
    by: Actor,
    **of: Any,
) -> dict[str, Any]:
    """Rows of `model` that hang on `of`; returns the facts: hashes and moments, no place. `place` is what
    they are about. Raises Invalid for a file that another sent, or that is linked already."""
    given, taken = list(shots[0]), shots[1]
    if any(file.linked_at is not None or file.received_by != by.id for file in given):
        raise Invalid("file.foreign", _("这个附件不是您刚上传的"))
    told = [taken.get(file.pk, Taken()) for file in given]
    model._default_manager.bulk_create(
        model(file=file, at=at, taken_at=one.at, away=_away(place, one.place), **of)
        for file, one in zip(given, told, strict=True)
    )
    files.link(given, by=by)
    return {
        "sha256": [file.sha256 for file in given],
        "captured": [f.captured_at.isoformat() if f.captured_at else None for f in given],
        "taken": [one.at.isoformat() if one.at else None for one in told],
        "off": [one.clock_off for one in told],
    }


def where(shots: Shots) -> str:
    """Where they were taken, by the telephone: words beside the entry, that can be erased."""
    return "; ".join(str(one.place) for one in shots[1].values() if one.place)


def place_of(order: Order) -> Place | None:
    if order.lon is None or order.lat is None:
        return None
    return Place(order.lon, order.lat)


def drop(rows: QuerySet[Any], *, by: Actor) -> None:
    """Let these pictures go: the files' own cleaning takes their bytes."""
    kept = list(File.objects.filter(pk__in=rows.values("file")))
    rows.delete()
    files.unlink(kept, by=by)


def _away(place: Place | None, here: Place | None) -> int | None:
    return round(metres(here, place)) if here and place else None
