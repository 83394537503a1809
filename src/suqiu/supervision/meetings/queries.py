"""Reading meetings: one door for sets, one for one; what is decided and not done yet."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Missing
from suqiu.orders.models import Order, Seat
from suqiu.orders.queries import visible_to as orders_visible_to
from suqiu.supervision.meetings.access import OF_UNITS, READERS, Standing, sees
from suqiu.supervision.meetings.models import Decision, Item, Meeting, Party
from suqiu.supervision.meetings.states import TOLD, State


def visible_to(by: Actor) -> QuerySet[Meeting]:
    """The meetings that this person may see, the newest first: the door for sets."""
    rows = Meeting.objects.order_by("-at", "-pk")
    if by.is_system or (by.roles & READERS and by.sources is None):
        return rows
    called = Party.objects.filter(meeting=OuterRef("pk"), unit__in=by.units_as(*OF_UNITS))
    return rows.filter(Exists(called), state__in=TOLD)


def get_for(by: Actor, number: str, *, log: bool = True) -> Meeting:
    """The one meeting of this number, the look logged. Raises Missing alike for none and not theirs."""
    found = Meeting.objects.filter(number=number).first()
    if found is None or not sees(by, standing(found)):
        raise Missing("missing", _("没有这次会议，或不归您看"))
    if log:
        journal.looked("open", found.chain, by=by)
    return found


def standing(meeting: Meeting, decision: Decision | None = None) -> Standing:
    """The meeting as it stands now, and the decision that a verb is about."""
    parties = frozenset(meeting.parties.values_list("unit", flat=True))
    planned = clock.local(meeting.planned_at).date()
    if decision is None:
        return Standing(State(meeting.state), parties, planned)
    return Standing(
        State(meeting.state),
        parties,
        planned,
        owner=decision.owner_id,
        reported=decision.reported_at is not None,
        reported_by=decision.reported_by,
        confirmed=decision.confirmed_at is not None,
    )


def open_decisions(by: Actor) -> QuerySet[Decision]:
    """What is decided and not confirmed yet, by its day: the centre sees all, a unit its own."""
    rows = Decision.objects.filter(confirmed_at=None).exclude(meeting__state=State.CANCELLED)
    if not (by.is_system or by.roles & READERS):
        rows = rows.filter(owner__in=by.units_as(*OF_UNITS))
    return rows.select_related("meeting", "item", "owner").order_by("until", "pk")


def overdue(by: Actor) -> QuerySet[Decision]:
    """Those of them whose day has passed."""
    return open_decisions(by).filter(until__lt=clock.today())


def items_of(meeting: Meeting, by: Actor) -> QuerySet[Item]:
    """The agenda in its order, each point with what was said, studied and decided. What was put on it
    and may no more be spoken of before units is there for the centre alone."""
    rows = meeting.items.all()
    if not (by.is_system or by.roles & READERS):
        whole = orders_visible_to(system("meetings"))  # whoever is called: his orders are not asked
        spoken = may_be_discussed(whole.filter(pk__in=meeting.items.values("order")))
        rows = rows.filter(Q(order=None) | Q(order__in=spoken))
    return (
        rows.select_related("unit", "decision__meeting", "order", "study", "proposal")
        .prefetch_related("sayings__unit", "decisions__owner")
        .order_by("pk")
    )


def of_order(order: Order, by: Actor) -> list[Item]:
    """Where this order was studied or is to be, the newest first."""
    rows = Item.objects.filter(order=order, meeting__in=visible_to(by))
    return list(rows.select_related("meeting", "study").order_by("-pk"))


def order_shown(item: Item, by: Actor) -> bool:
    """May this reader follow the item to its order? Who is called to a meeting need not be."""
    return item.order_id is not None and orders_visible_to(by).filter(pk=item.order_id).exists()


def may_be_discussed(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Without those that no unit may hear of: secret ones, those at discipline inspection, and those
    that accuse a unit, which might sit at the table."""
    accusing = Seat.objects.filter(order=OuterRef("pk"), role="accused")
    return rows.exclude(exit="discipline").filter(~Exists(accusing), confidential=False)


def difficult(by: Actor, since: dt.datetime, limit: int) -> list[Order]:
    """Open orders that are marked as difficult, by hand or by the pack's rule, the longest open first."""
    rows = may_be_discussed(orders_visible_to(by)).filter(
        difficult=True, ended_at=None, drafted_at__gte=since
    )
    return list(rows.select_related("category", "street").order_by("drafted_at")[:limit])
