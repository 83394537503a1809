"""Planning the looks at a close, naming the citizen's hour, and looking. Never one's own work."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for
from suqiu.audit import journal
from suqiu.audit.queries import spoken
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.bounds import key_in
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders.actions import picturing
from suqiu.orders.actions.picturing import NONE, Shots
from suqiu.orders.models import Order
from suqiu.orders.queries import locked
from suqiu.orders.queries import visible_to as orders_of
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.cases.actions import opening
from suqiu.supervision.cases.queries import has_handled
from suqiu.supervision.rechecks.models import Photo, Recheck
from suqiu.supervision.rechecks.queries import get_for

BY = system("supervision")  # who had a hand in an order is asked of the whole order
NAMES_HOUR = frozenset({"inspector", "callback_officer", "leader"})


def plan(order: Order, closed: dt.datetime, *, by: Actor) -> int:
    """The looks that this order's pack asks for after its close; each is planned once. A day is
    counted as the citizen counts it, from midnight to midnight."""
    spec, day = pack_of(order.pack_id).supervision, clock.local(closed).date()
    limit = Limit(spec.recheck_within.n, spec.recheck_within.unit)
    done = 0
    for days in spec.rechecks:
        start = dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), clock.LOCAL)
        since = start.astimezone(dt.UTC)
        due = calendar().due(since, limit).moment
        row, new = Recheck.objects.get_or_create(
            order=order, days=days, defaults={"since": since, "due": due}
        )
        if new:
            data = {"order": order.pk, "days": days, "due": due.isoformat()}
            journal.append(row.chain, "recheck.planned", by=by, data=data)
            done += 1
    return done


def name_hour(pk: int, *, hour: dt.datetime, inspector: str, by: Actor) -> Recheck:
    """The hour at which the citizen wants it looked at, and who goes then; it is due by then."""
    if not by.roles & NAMES_HOUR:
        raise NotAllowed("recheck.post", _("您的岗位不办这一步"))
    with transaction.atomic():
        row = _held(pk, by)
        if hour < max(clock.now(), row.since):
            raise Invalid("recheck.past", _("约定的时间已经过了，或早于复查日"), field="hour")
        person = _inspector(inspector)
        if has_handled(_of(row), person):
            raise NotAllowed("recheck.own", _("经手过或在涉事单位任过职的人不能去复查"))
        row.hour, row.inspector, row.due = hour, person.id, max(row.due, hour)
        row.save(update_fields=["hour", "inspector", "due"])
        data = {"hour": hour.isoformat(), "inspector": person.id}
        journal.append(row.chain, "recheck.hour", by=by, data=data)
    return row


def look(pk: int, *, back: bool, words: str, by: Actor, shots: Shots = NONE) -> Recheck:
    """Somebody independent was there. What came back is a second complaint from now on."""
    if "inspector" not in by.roles:
        raise NotAllowed("recheck.post", _("您的岗位不办这一步"))
    if not clean(words):
        raise Invalid("recheck.words", _("写明看到了什么"), field="words")
    with transaction.atomic():
        row = _held(pk, by)
        if clock.now() < (row.hour or row.since):
            raise WrongState("recheck.early", _("还没有到复查的时间"))
        if row.inspector not in {"", by.id}:
            raise NotAllowed("recheck.named", _("已与诉求人约定由别的督察员去"))
        if has_handled(_of(row), by):
            raise NotAllowed("recheck.own", _("经手过或在涉事单位任过职的人不能去复查"))
        row.done_at, row.done_by, row.back = clock.now(), by.id, back
        row.words = clean(words)
        if back:
            key = f"recheck:{row.pk}"
            row.case = opening.ground(row.order, "again", key=key, by=by, words=words)[0]
        row.save(update_fields=["done_at", "done_by", "back", "words", "case"])
        data = {"back": back, "case": row.case_id, "days": row.days, **_pictured(row, shots, by)}
        said = {"words": row.words, "where": picturing.where(shots)}
        told = {name: value for name, value in said.items() if value}
        journal.append(row.chain, "recheck.looked", by=by, data=data, words=told)
    return row


def _pictured(row: Recheck, shots: Shots, by: Actor) -> dict[str, Any]:
    return picturing.keep(
        Photo, shots, at=clock.now(), place=picturing.place_of(row.order), by=by, recheck=row
    )


def _held(pk: int, by: Actor) -> Recheck:
    """The row of a look that is still to come, under its order's lock. Raises Missing, WrongState."""
    row = get_for(by, pk)
    locked(row.order_id)
    row = Recheck.objects.select_for_update(of=("self",)).select_related("order").get(pk=row.pk)
    if row.done_at is not None:
        raise WrongState("recheck.done", _("已经复查过了"))
    return row


def _of(row: Recheck) -> QuerySet[Order]:
    return orders_of(BY).filter(pk=row.order_id)


def _inspector(actor: str) -> Actor:
    person = Person.objects.filter(pk=key_in(actor.removeprefix("person:"))).first()
    found = actor_for(person) if person else None
    if found is None or "inspector" not in found.roles:
        raise Invalid("recheck.inspector", _("只能指定在岗的督察员"), field="inspector")
    return found


def forget_words(order: Order, *, basis: str, by: Actor) -> None:
    """What was seen leaves with the order's own words, its pictures too; that and when somebody looked
    stays."""
    for row in Recheck.objects.filter(order=order):
        if said := spoken(row.chain):
            journal.erase(said, by=by, chain=row.chain, basis=basis)
    Recheck.objects.filter(order=order).update(words="")
    picturing.drop(Photo.objects.filter(recheck__order=order), by=by)
