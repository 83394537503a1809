"""Reading visits: one door for sets, one for one; what was seen of the city, and what came of it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    Max,
    OuterRef,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _

from suqiu.accounts.models import Person
from suqiu.accounts.queries import people_as, people_in
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to as orders_of
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.policy.queries import in_force
from suqiu.policy.queries import pack as pack_of
from suqiu.policy.visits import VisitsSpec
from suqiu.supervision.rechecks.models import Recheck
from suqiu.supervision.visits import rules
from suqiu.supervision.visits.access import GOERS, READERS, Standing, sees
from suqiu.supervision.visits.models import Commitment, Photo, Problem, Stop, Visit, Visitor
from suqiu.supervision.visits.states import State

SOLVED, UNCONFIRMED = "solved", "unconfirmed"
CLOSED = ("closed", "archived")


@dataclass(frozen=True)
class Month:
    """What a month's visits came to by now. Of the orders found: `solved` by the word of who handled
    them, where no look since found it back; `verified` by somebody else's."""

    visits: int
    stops: int
    skipped: int
    streets: int
    problems: int
    closed: int
    solved: int
    verified: int
    commitments: int
    kept: int
    broken: int
    overdue: int


def spec() -> VisitsSpec:
    return pack_of(in_force().pk).visits


def visible_to(by: Actor) -> QuerySet[Visit]:
    """The visits that this person may see, the newest first: the door for sets."""
    rows = Visit.objects.order_by("-day", "-pk")
    if by.is_system or (by.roles & READERS and by.sources is None):
        return rows
    if by.sources is not None:
        return rows.none()
    mine = Q(pk__in=Visit.objects.filter(visitors__actor=by.id).values("pk"))
    return rows.filter(mine | Q(planned_by=by.id))


def get_for(by: Actor, number: str, *, log: bool = True) -> Visit:
    """The one visit of this number, the look logged. Raises Missing alike for none and not theirs."""
    found = Visit.objects.filter(number=number).first()
    if found is None or not sees(by, standing(found)):
        raise Missing("missing", _("没有这次走访，或不归您看"))
    if log:
        journal.looked("open", found.chain, by=by)
    return found


def standing(visit: Visit, commitment: Commitment | None = None) -> Standing:
    """The visit as it stands now, and the commitment that a verb is about."""
    return Standing(
        State(visit.state),
        frozenset(visit.visitors.values_list("actor", flat=True)),
        visit.planned_by,
        clock.local(visit.planned_at).date(),
        owner=commitment.owner_id if commitment else None,
        settled=commitment is not None and commitment.kept is not None,
    )


def stop_for(by: Actor, pk: int) -> Stop:
    """The one stop of a visit that this person may see. Raises Missing."""
    row = Stop.objects.filter(pk=pk, visit__in=visible_to(by)).select_related("visit").first()
    if row is None:
        raise Missing("missing", _("没有这次走访，或不归您看"))
    return row


def photo_for(visit: Visit, pk: int) -> Photo:
    """One picture of this visit, which the caller has been let see. Raises Missing."""
    row = Photo.objects.filter(pk=pk, stop__visit=visit).select_related("file").first()
    if row is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    return row


def stops_today(by: Actor) -> QuerySet[Stop]:
    """Where this person still goes or writes something down: the stops of his visits under way."""
    rows = Stop.objects.filter(
        visit__state=State.PLANNED, visit__day__lte=clock.today(), visit__visitors__actor=by.id,
        skipped_at=None,
    )  # fmt: skip
    named = rows.select_related("visit", "street__region", "category")
    return named.order_by("visit__day", "visit_id", "position")


def goers() -> list[Person]:
    """Who may go along: the centre's people and the hubs', by name of account."""
    found = {person.pk: person for role in sorted(GOERS) for person in people_as(role)}
    return sorted(found.values(), key=lambda person: person.username)


def goers_to(region: str) -> list[Person]:
    """Those of them who are of the centre, or of this district's hub."""
    hubs = {person.pk for person in people_as("hub")}
    own = {
        person.pk
        for unit in valid_on(clock.today()).filter(kind="hub", region=region)
        for person in people_in(unit, "hub")
    }
    return [person for person in goers() if person.pk not in hubs or person.pk in own]


def streets_for(by: Actor) -> QuerySet[Unit]:
    """The streets that exist today; for a hub's people, those of its district."""
    rows = valid_on(clock.today()).filter(kind="street").select_related("region").order_by("code")
    if by.is_system or by.roles & READERS:
        return rows
    return rows.filter(region__in=Unit.objects.filter(pk__in=by.units_as("hub")).values("region"))


def seen_of(by: Actor, region: str = "") -> list[rules.Street]:
    """Those streets, each with the last day on which somebody was there."""
    rows = streets_for(by).filter(region=region) if region else streets_for(by)
    logged = Stop.objects.exclude(arrived_at=None).order_by().values("street")
    last = dict(logged.annotate(day=Max("visit__day")).values_list("street", "day"))
    found = rows.values_list("pk", "code", "region")
    return [rules.Street(pk, code, place, last.get(pk)) for pk, code, place in found]


def last_stops(by: Actor, region: str) -> dict[int, Stop]:
    """By street of this district: the last stop there of a visit that this person may see."""
    rows = Stop.objects.exclude(arrived_at=None).filter(
        street__in=streets_for(by).filter(region=region), visit__in=visible_to(by).order_by()
    )
    newest = rows.select_related("visit").order_by("street", "-visit__day", "-pk")
    return {row.street_id: row for row in newest.distinct("street")}


def coverage(by: Actor) -> dict[str, rules.Cover]:
    """By district: how many of its streets were visited within the pack's days, and which were not."""
    return rules.coverage(seen_of(by), clock.today(), spec().coverage_days)


def said_solved() -> Q:
    """Of problems: closed as solved by who handled them, and not found back by a look since."""
    back = Recheck.objects.filter(order=OuterRef("order"), back=True)
    return Q(order__state__in=CLOSED, order__result__in=(SOLVED, UNCONFIRMED)) & ~Q(Exists(back))


def found_solved() -> Q:
    """Those of them that another has confirmed, as closing asks for (`orders.actions.verify`)."""
    return said_solved() & Q(order__result=SOLVED)


def people_of(visits: list[Visit]) -> list[tuple[int, str]]:
    """(visit, actor) of all who go on these."""
    rows = Visitor.objects.filter(visit__in=visits).order_by("pk")
    return list(rows.values_list("visit_id", "actor"))


def stops_of(visits: list[Visit]) -> list[tuple[int, dt.datetime | None]]:
    """(visit, when somebody was there) of all stops of these that were not given up."""
    rows = Stop.objects.filter(visit__in=visits, skipped_at=None)
    return list(rows.values_list("visit_id", "arrived_at"))


def problems_in(visit: Visit) -> QuerySet[Problem]:
    return with_outcome(Problem.objects.filter(stop__visit=visit))


def with_outcome(rows: QuerySet[Problem]) -> QuerySet[Problem]:
    """Each with `said` and `verified`: is it solved, by its handlers' word, and by another's."""
    named = rows.select_related("order__street", "stop__street")
    return named.annotate(
        said=ExpressionWrapper(said_solved(), BooleanField()),
        verified=ExpressionWrapper(found_solved(), BooleanField()),
    )


def open_commitments(by: Actor) -> QuerySet[Commitment]:
    """What was promised on visits that this person may see and nobody has looked after, by its day."""
    rows = Commitment.objects.filter(kept=None, stop__visit__in=visible_to(by).order_by())
    return rows.select_related("owner", "stop__visit", "stop__street").order_by("until", "pk")


def of_order(order: Order, by: Actor) -> Visit | None:
    """The visit on which this order was found, for who may see it."""
    return visible_to(by).filter(stops__problems__order=order).first()


def between(by: Actor, first: dt.date, end: dt.date) -> QuerySet[Visit]:
    """The visits of the days [first, end) that were not called off."""
    rows = visible_to(by).filter(day__gte=first, day__lt=end)
    return rows.exclude(state=State.CANCELLED)


def month(by: Actor, first: dt.date, end: dt.date) -> Month:
    """What the visits of these days came to; of the orders those that this person may see."""
    visits = between(by, first, end)
    rows = Stop.objects.filter(visit__in=visits.order_by().values("pk"))
    there = rows.exclude(arrived_at=None)
    seen = Problem.objects.filter(stop__in=rows, order__in=orders_of(by).values("pk"))
    found = seen.aggregate(
        n=Count("pk"),
        closed=Count("pk", filter=Q(order__state__in=CLOSED)),
        solved=Count("pk", filter=said_solved()),
        verified=Count("pk", filter=found_solved()),
    )
    told = Commitment.objects.filter(stop__in=rows).aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(kept=True)),
        broken=Count("pk", filter=Q(kept=False)),
        overdue=Count("pk", filter=Q(kept=None, until__lt=clock.today())),
    )
    return Month(
        visits.count(), there.count(), rows.exclude(skipped_at=None).count(),
        there.values("street").distinct().count(), found["n"], found["closed"], found["solved"], found["verified"],
        told["n"], told["done"], told["broken"], told["overdue"],
    )  # fmt: skip
