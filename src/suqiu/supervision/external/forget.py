"""What supervisors said of an order leaves with the order's own words, and what was answered; that it
was said, by when it was answered and whether it satisfied stays. Called under the order's lock by
`retention`.

A case, and an inspection, may be about several orders: their opinions leave with the last of them.
"""

from django.db.models import Q, QuerySet

from suqiu.audit import journal
from suqiu.audit.queries import spoken
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.files import actions as files
from suqiu.orders.actions.forget import GONE
from suqiu.orders.models import Order
from suqiu.supervision.external.models import Answer, Invitation, Link, Opinion
from suqiu.supervision.external.states import State


def is_open(order: Order) -> bool:
    """Whether an opinion on it still waits for its answer."""
    return _about(order).filter(state=State.OPEN).exists()


def _about(order: Order) -> QuerySet[Opinion]:
    drawn = Q(invitation__inspection__items__order=order, invitation__inspection__items__drawn=True)
    return Opinion.objects.filter(Q(invitation__case__orders=order) | drawn).distinct()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the tables, from beside the journal's entries, and the recordings."""
    ids = [
        row.pk
        for row in _about(order).select_related("invitation__case", "invitation__inspection")
        if not _speaks_of_others(row.invitation, order)
    ]
    for row in Opinion.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        if said := spoken(row.chain):
            journal.erase(said, by=by, chain=row.chain, basis=basis)
        if row.file is not None:
            files.unlink([row.file], by=by)
        Opinion.objects.filter(pk=row.pk).update(words="", file=None)
        Answer.objects.filter(opinion=row).update(words="", note="")
        Link.objects.filter(opinion=row, used_at=None, revoked_at=None).update(
            revoked_at=clock.now()
        )


def _speaks_of_others(invitation: Invitation, order: Order) -> bool:
    if invitation.case is not None:
        return invitation.case.orders.exclude(pk=order.pk).exclude(title=GONE).exists()
    if invitation.inspection is None:
        return False
    drawn = invitation.inspection.items.filter(drawn=True).exclude(order=None)
    return drawn.exclude(order=order).exclude(order__title=GONE).exists()
