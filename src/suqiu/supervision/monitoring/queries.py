"""What is watched, and how each order stands. A page costs the same number of questions at any size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from suqiu.audit.models import Entry
from suqiu.base import paging
from suqiu.base.actors import Actor
from suqiu.orders.models import OPEN, Obligation, Order, Seat
from suqiu.orders.queries import visible_to
from suqiu.orders.states import State
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.cases.models import ENDED, Case, CaseOrder
from suqiu.supervision.monitoring.rules import (
    LEADER,
    MOVERS,
    VERBS,
    Mark,
    Milestone,
    Told,
    marks,
    missing,
)

PAGE = 30
READERS = ("inspector", "leader", "dispatcher", "assessor", "auditor")


@dataclass(frozen=True)
class Watched:
    """One order as the page shows it; `clock` is the nearest running one, `mover` who moves next."""

    order: Order
    marks: list[Mark]
    missing: list[Milestone]
    clock: Obligation | None
    mover: str
    cases: list[str]


def watched(by: Actor, *, region: str = "", line: str = "", why: str = "") -> QuerySet[Order]:
    """Open orders about conduct, under supervision, or in an open case (`why`: one of the three)."""
    cases = CaseOrder.objects.filter(order=OuterRef("pk"), case__in=Case.objects.exclude(ENDED))
    reasons = {
        "conduct": Q(conduct=True),
        "supervised": Q(supervised=True),
        "case": Q(Exists(cases)),
    }
    chosen = reasons.get(why) or reasons["conduct"] | reasons["supervised"] | reasons["case"]
    rows = visible_to(by).filter(OPEN, chosen)
    if region:
        rows = rows.filter(region=region)
    return rows.filter(category__line=line) if line else rows


def page(rows: QuerySet[Order], after: str = "") -> tuple[list[Watched], str]:
    """The worst clock first, PAGE at a time, and where to go on ("" at the end)."""
    rows = rows.select_related("category", "region", "street", "source")
    found, on = paging.page(rows, "next_due", after, PAGE)
    return stand(found), on


def stand(orders: Sequence[Order]) -> list[Watched]:
    """How each of these orders stands, in four questions for all of them."""
    told, clocks = _told(orders), _clocks(orders)
    leads, cases = _leads(orders), _cases(orders)
    return [
        _one(o, told[o.chain], clocks.get(o.pk), leads.get(o.pk, ""), cases[o.pk]) for o in orders
    ]


def _one(
    order: Order, told: list[Told], clock: Obligation | None, lead: str, cases: list[str]
) -> Watched:
    owed: frozenset[str] = frozenset(spec.id for spec in pack_of(order.pack_id).signatures)
    found = marks(
        told, round=order.round, conduct=order.conduct, drawn=bool(order.second_due), owed=owed
    )
    mover = MOVERS.get(State(order.state))
    if any(mark.is_next and mark.milestone.leads for mark in found):
        mover = LEADER
    return Watched(order, found, missing(found), clock, str(mover) if mover else lead, cases)


def _told(orders: Sequence[Order]) -> dict[str, list[Told]]:
    kinds = [f"order.{verb}" for verb in VERBS]
    rows = Entry.objects.filter(chain__in=[o.chain for o in orders], kind__in=kinds)
    found: dict[str, list[Told]] = defaultdict(list)
    for chain, kind, at, data in rows.order_by("chain", "seq").values_list(
        "chain", "kind", "at", "data"
    ):
        found[chain].append(Told(kind.removeprefix("order."), at, int(data.get("round", 1))))
    return found


def _clocks(orders: Sequence[Order]) -> dict[int, Obligation]:
    rows = Obligation.objects.filter(order__in=orders, outcome="open", paused_since=None)
    found: dict[int, Obligation] = {}
    for row in rows.select_related("seat__unit").order_by("due", "pk"):
        found.setdefault(row.order_id, row)
    return found


def _leads(orders: Sequence[Order]) -> dict[int, str]:
    rows = Seat.objects.filter(order__in=orders, role="lead", closed=None)
    return dict(rows.values_list("order", "unit__name"))


def _cases(orders: Sequence[Order]) -> dict[int, list[str]]:
    rows = CaseOrder.objects.filter(order__in=orders, case__in=Case.objects.exclude(ENDED))
    found: dict[int, list[str]] = defaultdict(list)
    for order, number in rows.order_by("case").values_list("order", "case__number"):
        found[order].append(number)
    return found
