"""Before a meeting: planning it, its agenda and its parties, the call."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to as orders_visible_to
from suqiu.organisations.models import Unit
from suqiu.supervision.meetings import agenda
from suqiu.supervision.meetings.access import OF_UNITS
from suqiu.supervision.meetings.actions.advance import Step, advance
from suqiu.supervision.meetings.models import Item, Meeting, Party
from suqiu.supervision.meetings.queries import may_be_discussed
from suqiu.supervision.meetings.rules import kind as kind_of
from suqiu.supervision.meetings.states import LEADS

_LOCK = 0x4D454554  # "MEET": the year's numbers are given one after the other
BY_HAND = frozenset({"difficult", "directive", "experience", "other"})


def plan(*, kind: str, title: str, at: dt.datetime, place: str = "", by: Actor) -> Meeting:
    """A meeting to come. Raises Invalid for an unknown kind, an empty title or a moment that is past."""
    if not by.roles & set(LEADS):
        raise NotAllowed("meeting.post", _("您的岗位不办这一步"))
    sort, now = kind_of(kind), clock.now()
    if not clean(title):
        raise Invalid("meeting.empty", _("写明会议名称"), field="title")
    if at <= now:
        raise Invalid("meeting.past", _("开会的时间已经过了"), field="at")
    with transaction.atomic():
        row = Meeting.objects.create(
            number=_next_number(), kind=sort.id, title=clean(title)[:120], at=at,
            place=clean(place)[:120], planned_at=now, planned_by=by.id,
        )  # fmt: skip
        told = {"number": row.number, "kind": sort.id, "at": at.isoformat()}
        journal.append(row.chain, "meeting.planned", by=by, data=told, words={"title": row.title})
    return row


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    year = f"HY{clock.today().year}-"
    last = Meeting.objects.filter(number__startswith=year).order_by("-number").first()
    return f"{year}{int(last.number.removeprefix(year)) + 1 if last else 1:04d}"


def propose(meeting: Meeting, *, by: Actor) -> list[Item]:
    """Put on the agenda what burns and is not on it yet. Doing it twice adds nothing twice."""
    with advance(meeting, "propose", by=by) as step:
        with override(settings.LANGUAGE_CODE):  # it is kept, so it is said as the house says it
            points = agenda.proposed(step.row, by)
        rows = [
            Item(
                meeting=step.row, kind=p.kind, key=p.key, title=p.title, words=p.words,
                order=p.order, decision=p.decision, by=by.id,
            )
            for p in points
        ]  # fmt: skip
        Item.objects.bulk_create(rows)
        step.data["items"] = [{"kind": p.kind, "key": p.key} for p in points]
    return rows


def add(
    meeting: Meeting, *, kind: str, title: str, words: str = "", order: str = "", by: Actor
) -> Item:
    """A point by hand; a difficult one names its order. Raises Invalid for what may not be discussed."""
    if kind not in BY_HAND:
        raise Invalid("meeting.item", _("这种议题由数据列出，不手工加"), field="kind")
    with advance(meeting, "add", by=by) as step:
        found = _order(order, by) if order.strip() else None
        if kind == "difficult" and found is None:
            raise Invalid("meeting.order", _("疑难件写明单号"), field="order")
        if not clean(title) and found is None:
            raise Invalid("meeting.empty", _("写明议题"), field="title")
        return _put(step, kind, title or (found.number if found else ""), words, order=found)


def offer(meeting: Meeting, *, title: str, words: str, by: Actor) -> Item:
    """A party brings its experience."""
    with advance(meeting, "offer", by=by, title=title, words=words) as step:
        return _put(step, "experience", title, words, unit=_party_of(step))


def drop(meeting: Meeting, item: Item, *, by: Actor) -> None:
    """Take a point off again; the journal keeps that it was there."""
    with advance(meeting, "drop", by=by) as step:
        row = Item.objects.filter(pk=item.pk, meeting=step.row).first()
        if row is None:
            raise Invalid("meeting.item", _("这一项不在议程里"), field="item")
        step.data |= {"item": row.pk, "kind": row.kind, "key": row.key}
        step.say(title=row.title)
        row.delete()


def invite(meeting: Meeting, units: Iterable[Unit], *, by: Actor) -> None:
    """Call these units as well; whom it has already stays as it is."""
    with advance(meeting, "invite", by=by) as step:
        known = set(step.row.parties.values_list("unit", flat=True))
        new = sorted((u for u in units if u.pk not in known), key=lambda u: u.pk)
        if not new:
            raise Invalid("meeting.party", _("选要参会的单位"), field="units")
        Party.objects.bulk_create([Party(meeting=step.row, unit=unit) for unit in new])
        step.data["units"] = [unit.pk for unit in new]


def call(meeting: Meeting, *, by: Actor) -> Meeting:
    """Tell the parties: from now on they see it."""
    with advance(meeting, "call", by=by) as step:
        if not step.row.parties.exists() or not step.row.items.exists():
            raise Invalid("meeting.bare", _("先定议程和参会单位"))
        step.row.called_at = step.at
    return step.row


def cancel(meeting: Meeting, *, reason: str, by: Actor) -> Meeting:
    with advance(meeting, "cancel", by=by, reason=reason) as step:
        step.say(reason=reason)
    return step.row


def _order(number: str, by: Actor) -> Order:
    rows = may_be_discussed(orders_visible_to(by))
    found = rows.filter(number=number.strip().upper()).first()
    if found is None:
        raise Invalid(
            "meeting.order", _("没有这张单子，或它不上会（保密、被诉、移送的）"), field="order"
        )
    return found


def _put(
    step: Step, kind: str, title: str, words: str, *,
    order: Order | None = None, unit: Unit | None = None,
) -> Item:  # fmt: skip
    key = f"order:{order.pk}" if order else f"hand:{step.row.items.count() + 1}:{step.at:%H%M%S%f}"
    if step.row.items.filter(key=key).exists():
        raise Invalid("meeting.item", _("这一项已在议程里"), field="order")
    row = Item.objects.create(
        meeting=step.row, kind=kind, key=key, title=clean(title)[:120], words=clean(words),
        order=order, unit=unit, by=step.by.id,
    )  # fmt: skip
    step.data |= {"item": row.pk, "kind": kind, "key": key}
    step.unit = unit.pk if unit else None
    step.say(title=title, words=words)
    return row


def _party_of(step: Step) -> Unit:
    """The unit for which this person speaks here."""
    own = step.by.units_as(*OF_UNITS)
    return step.row.parties.filter(unit__in=own).select_related("unit").order_by("pk")[0].unit
