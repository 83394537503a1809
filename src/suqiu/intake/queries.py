"""Looking up what has come in before, and the places and leaves that a row names."""

import hmac
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid
from suqiu.catalogue.models import Category, Source
from suqiu.catalogue.queries import leaves, sources
from suqiu.catalogue.queries import source_of as named
from suqiu.intake import codes
from suqiu.intake.models import ImportRun, Key, Receipt
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import regions_on, valid_on


def answered(client: str, key: str, body: str = "") -> dict[str, Any] | None:
    """What was answered to this request, if it was made before. Raises Invalid for another body."""
    row = Receipt.objects.filter(client=client, key=key).first()
    if row and row.body != body:
        raise Invalid("receipt.other_body", _("这个幂等键已用于另一个请求"))
    return dict(row.answer) if row else None


def runs(limit: int = 50) -> list[ImportRun]:
    """The newest readings of files."""
    return list(ImportRun.objects.all()[:limit])


def source_of(code: str) -> Source:
    """Raises Invalid for a source that the catalogue does not have."""
    found = named(code)
    if found is None:
        known = [one.code for one in sources()]
        raise Invalid(
            "import.source",
            _("没有来源“%(code)s”，现有：%(known)s") % {"code": code, "known": _("、").join(known)},
            known=known,
        )
    return found


def known_keys(client: str, keys: Iterable[str]) -> set[str]:
    rows = Receipt.objects.filter(client=client, key__in=list(keys))
    return set(rows.values_list("key", flat=True))


def known_numbers(source: Source, numbers: Iterable[str]) -> set[str]:
    """Those of the source's numbers that an order already has, whoever wrote it."""
    wanted = [n for n in numbers if n]
    rows = visible_to(system("import")).filter(source=source, source_no__in=wanted)
    return set(rows.values_list("source_no", flat=True))


def key_of(number: str, code: str) -> int | None:
    """The id of the order that this number and query code open; None alike for a wrong code and for
    no such order, and after the same work."""
    key = Key.objects.filter(order__number=number).first()
    salt, order_id = (key.salt, key.order_id) if key else ("0" * 32, 0)
    given = codes.hashed(settings.SEARCH_KEY, salt, order_id, codes.digits_of(code))
    fits = hmac.compare_digest(given, key.hashed if key else "0" * 64)
    return order_id if key and fits else None


def mark_of(order: Order) -> str:
    """What tells one query code of this order from the next, and nothing of either; "" without one."""
    return Key.objects.filter(order=order).values_list("salt", flat=True).first() or ""


def has_code(order: Order, *, other_than: Actor) -> bool:
    """Whether the citizen already has a code, but for one that `other_than` was about to tell."""
    return Key.objects.filter(order=order).exclude(issued_by=other_than.id).exists()


class Places:
    """Districts, streets and leaves by what rows call them, read once for a file."""

    def __init__(self) -> None:
        today = clock.today()
        regions = list(regions_on(today).filter(tile_row__isnull=False))
        self._regions = {n: r for r in regions for n in (r.name, r.short, r.code)}
        self._full = {r.name: r for r in regions}
        streets = valid_on(today).filter(kind="street")
        self._streets = {(u.region_id, u.name): u for u in streets}
        found = list(leaves())
        self._leaves = {c.code: c for c in found}
        names = [c.name for c in found]
        self._leaves |= {c.name: c for c in found if names.count(c.name) == 1}

    def region(self, words: str, address: str) -> Region | None:
        """The district that is named, else one whose full name stands in the address."""
        if words:
            return self._regions.get(words)
        there = {r.pk: r for name, r in self._full.items() if name in address}
        return next(iter(there.values())) if len(there) == 1 else None

    def street(self, words: str, region: Region | None) -> Unit | None:
        return self._streets.get((region.pk, words)) if region and words else None

    def leaf(self, words: str) -> Category | None:
        """By code or by a name that only one leaf has; "line > class > leaf" is read from its end."""
        last = words.replace("›", ">").replace("/", ">").split(">")[-1].strip()
        return self._leaves.get(words) or self._leaves.get(last)


def import_runs(before: int | None = None) -> QuerySet[ImportRun]:
    """Every reading of a file, the newest first; from below a run's key on."""
    rows = ImportRun.objects.order_by("-pk")
    return rows if before is None else rows.filter(pk__lt=before)
