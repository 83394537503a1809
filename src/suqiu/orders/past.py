"""What has become of one order so far, read once: its verbs are judged on it and its page shows it."""

from dataclasses import dataclass

from suqiu.orders.models import (
    Assist,
    Contact,
    Disposal,
    Feedback,
    Obligation,
    Order,
    Request,
    Seat,
    Transmission,
    Verification,
)


@dataclass(frozen=True)
class Past:
    """The rows of an order, each kind oldest first; `merged` are the ids of those merged into it."""

    seats: list[Seat]
    merged: list[int]
    obligations: list[Obligation]
    hands: frozenset[str] = frozenset()
    requests: tuple[Request, ...] = ()
    assists: tuple[Assist, ...] = ()
    transmissions: tuple[Transmission, ...] = ()
    contacts: tuple[Contact, ...] = ()
    disposals: tuple[Disposal, ...] = ()
    feedbacks: tuple[Feedback, ...] = ()
    verifications: tuple[Verification, ...] = ()

    @property
    def lead(self) -> Seat | None:
        """The unit that has the order now."""
        return next((s for s in self.seats if s.role == "lead" and s.closed is None), None)


def seats_of(order: Order) -> list[Seat]:
    """Who sits and sat at the order, oldest first, each with its unit at hand."""
    return list(order.seats.select_related("unit").order_by("pk"))


def read(order: Order) -> Past:
    """As the database has it now. Before its first dispatch an order has had no unit, and so none of
    what units leave behind: it is not asked for."""
    seats = seats_of(order)
    merged = list(order.merged.order_by("pk").values_list("pk", flat=True))
    clocks = list(order.obligations.select_related("seat__unit").order_by("pk"))
    if not order.dispatched_at:
        return Past(seats, merged, clocks)
    return Past(
        seats,
        merged,
        clocks,
        hands=frozenset(order.hands.values_list("actor", flat=True)),
        requests=tuple(order.requests.order_by("pk")),
        assists=_assists(order) if any(s.role == "co" for s in seats) else (),
        transmissions=tuple(order.transmissions.select_related("seat").order_by("pk")),
        contacts=tuple(order.contacts.order_by("pk")),
        disposals=tuple(order.disposals.order_by("pk")),
        feedbacks=tuple(order.feedbacks.order_by("pk")),
        verifications=tuple(order.verifications.order_by("pk")),
    )


def _assists(order: Order) -> tuple[Assist, ...]:
    return tuple(order.assists.select_related("seat__unit").order_by("pk"))
