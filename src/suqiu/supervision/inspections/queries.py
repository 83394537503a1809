"""Reading inspections: the door, the list that was sealed, who must keep out, the scorecard."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.base.text import without_identities
from suqiu.orders.models import Order
from suqiu.orders.queries import looked_at
from suqiu.policy.queries import in_force
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.inspections import rules
from suqiu.supervision.inspections.access import INVITED, READERS, Standing, bars
from suqiu.supervision.inspections.models import Found, Inspection, Item
from suqiu.supervision.inspections.states import State


def visible_to(by: Actor) -> QuerySet[Inspection]:
    """The inspections that this person may see: the door for sets."""
    rows = Inspection.objects.order_by("-pk")
    if by.is_system or by.roles & READERS:
        return rows
    if not by.roles & INVITED:
        return rows.none()  # his post has ended, whatever he is now: a member of the team he was
    return rows.filter(team__actor=by.id, team__left_at=None).distinct()


def get_for(by: Actor, number: str) -> Inspection:
    """The one of this number. Raises Missing alike for none and for not theirs."""
    found = visible_to(by).filter(number=number).first()
    if found is None:
        raise Missing("missing", _("没有这次检查，或不归您看"))
    return found


def standing(row: Inspection) -> Standing:
    """The inspection as it stands now."""
    team = row.team.filter(left_at=None).values_list("actor", flat=True)
    return Standing(State(row.state), frozenset(team))


def published() -> QuerySet[Inspection]:
    """Those whose scorecard a leader has put before everybody, the newest first."""
    return Inspection.objects.filter(state=State.PUBLISHED).order_by("-published_at", "-pk")


def findings_of(by: Actor) -> QuerySet[Found]:
    """What the person's own units have to mend, the open ones first."""
    rows = Found.objects.filter(unit__in=by.units_as("handler", "head"), kind="rectify")
    return rows.select_related("item__inspection").order_by("mended_at", "due", "pk")


def lines_of(inspection: Inspection) -> list[rules.Line]:
    """The sealed list: what chance could draw."""
    rows = inspection.items.filter(part="random").order_by("stratum", "key")
    return list(rows.values_list("stratum", "key"))


def redrawn(inspection: Inspection) -> list[str]:
    """What differs between what stands there and what list and seed give; nothing, where all is right."""
    lines = lines_of(inspection)
    wrong = [] if rules.list_hash(lines) == inspection.list_hash else ["list"]
    if inspection.seed:
        ought = {key for _s, key in rules.draw(lines, inspection.seed, inspection.per_stratum)}
        rows = inspection.items.filter(part="random", drawn=True)
        wrong += sorted(ought ^ set(rows.values_list("key", flat=True)))
    return wrong


def to_check(inspection: Inspection) -> QuerySet[Item]:
    """What is to be looked at: the purposive ones and the drawn ones."""
    rows = inspection.items.filter(drawn=True).select_related("order__category", "place")
    return rows.select_related("check_made", "survey_made").order_by("-part", "stratum", "key")


def levels(item: Item) -> list[str]:
    """How satisfied one can be, by the order's pack (today's, for a place), the best first."""
    return list(pack_of(item.order.pack_id if item.order else in_force().pk).satisfaction)


def found_in(inspection: Inspection) -> list[Found]:
    """All findings, oldest first."""
    rows = Found.objects.filter(item__inspection=inspection)
    return list(rows.select_related("unit", "item").order_by("pk"))


def about(item: Item, by: Actor) -> dict[str, str]:
    """The same as `told`, with the look logged."""
    if item.order:
        looked_at(item.order, by)
    return told(item)


def told(item: Item) -> dict[str, str]:
    """What one who goes there has to know, outsiders too: where, what, and what the unit says it did.
    Of a secret order only the paraphrase; of the citizen nothing. Who shows it logs the look."""
    return told_of(item.order) if item.order else {"where": str(item.place)}


def told_of(order: Order) -> dict[str, str]:
    """The same of an order by itself."""
    disposal = order.disposals.filter(sent_back_at=None).order_by("-pk").first()
    secret = order.confidential
    return {
        "what": without_identities(order.paraphrase if secret else order.title),
        "where": "" if secret else without_identities(order.address),
        "content": "" if secret else without_identities(order.content),
        "done": "" if secret or disposal is None else without_identities(disposal.words),
    }


def barred(item: Item, by: Actor) -> str:
    """Why this person keeps out of this item; "" where nothing does. A post that has ended since the
    matter began keeps him out as well: else he would be moved before he inspects."""
    units, hands = concerned(item)
    began = clock.local(item.order.drafted_at).date() if item.order else item.inspection.since
    return bars(by, units=units, hands=hands, since=began)


def concerned(item: Item) -> tuple[frozenset[int], frozenset[str]]:
    """The units that have or had the matter in hand, and the people who handled it, or who verified it:
    an inspection tells whether they were told the truth."""
    if item.order is None:
        return frozenset({item.place_id} if item.place_id else ()), frozenset()
    seats = item.order.seats.exclude(role__in=("centre", "callback"))
    units = frozenset(seats.values_list("unit", flat=True))
    hands = set(item.order.hands.values_list("actor", flat=True))
    hands |= set(item.order.verifications.values_list("by", flat=True))
    return units, frozenset(hands)


def scorecard(inspection: Inspection) -> list[rules.Row]:
    """As far as it has been looked at."""
    checklist = rules.Checklist.model_validate(inspection.checklist)
    items = list(to_check(inspection))
    said = _said_solved([item.order for item in items if item.order])
    looked = [_looked(item, checklist, said) for item in items if hasattr(item, "check_made")]
    return rules.scorecard(looked, (checklist.professional, checklist.social))


def _looked(item: Item, checklist: rules.Checklist, said: dict[int, bool]) -> rules.Looked:
    answers = item.check_made.answers
    survey = getattr(item, "survey_made", None)
    return rules.Looked(
        part=item.part,
        line=item.line,
        professional=rules.professional(answers),
        social=float(survey.weight) if survey else None,
        timely=answers.get(checklist.asking("timely")),
        solved=answers.get(checklist.asking("solved")),
        said_solved=said.get(item.order_id) if item.order_id else None,
    )


def _said_solved(orders: list[Order]) -> dict[int, bool]:
    """What the units claimed when the orders were closed."""
    return {order.pk: order.result == "solved" for order in orders if order.result}
