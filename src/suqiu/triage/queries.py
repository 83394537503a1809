"""Suggestions for a draft: category, urgency, unit, the right door, and what it may repeat.

Suggestions only: nothing here writes, and a person decides.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.appellants.models import Appellant
from suqiu.appellants.queries import of_same_phone, with_phone
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.base.text import clean
from suqiu.catalogue.models import Category, Door
from suqiu.catalogue.queries import doors, edition, leaves, unit_for
from suqiu.orders.models import Order
from suqiu.orders.places import Place, metres, place
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.triage.rules import Index, Sorted, Topic, likeness, urgency

# The leaf for what is not of the trade: doors say better where the citizen should go.
_OUTSIDE_LEAF = "X0204"
_GENERAL_LINE = "X"
_TOP = 3
_CANDIDATES = 300
_ALIKE = 0.25
_NEAR = 100  # metres


@dataclass(frozen=True)
class Fitting:
    """A leaf that may fit, how sure (a ratio 0-1), and the words that say so."""

    category: Category
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """What triage would enter. `units` are (unit, confidence, why); `door` is where else to go."""

    categories: tuple[Fitting, ...]
    urgency: str
    urgency_words: tuple[str, ...]
    units: tuple[tuple[Unit, float, str], ...]
    inside: bool
    door: Door | None
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Likeness:
    """What is known of an appeal when repeats are sought: any part may be missing."""

    title: str = ""
    content: str = ""
    phone: str = ""
    category: Category | None = None
    region: Region | None = None
    street: Unit | None = None
    address: str = ""
    besides: int = 0
    caller: Appellant | None = None
    there: Place | None = None


@dataclass(frozen=True)
class Duplicate:
    """An order that may tell of the same matter, how alike (a ratio 0-1), and in what."""

    order: Order
    likeness: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """The catalogue as it stood when it was read."""

    counts: tuple[int, int]
    index: Index
    categories: dict[str, Category]
    doors: dict[str, Door]


_kept: list[_Known] = []


def suggest(
    title: str, content: str, region: Region | None = None, street: Unit | None = None
) -> Advice:
    """What the words suggest; units are named where the district is known."""
    known = _known()
    title, content = clean(title), clean(content)
    ranked = known.index.categories(title, content)[:_TOP]
    sorting = known.index.sort(title, content)
    fitting = tuple(Fitting(known.categories[s.code], s.confidence, s.words) for s in ranked)
    default = fitting[0].category.urgency if fitting and fitting[0].confidence >= 0.5 else "一般"
    level, words = urgency(f"{title}\n{content}", default)
    door = known.doors[sorting.door.code] if sorting.door and not sorting.inside else None
    return Advice(
        fitting,
        level,
        words,
        _units(fitting, region, street),
        sorting.inside,
        door,
        sorting.confidence,
        sorting.reasons,
    )


def sort(title: str, content: str = "") -> Sorted:
    """Of the trade or not, by the catalogue as it stands."""
    return _known().index.sort(clean(title), clean(content))


def leaf_finder(*, least: float = 0.8) -> Callable[[str, str], Category | None]:
    """What finds the leaf that a machine may enter by itself, None where a person should look.

    It keeps the catalogue as it stands now, so that a long file does not ask for it row by row.
    """
    known = _known()

    def find(title: str, content: str) -> Category | None:
        title, content = clean(title), clean(content)
        best = next(iter(known.index.categories(title, content)), None)
        if best is None or best.confidence < least:
            return None  # most rows end here, before the doors are asked
        category = known.categories[best.code]
        if category.line == _GENERAL_LINE or not known.index.sort(title, content).inside:
            return None
        return category

    return find


def duplicates(like: Likeness, *, by: Actor, days: int = 30, top: int = 10) -> list[Duplicate]:
    """Orders of the last days that this person may see and that resemble it, the likest first."""
    same = with_phone(like.phone) if like.phone else of_same_phone(like.caller)
    callers = set(same.values_list("pk", flat=True))
    found = [_compared(order, like, callers) for order in _candidates(like, callers, by, days)]
    alike = [row for row in found if row.likeness >= _ALIKE]
    # Where the words are the same the measure is full: whoever shares more signs goes first.
    return sorted(alike, key=lambda row: (-row.likeness, -len(row.why), -row.order.pk))[:top]


def duplicates_of(order: Order, *, by: Actor, top: int = 10) -> list[Duplicate]:
    """What resembles this order among those from thirty days before it until now."""
    like = Likeness(
        title=order.title, content=order.content, category=order.category, region=order.region,
        street=order.street, address=order.address, besides=order.pk, caller=order.appellant,
        there=place(order.lon, order.lat),
    )  # fmt: skip
    return duplicates(like, by=by, days=(clock.now() - order.drafted_at).days + 30, top=top)


def _known() -> _Known:
    """Leaves and doors, read once per process; a list that grew or shrank is read again."""
    counts = (Category.objects.filter(active=True).count(), Door.objects.count())
    if not _kept or _kept[0].counts != counts:
        rows = [leaf for leaf in leaves() if leaf.code != _OUTSIDE_LEAF]
        gates = doors()
        topics = [
            Topic(r.code, tuple(r.keywords), r.urgency, r.line == _GENERAL_LINE) for r in rows
        ]
        index = Index(topics, [Topic(g.code, tuple(g.keywords)) for g in gates])
        known = _Known(counts, index, {r.code: r for r in rows}, {g.code: g for g in gates})
        _kept[:] = [known]
    return _kept[0]


def _units(
    fitting: tuple[Fitting, ...], region: Region | None, street: Unit | None
) -> tuple[tuple[Unit, float, str], ...]:
    if region is None or not fitting:
        return ()
    try:
        version = edition().number
    except Refused:
        return ()
    found: dict[int, tuple[Unit, float, str]] = {}
    for one in fitting:
        unit = unit_for(version, one.category.code, region, street)
        if unit and unit.pk not in found:
            place = street.name if street else region.name
            found[unit.pk] = (unit, one.confidence, f"{place} · {one.category.name}")
    return tuple(found.values())


def _candidates(like: Likeness, callers: set[int], by: Actor, days: int) -> QuerySet[Order]:
    """Where neither caller, place nor leaf is known, the newest orders are compared by words."""
    signs = []
    if callers:
        signs.append(Q(appellant__in=callers))
    if like.category and like.street:
        signs.append(Q(category=like.category, street=like.street))
    elif like.category and like.region:
        signs.append(Q(category=like.category, region=like.region))
    if like.address:
        signs.append(Q(address=clean(like.address)))
    near = reduce(or_, signs, Q())
    since = clock.now() - dt.timedelta(days=days)
    rows = visible_to(by).filter(near, drafted_at__gte=since).exclude(pk=like.besides)
    return rows.select_related("category", "street", "appellant").order_by("-pk")[:_CANDIDATES]


def _is_near(order: Order, like: Likeness) -> bool:
    there = place(order.lon, order.lat)
    return like.there is not None and there is not None and metres(like.there, there) < _NEAR


def _compared(order: Order, like: Likeness, callers: set[int]) -> Duplicate:
    words = likeness(f"{like.title}{like.content}", f"{order.title}{order.content}")
    same_place = bool(like.address) and order.address == clean(like.address)
    signs = [
        (order.appellant_id in callers, 0.3, _("同一电话")),
        (same_place, 0.25, _("同一地点")),
        (not same_place and _is_near(order, like), 0.2, _("相距不到 %d 米") % _NEAR),
        (like.category is not None and order.category_id == like.category.pk, 0.1, _("同一类别")),
        (like.street is not None and order.street_id == like.street.pk, 0.1, _("同一街镇")),
    ]
    score = words * 0.8 + sum(weight for there, weight, __ in signs if there)
    why = [label for there, __, label in signs if there]
    if words >= _ALIKE:
        why.append(_("文字相似 %(share)s") % {"share": f"{words:.0%}"})
    return Duplicate(order, round(min(score, 1.0), 3), tuple(why))
