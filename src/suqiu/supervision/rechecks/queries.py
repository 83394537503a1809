"""Reading the looks, and what they say: how often it comes back, and what of the solved stays solved."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _

from suqiu.base import clock, paging
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Missing
from suqiu.orders.queries import visible_to as orders_of
from suqiu.supervision.rechecks.models import Photo, Recheck

BY = system("supervision")
Span = tuple[dt.datetime, dt.datetime]
DISTRICT = "district:"
SOLVED = Q(order__result="solved")
# What a number counts, of the orders that were looked at again.
PARTS = {"of": Q(), "back": Q(back=True), "at_close": SOLVED, "after": SOLVED & Q(gone=False)}
# The centre's; a unit is never told when somebody comes to look.
READERS = frozenset(
    {"inspector", "callback_officer", "leader", "dispatcher", "assessor", "auditor"}
)


@dataclass(frozen=True)
class Share:
    """So many of so many; `code` names what they have in common: a leaf, a street, or
    "district:<code>" where the orders have no street."""

    code: str
    name: str
    n: int
    of: int

    @property
    def value(self) -> float | None:
        return self.n / self.of if self.of else None


@dataclass(frozen=True)
class Lasting:
    """Of `of` orders looked at so many days after their close: solved at the close, and still so."""

    days: int
    of: int
    at_close: int
    after: int


def visible_to(by: Actor) -> QuerySet[Recheck]:
    """The looks at the orders that this person may see; none for the units."""
    if not (by.is_system or by.roles & READERS):
        return Recheck.objects.none()
    return Recheck.objects.filter(order__in=orders_of(by))


def open_to(by: Actor) -> QuerySet[Recheck]:
    """Those still to come, the first due first."""
    return visible_to(by).filter(done_at=None).order_by("due", "pk")


def whens(now: dt.datetime) -> dict[str, Q]:
    """Which of those still to come are late; of today, due or promised for an hour before it ends; due
    within seven days more; or later. Each is one of these."""
    tonight = clock.end_of(clock.local(now).date())
    week = tonight + dt.timedelta(days=7)
    promised = Q(hour__isnull=False, hour__lt=tonight)
    return {
        "late": Q(due__lt=now),
        "today": Q(due__gte=now) & (Q(due__lt=tonight) | promised),
        "week": Q(due__gte=tonight, due__lt=week) & ~promised,
        "later": Q(due__gte=week) & ~promised,
    }


def counts(by: Actor, now: dt.datetime) -> dict[str, int]:
    """How many of each of `whens`, also where there are none."""
    asked = {name: Count("pk", filter=which) for name, which in whens(now).items()}
    return open_to(by).order_by().aggregate(**asked)


def page(rows: QuerySet[Recheck], after: str, size: int) -> tuple[list[Recheck], str]:
    """`size` of those still to come, the first due first, and where to go on ("" at the end)."""
    return paging.page(rows.filter(done_at=None), "due", after, size)


def get_for(by: Actor, pk: int) -> Recheck:
    """The one look. Raises Missing alike for not there and not theirs."""
    row = visible_to(by).select_related("order").filter(pk=pk).first()
    if row is None:
        raise Missing("missing", _("没有这次复查，或不归您看"))
    return row


def photo_for(row: Recheck, pk: int) -> Photo:
    """One picture of this look, which the caller has been let see. Raises Missing."""
    found = row.photos.select_related("file").filter(pk=pk).first()
    if found is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    return found


def by_leaf(by: Actor, span: Span | None = None) -> list[Share]:
    """Recurrence by leaf: of the orders that were looked at again, those found back. `span`: only the
    looks made in [from, to)."""
    return _shares(_made(by, span), "order__category", "order__category__name")


def by_place(by: Actor, span: Span | None = None) -> list[Share]:
    """The same by street; where the order has none, by its district."""
    return _shares(_placed(_made(by, span)), "place", "order__street__name", "order__region__name")


def _placed(rows: QuerySet[Recheck]) -> QuerySet[Recheck]:
    """Each with its `place`, as `Share.code` names it."""
    street = Cast("order__street", CharField())
    district = Concat(Value(DISTRICT), "order__region", output_field=CharField())
    return rows.annotate(place=Coalesce(street, district))


def _made(by: Actor, span: Span | None) -> QuerySet[Recheck]:
    rows = visible_to(by).exclude(done_at=None)
    return rows.filter(done_at__gte=span[0], done_at__lt=span[1]) if span else rows


def _shares(rows: QuerySet[Recheck], code: str, *names: str) -> list[Share]:
    named = Coalesce(*(F(name) for name in names), Value(""))
    counted = rows.values(key=F(code), name=named).annotate(
        of=Count("order", distinct=True), n=Count("order", filter=Q(back=True), distinct=True)
    )
    found = [Share(str(r["key"] or ""), r["name"], r["n"], r["of"]) for r in counted]
    return sorted(found, key=lambda s: (-s.n, -s.of, s.code))


def lasting(by: Actor, span: Span | None = None) -> list[Lasting]:
    """Actual resolution at the close beside the one so many days later: still solved is what no look
    until then found back and nobody brought again until then."""
    counted = (
        _lasted(_made(by, span))
        .values("days")
        .annotate(
            of=Count("pk"),
            at_close=Count("pk", filter=SOLVED),
            after=Count("pk", filter=SOLVED & Q(gone=False)),
        )
    )
    return [
        Lasting(r["days"], r["of"], r["at_close"], r["after"]) for r in counted.order_by("days")
    ]


def _lasted(rows: QuerySet[Recheck]) -> QuerySet[Recheck]:
    """Each with `gone`: found back by a look until then, or brought again until then."""
    found = Recheck.objects.filter(order=OuterRef("order"), days__lte=OuterRef("days"), back=True)
    brought = orders_of(BY).filter(
        parent=OuterRef("order"), repeat=True, drafted_at__lte=OuterRef("since")
    )
    return rows.annotate(gone=Exists(found) | Exists(brought))


def behind(by: Actor, part: str, *, days: int = 0, leaf: str = "", place: str = "") -> list[int]:
    """The orders of one of these numbers: `part` of those looked at so many days after their close,
    or of a leaf or a place, as `Share.code` says it. Raises Missing for a part that is not there."""
    if part not in PARTS:
        raise Missing("missing", _("没有这个范围，或不归您看"))
    rows = _lasted(_placed(_made(by, None))).filter(PARTS[part])
    if days:
        rows = rows.filter(days=days)
    if leaf:
        rows = rows.filter(order__category=leaf)
    if place:
        rows = rows.filter(Q(place=place))
    return sorted(set(rows.values_list("order", flat=True)))
