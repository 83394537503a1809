"""Reading signals: one door for sets, one for one; each piece of evidence in words."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from suqiu.base import paging
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.callbacks.models import OwnAnswer
from suqiu.orders.models import Attachment, Contact, Feedback, Request, Verification
from suqiu.orders.queries import accusing
from suqiu.supervision.signals.access import READERS
from suqiu.supervision.signals.models import Evidence, Signal
from suqiu.supervision.signals.rules import KINDS

ROWS: dict[str, Any] = {
    "verification": Verification,
    "contact": Contact,
    "feedback": Feedback,
    "own_answer": OwnAnswer,
    "request": Request,
    "attachment": Attachment,
}


def visible_to(by: Actor) -> QuerySet[Signal]:
    """The signals that this person may see: none for the units, none about an order that accuses his."""
    if by.is_system:
        return Signal.objects.all()
    if by.sources is not None or not by.roles & READERS:
        return Signal.objects.none()
    accused = accusing(by).values("order")
    return Signal.objects.exclude(
        Exists(Evidence.objects.filter(signal=OuterRef("pk"), order__in=accused))
    )


def get_for(by: Actor, pk: int) -> Signal:
    """The one signal. Raises Missing alike for not there and not theirs."""
    row = visible_to(by).filter(pk=pk).first()
    if row is None:
        raise Missing("missing", _("没有这个信号，或不归您看"))
    return row


def page(rows: QuerySet[Signal], after: str, size: int) -> tuple[list[Signal], str]:
    """`size` of those without a verdict, the first due first, and where to go on ("" at the end)."""
    return paging.page(rows.filter(verdict="").select_related("unit"), "next_due", after, size)


def counts(by: Actor) -> dict[str, Counter[str]]:
    """For each kind how many stand at each verdict ("": open)."""
    told = {kind: Counter[str]() for kind in KINDS}
    for kind, verdict in visible_to(by).values_list("kind", "verdict"):
        told[kind][verdict] += 1
    return told


def evidence_of(signals: Iterable[Signal]) -> dict[int, list[tuple[Evidence, Any]]]:
    """For each signal its pieces with the row that each names (None where it is the order itself)."""
    pieces = list(
        Evidence.objects.filter(signal__in=list(signals))
        .select_related("order")
        .order_by("at", "pk")
    )
    wanted: dict[str, set[int]] = {}
    for piece in pieces:
        table, _colon, pk = piece.ref.partition(":")
        if pk:
            wanted.setdefault(table, set()).add(int(pk))
    rows = {table: ROWS[table].objects.in_bulk(ids) for table, ids in wanted.items()}
    found: dict[int, list[tuple[Evidence, Any]]] = {}
    for piece in pieces:
        table, _colon, pk = piece.ref.partition(":")
        row = rows[table].get(int(pk)) if pk else None
        found.setdefault(piece.signal_id, []).append((piece, row))
    return found
