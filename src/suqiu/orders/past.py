"""What has become of one order so far, read once: its verbs are judged on it and its page shows it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from suqiu.appellants.models import Appellant
from suqiu.base.gather import Kind, gather
from suqiu.catalogue.models import Category, Source
from suqiu.orders.models import (
    Assist,
    Contact,
    Disposal,
    Feedback,
    Hand,
    Obligation,
    Order,
    Plan,
    Request,
    Seat,
    Signature,
    Transmission,
    Verification,
)
from suqiu.organisations.models import Region, Unit

_OF_ORDER = "t.order_id = %(key)s"
_OF_PAST = {
    "seats": Seat,
    "obligations": Obligation,
    "hands": Hand,
    "requests": Request,
    "assists": Assist,
    "transmissions": Transmission,
    "contacts": Contact,
    "disposals": Disposal,
    "feedbacks": Feedback,
    "verifications": Verification,
    "plans": Plan,
    "signatures": Signature,
}


def _named(model: type[Model], column: str) -> Kind:
    """The one row that the order names in this column."""
    return Kind(
        model,
        f"t.{model._meta.pk.column} = (SELECT {column} FROM orders_order WHERE id = %(key)s)",  # noqa: S608 - names of the house, no input
    )


_NAMED = ("category", "region", "street", "source", "appellant")
_AT_ONCE = {
    **{name: Kind(model, _OF_ORDER) for name, model in _OF_PAST.items()},
    "units": Kind(Unit, "t.id IN (SELECT unit_id FROM orders_seat WHERE order_id = %(key)s)"),
    "category": _named(Category, "category_id"),
    "region": _named(Region, "region_id"),
    "street": _named(Unit, "street_id"),
    "source": _named(Source, "source_id"),
    "appellant": _named(Appellant, "appellant_id"),
    "merged": Kind(Order, "t.master_id = %(key)s"),
    "children": Kind(Order, "t.parent_id = %(key)s"),
}


@dataclass(frozen=True)
class Past:
    """The rows of an order, each kind oldest first, the seats with their units and the rest with
    their seats at hand; `merged` and `children` are ids of those merged into it and made of it."""

    seats: list[Seat]
    merged: list[int]
    children: list[int]
    obligations: list[Obligation]
    hands: frozenset[str]
    requests: tuple[Request, ...]
    assists: tuple[Assist, ...]
    transmissions: tuple[Transmission, ...]
    contacts: tuple[Contact, ...]
    disposals: tuple[Disposal, ...]
    feedbacks: tuple[Feedback, ...]
    verifications: tuple[Verification, ...]
    plans: tuple[Plan, ...]
    signatures: tuple[Signature, ...]

    @property
    def lead(self) -> Seat | None:
        """The unit that has the order now."""
        return next((s for s in self.seats if s.role == "lead" and s.closed is None), None)


def read(order: Order) -> Past:
    """As the database has it now."""
    found = gather(_AT_ONCE, key=order.pk)
    _join(order, found)
    return Past(
        seats=found["seats"],
        merged=[row.pk for row in found["merged"]],
        children=[row.pk for row in found["children"]],
        obligations=found["obligations"],
        hands=frozenset(row.actor for row in found["hands"]),
        requests=tuple(found["requests"]),
        assists=tuple(found["assists"]),
        transmissions=tuple(found["transmissions"]),
        contacts=tuple(found["contacts"]),
        disposals=tuple(found["disposals"]),
        feedbacks=tuple(found["feedbacks"]),
        verifications=tuple(found["verifications"]),
        plans=tuple(found["plans"]),
        signatures=tuple(found["signatures"]),
    )


def _join(order: Order, found: dict[str, list[Any]]) -> None:
    """What belongs together points at each other, so that no row is asked for twice. A name that was
    changed and not saved yet stays as it is."""
    for name in _NAMED:
        for row in found[name]:
            if row.pk == getattr(order, f"{name}_id"):
                setattr(order, name, row)
    units = {unit.pk: unit for unit in found["units"]}
    seats = {seat.pk: seat for seat in found["seats"]}
    for seat in found["seats"]:
        seat.unit = units[seat.unit_id]
    for name in _OF_PAST:
        for row in found[name]:
            row.order = order
            if "seat_id" in row.__dict__:
                row.seat = seats[row.seat_id]
