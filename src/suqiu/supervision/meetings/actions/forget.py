"""What was said of an order at a meeting leaves with the order's own words; that it was studied, what
came of it, and what was decided by when stays. Called under the order's lock by `retention`.

Minutes speak of all points: they leave with the last of the orders that the meeting was about.
"""

from django.db.models import Q, QuerySet

from suqiu.audit import journal
from suqiu.audit.queries import chain, spoken
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.orders.actions.forget import GONE
from suqiu.orders.models import Order
from suqiu.supervision.meetings.models import Decision, Item, Meeting, Proposal, Saying, Study


def is_open(order: Order) -> bool:
    """Whether a meeting is still to speak of it, or what was decided on it has time still to be
    done."""
    ahead = Item.objects.filter(order=order, meeting__state__in=("planned", "called"))
    owed = Decision.objects.filter(item__order=order, confirmed_at=None, until__gte=clock.today())
    return ahead.exists() or owed.exclude(meeting__state="cancelled").exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the tables and from beside the journal's entries."""
    items = Item.objects.filter(Q(order=order) | Q(decision__item__order=order))
    decisions = Decision.objects.filter(item__in=items)
    ids = sorted(set(items.values_list("meeting", flat=True)))
    known = set(items.values_list("pk", flat=True)), set(decisions.values_list("pk", flat=True))
    for meeting in Meeting.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        last = (
            not meeting.items.exclude(order=None)
            .exclude(order=order)
            .exclude(order__title=GONE)
            .exists()
        )
        _tell(meeting, *known, last=last, basis=basis, by=by)
        if last:
            Meeting.objects.filter(pk=meeting.pk).update(minutes="")
    _empty(Item.objects.filter(pk__in=known[0]), Decision.objects.filter(pk__in=known[1]))


def _tell(
    meeting: Meeting, items: set[int], decisions: set[int], *, last: bool, basis: str, by: Actor
) -> None:
    still = set(spoken(meeting.chain))
    said = [
        e.pk for e in chain(meeting.chain)
        if e.pk in still
        and (e.data.get("item") in items or e.data.get("decision") in decisions
             or (last and e.kind == "meeting.minute"))
    ]  # fmt: skip
    if said:
        journal.erase(said, by=by, chain=meeting.chain, basis=basis)


def _empty(items: QuerySet[Item], decisions: QuerySet[Decision]) -> None:
    Saying.objects.filter(item__in=items).update(words="")
    Study.objects.filter(item__in=items).update(causes="", measures="")
    Proposal.objects.filter(item__in=items).update(title=GONE, why="")
    decisions.update(words=GONE, report="")
    items.update(title=GONE, words="")
