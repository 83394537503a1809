"""Reading orders: one door for sets, one for one, and nothing else."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit.models import Entry
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.files.queries import Form, Opened, opened
from suqiu.orders import situations
from suqiu.orders.access import (
    ORIGINALS,
    READERS,
    UNIT_ROLES,
    Allowed,
    Denied,
    can,
    is_inside,
    sees,
)
from suqiu.orders.models import Attachment, Obligation, Order, Seat
from suqiu.orders.states import ENDS, VERBS, State, Verb

_RELATED = (
    "category",
    "region",
    "street",
    "source",
    "appellant",
    "pack",
    "door",
    "section",
    "parent",
)


def visible_to(by: Actor) -> QuerySet[Order]:
    """The orders that this person may see: the door for sets."""
    seats = Seat.objects.filter(order=OuterRef("pk"))
    accused = Exists(seats.filter(unit__in=by.units, role="accused"))
    if by.is_system:
        return Order.objects.all()
    if by.roles & READERS:
        return Order.objects.filter(~accused)
    handling = by.units_as(*UNIT_ROLES)
    if not handling:
        return Order.objects.none()
    return Order.objects.filter(Exists(seats.filter(unit__in=handling)), ~accused)


def get_for(by: Actor, number: str, *, log: bool = True) -> Order:
    """The one order of this number: the door for one. The look is logged.

    Raises Missing alike for what does not exist and what is not theirs.
    """
    order = Order.objects.select_related(*_RELATED).filter(number=number).first()
    if order is None or not sees(by, situations.of(order, content=False)[0]):
        raise Missing("missing", _("没有这张单子,或不归您看"))
    if log:
        journal.looked("open", order.chain, by=by)
    return order


def locked(pk: int) -> Order:
    """The order with its row locked until the transaction ends, for packages that write beside it."""
    return Order.objects.select_for_update(of=("self",)).get(pk=pk)


def menu(order: Order, by: Actor) -> list[tuple[Verb, Allowed | Denied]]:
    """Each verb that the person's post might ever do, with the answer for here and now."""
    it, _ = situations.of(order)
    answers = ((row, can(by, row, it)) for row in VERBS.values() if row.who != ("system",))
    return [
        (row, answer)
        for row, answer in answers
        if not isinstance(answer, Denied) or answer.code != "post"
    ]


def attachments(order: Order, by: Actor) -> list[Attachment]:
    """The files of the order that this person may open.

    On a secret order a unit sees only what units added until the centre releases the rest; and
    before the end nothing of the centre's own evidence, which would tell what it verifies.
    """
    rows = order.attachments.select_related("file", "unit").order_by("pk")
    inside, ended = is_inside(by), order.state in ENDS
    return [
        row
        for row in rows
        if inside
        or row.unit_id is not None
        or ((row.released or not order.confidential) and (row.kind != "evidence" or ended))
    ]


def attachment_for(by: Actor, number: str, pk: int, form: Form) -> Opened:
    """One file through its order, the look logged. The original of a picture, which may tell where
    the citizen lives, is for those of the centre who need it. Raises Missing alike for not there and not theirs."""
    order = get_for(by, number, log=False)
    row = next((a for a in attachments(order, by) if a.pk == pk), None)
    if row is None or (form == "original" and row.file.is_image and not by.roles & ORIGINALS):
        raise Missing("missing", _("没有这张单子,或不归您看"))
    return opened(row.file, form, by=by, subject=order.chain, log=form != "thumb")


def obligations(order: Order) -> list[Obligation]:
    """All clocks of the order, the running ones first by urgency, then the ended."""
    rows = Obligation.objects.filter(order=order).select_related("seat__unit")
    return sorted(rows, key=lambda r: (r.outcome != "open", r.due))


def queue(
    by: Actor, *, states: Iterable[State] = (), roles: Iterable[str] = ("lead",)
) -> QuerySet[Order]:
    """Open orders in which the person's units sit in one of these parts, the nearest clock first."""
    seats = Seat.objects.filter(unit__in=by.units, role__in=list(roles), closed__isnull=True)
    orders = visible_to(by).filter(Exists(seats.filter(order=OuterRef("pk"))))
    return orders.filter(state__in=list(states)) if states else orders


def next_due(order_ids: Iterable[int]) -> dict[int, Obligation]:
    """For each order its most urgent open clock: running ones before paused ones."""
    rows = Obligation.objects.filter(order_id__in=list(order_ids), outcome="open").select_related(
        "seat__unit"
    )
    nearest: dict[int, Obligation] = {}
    for row in sorted(rows, key=lambda r: (r.paused_since is not None, r.due)):
        nearest.setdefault(row.order_id, row)
    return nearest


def alike(order: Order, days: int = 30) -> QuerySet[Order]:
    """Orders of the same telephone or of the same leaf and street, drafted in the days before."""
    since = order.drafted_at - dt.timedelta(days=days)
    same_place = (
        Q(category=order.category_id, street=order.street_id) if order.street_id else Q(pk__in=[])
    )
    phone = order.appellant.phone_hash if order.appellant else ""
    same_caller = Q(appellant__phone_hash=phone) if phone else Q(pk__in=[])
    return Order.objects.filter(same_place | same_caller, drafted_at__gte=since).exclude(
        pk=order.pk
    )


def disagreements() -> list[str]:
    """Orders whose state is not the one that the journal gives: rebuilt from the entries alone."""
    told: dict[int, str] = {}
    rows = Entry.objects.filter(chain__startswith="order:", kind__startswith="order.").order_by(
        "chain", "seq"
    )
    for chain, kind, data in rows.values_list("chain", "kind", "data").iterator(chunk_size=5000):
        if kind == "order.drafted":
            told[int(chain[6:])] = State.DRAFT
        elif "to" in data and kind.removeprefix("order.") in VERBS:
            told[int(chain[6:])] = data["to"]
    return [
        f"{number}: the table says {state}, the journal {told.get(pk, 'nothing')}"
        for pk, number, state in Order.objects.values_list("pk", "number", "state").iterator(
            chunk_size=5000
        )
        if told.get(pk) != state
    ]
