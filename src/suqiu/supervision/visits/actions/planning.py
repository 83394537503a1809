"""Before one goes: the plan, one stop or one person more, calling it off."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.actions.advance import Step, advance, kept
from suqiu.supervision.visits.models import Stop, Visit, Visitor
from suqiu.supervision.visits.routes import NewStop
from suqiu.supervision.visits.states import LEADS, WHYS

_LOCK = 0x56495349  # "VISI": the year's numbers are given one after the other
MOST = 20


def plan(
    *, day: dt.date, title: str, stops: Sequence[NewStop], visitors: Iterable[str], by: Actor
) -> Visit:
    """A visit to come; the stops are gone to in the order given. `visitors`: actors' ids.

    Raises Invalid for a day that is past, nobody to go, nowhere to go, a street twice, one outside a
    hub's district, and for people who are not of the centre or a hub.
    """
    if not by.roles & set(LEADS):
        raise NotAllowed("visit.post", _("您的岗位不办这一步"))
    if not kept(title):
        raise Invalid("visit.empty", _("写明走访的主题"), field="title")
    if day < clock.today():
        raise Invalid("visit.past", _("走访的日子已经过了"), field="day")
    if not 1 <= len(stops) <= MOST:
        raise Invalid("visit.stops", _("至少去一站，至多 %d 站") % MOST, field="stops")
    people = _people(visitors)
    with transaction.atomic():
        row = Visit.objects.create(
            number=_next_number(), title=kept(title)[:120], day=day,
            planned_at=clock.now(), planned_by=by.id,
        )  # fmt: skip
        Visitor.objects.bulk_create(Visitor(visit=row, actor=one) for one in people)
        told = {"number": row.number, "day": day.isoformat(), "people": people}
        facts = [journal.Fact(row.chain, "visit.planned", told, words={"title": row.title})]
        facts += [_fact(row, _put(row, one, n, by)) for n, one in enumerate(stops, 1)]
        journal.append_many(facts, by=by)
    return row


def add(visit: Visit, stop: NewStop, *, by: Actor) -> Stop:
    """One stop more, at the end."""
    with advance(visit, "add", by=by) as step:
        last = step.row.stops.order_by("-position").values_list("position", flat=True).first()
        if step.row.stops.count() >= MOST:
            raise Invalid("visit.stops", _("至少去一站，至多 %d 站") % MOST, field="street")
        row = _put(step.row, stop, (last or 0) + 1, by)
        fact = _fact(step.row, row)
        step.data, step.unit = dict(fact.data), fact.unit
        step.words = dict(fact.words or {})
    return row


def join(visit: Visit, actor: str, *, by: Actor) -> Visitor:
    """One person more, who from now on never verifies what is found there."""
    with advance(visit, "join", by=by) as step:
        (person,) = _people([actor])
        if step.row.visitors.filter(actor=person).exists():
            raise Invalid("visit.there", _("这个人已在名单里"), field="actor")
        _bar_from_found(step, person)
        step.data["person"] = person
        return Visitor.objects.create(visit=step.row, actor=person)


def cancel(visit: Visit, *, reason: str, by: Actor) -> Visit:
    """Call it off. Raises Invalid once somebody was at a stop: then it is closed."""
    with advance(visit, "cancel", by=by, reason=reason) as step:
        if step.row.stops.exclude(arrived_at=None).exists():
            raise Invalid("visit.begun", _("已经走过的不能取消，请结束走访"))
        step.row.ended_at = step.at
        step.say(reason=reason)
    return step.row


def _bar_from_found(step: Step, person: str) -> None:
    """Whoever joins after something was found is of those who were there all the same."""
    if queries.problems_in(step.row).exists():
        raise Invalid("visit.begun", _("已经发现问题转了工单，同去的人须事先写上"))


def _people(ids: Iterable[str]) -> list[str]:
    chosen = sorted(set(ids))
    if not chosen:
        raise Invalid("visit.people", _("选同去的人"), field="visitors")
    known = {person.actor_id for person in queries.goers()}
    if not known.issuperset(chosen):
        raise Invalid("visit.people", _("只能选中心和区受理部门在岗的人"), field="visitors")
    return chosen


def _put(visit: Visit, new: NewStop, position: int, by: Actor) -> Stop:
    if new.why not in WHYS:
        raise Invalid("visit.why", _("没有这种去的原因"), field="why")
    if new.street not in queries.streets_for(by):
        raise Invalid("visit.street", _("没有这个街镇，或不在您的辖区"), field="street")
    if visit.stops.filter(street=new.street, skipped_at=None).exists():
        raise Invalid("visit.twice", _("这个街镇已在路线里"), field="street")
    return Stop.objects.create(
        visit=visit, position=position, street=new.street, why=new.why, category=new.category,
        place=kept(new.place)[:120], aim=kept(new.aim)[:300],
        lon=new.point.lon if new.point else None, lat=new.point.lat if new.point else None,
    )  # fmt: skip


def _fact(visit: Visit, row: Stop) -> journal.Fact:
    data = {
        "stop": row.pk, "street": row.street_id, "why": row.why, "category": row.category_id,
        "position": row.position,
    }  # fmt: skip
    words = {name: value for name, value in (("place", row.place), ("aim", row.aim)) if value}
    return journal.Fact(visit.chain, "visit.stop", data, row.street_id, words or None)


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    year = f"ZF{clock.today().year}-"
    last = Visit.objects.filter(number__startswith=year).order_by("-number").first()
    return f"{year}{int(last.number.removeprefix(year)) + 1 if last else 1:04d}"
