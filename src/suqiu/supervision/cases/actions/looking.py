"""Going there and looking: survey, findings, tracking visits, the re-check. Never one's own work."""

import datetime as dt

from django.utils.translation import gettext as _

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.orders.actions.picturing import NONE, Shots, keep, place_of, where
from suqiu.orders.places import Place
from suqiu.supervision.cases.actions import clocks
from suqiu.supervision.cases.actions.advance import Step, advance
from suqiu.supervision.cases.models import Case, Finding, Photo, Visit
from suqiu.supervision.cases.queries import is_own_work
from suqiu.supervision.cases.states import CAUSES, RULINGS, State


def assign(case: Case, *, inspector: str, by: Actor) -> Case:
    """Name the person who goes and answers for it; one who is not independent is refused."""
    with advance(case, "assign", by=by, given={"inspector": inspector}) as step:
        _name(step, inspector)
    return step.row


def name_hour(case: Case, *, hour: dt.datetime, inspector: str, by: Actor) -> Case:
    """The hour at which the citizen wants it looked at, and the named person who decides there."""
    given = {"hour": hour, "inspector": inspector}
    with advance(case, "name_hour", by=by, given=given) as step:
        if hour < step.at:
            raise Invalid("case.past", _("约定的时间已经过了"), field="hour")
        _name(step, inspector)
        step.row.hour = hour
        step.data["hour"] = hour.isoformat()
        clocks.put_off(step.row, "survey", hour)
    return step.row


def survey(case: Case, *, words: str, by: Actor, ruling: str = "", shots: Shots = NONE) -> Case:
    """On the spot at once. On a second complaint the named person decides there: `ruling`."""
    with advance(case, "survey", by=by, given={"words": words}) as step:
        if step.it.again and ruling not in RULINGS:
            raise Invalid("case.ruling", _("二次投诉要当场裁定"), field="ruling")
        step.row.ruling = ruling if step.it.again else ""
        step.row.inspector = by.id
        step.data["ruling"] = step.row.ruling
        _visit(step, "survey", None, words, shots)
    return step.row


def find(case: Case, *, cause: str, words: str, advice: str, by: Actor) -> Case:
    """One problem with its cause, and the advice that follows."""
    given = {"cause": cause, "words": words, "advice": advice}
    with advance(case, "find", by=by, given=given) as step:
        if cause not in CAUSES:
            raise Invalid("case.cause", _("原因不在选项内"), field="cause")
        row = Finding.objects.create(
            case=step.row, by=by.id, at=step.at, cause=cause, words=clean(words),
            advice=clean(advice),
        )  # fmt: skip
        step.data |= {"finding": row.pk, "cause": cause}
        step.say(words=words, advice=advice)
    return step.row


def visit(
    case: Case, *, words: str, by: Actor, good: bool | None = None, shots: Shots = NONE
) -> Case:
    """The tracking visit while the unit rectifies; `good` None: not learned."""
    with advance(case, "visit", by=by, given={"words": words}) as step:
        _visit(step, "visit", good, words, shots)
    return step.row


def recheck(case: Case, *, good: bool | None, words: str, by: Actor, shots: Shots = NONE) -> Case:
    """On the spot again. What is not so goes back to the unit for a new plan, one level up."""
    with advance(case, "recheck", by=by, given={"good": good, "words": words}) as step:
        _visit(step, "recheck", good, words, shots)
        step.to = State.REPORTING if good else State.PLANNING
        if not good:
            step.row.round += 1
            step.row.level = min(step.row.level + 1, 3)
    return step.row


def _name(step: Step, inspector: str) -> None:
    pk = inspector.removeprefix("person:")
    person = Person.objects.filter(pk=int(pk)).first() if pk.isdigit() else None
    actor = actor_for(person) if person else None
    if actor is None or "inspector" not in actor.roles:
        raise Invalid("case.inspector", _("只能指定在岗的督察员"), field="inspector")
    if is_own_work(step.row, actor):
        raise NotAllowed("case.own", _("经手过或在涉事单位任过职的人不能查自己的事"))
    step.row.inspector = actor.id
    step.data["inspector"] = actor.id


def _visit(step: Step, kind: str, good: bool | None, words: str, shots: Shots) -> None:
    row = Visit.objects.create(
        case=step.row, kind=kind, round=step.row.round, by=step.by.id, at=step.at, good=good,
        words=clean(words),
    )  # fmt: skip
    pictures = keep(Photo, shots, at=step.at, place=_place(step), by=step.by, visit=row)
    step.data |= {"visit": row.pk, "good": good, **pictures}
    step.say(words=words, where=where(shots))


def _place(step: Step) -> Place | None:
    """Where the first of its orders is."""
    order = step.row.orders.order_by("pk").first()
    return place_of(order) if order else None
