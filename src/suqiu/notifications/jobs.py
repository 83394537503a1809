"""Following the journal, and delivering. Both may be killed at any moment and run again."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from suqiu.assessment import actions as scores
from suqiu.audit.models import Entry
from suqiu.audit.queries import advance_cursor
from suqiu.audit.queries import follow as entries_after
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.text import without_identities
from suqiu.intake.actions import issue_code
from suqiu.intake.queries import has_code
from suqiu.notifications import things
from suqiu.notifications.channels import CHANNELS, NoContact, way
from suqiu.notifications.models import CITIZEN, Attempt, Message
from suqiu.notifications.queries import text_of
from suqiu.notifications.rules import (
    DROP,
    OF_REPORT,
    OF_THINGS,
    WAITS,
    next_try,
    of_mark,
    of_thing,
    owed,
)
from suqiu.orders.models import Order, Seat
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.policy.queries import pack as pack_of

BY = system("notices")
READER = "notifications"
STALE = dt.timedelta(minutes=5)
# After so many failures in a row a channel is left alone until the next run: it is away.
ENOUGH = 3


def follow(batch: int = 500) -> int:
    """Write the messages that the entries since the last time owe; each batch with its position in
    one transaction. Returns how many messages were written."""
    written = 0
    while True:
        with transaction.atomic():
            entries = entries_after(READER, batch)
            if not entries:
                return written
            rows = _messages(entries)
            Message.objects.bulk_create(rows, ignore_conflicts=True)
            advance_cursor(READER, entries[-1][0])
        written += len(rows)


def _messages(entries: list[tuple[int, Entry]]) -> list[Message]:
    about = {p: int(e.chain[6:]) for p, e in entries if e.chain.startswith("order:")}
    orders = visible_to(BY).in_bulk(set(about.values()))
    leads: dict[int, list[Seat]] = {}
    for seat in Seat.objects.filter(order_id__in=orders, role="lead").order_by("-pk"):
        leads.setdefault(seat.order_id, []).append(seat)
    mailed = set(Unit.objects.exclude(email="").values_list("pk", flat=True))
    now, rows = clock.now(), []
    for position, entry in entries:
        if entry.kind in OF_REPORT:
            rows += _of_report(position, entry, mailed)
            continue
        if entry.kind == DROP:
            rows += _of_score(position, entry, mailed)
            continue
        if entry.kind in WAITS:
            rows += _of_mark(position, entry, mailed)
            continue
        if entry.kind in OF_THINGS:
            rows += _of_thing(position, entry, mailed)
            continue
        order = orders.get(about.get(position, 0))
        if order is None:
            continue
        lead = _lead_at(leads.get(order.pk, []), entry.at)
        found = owed(entry.kind, entry.data, pack_of(order.pack_id).notifications, lead, mailed)
        codes = _codes(order, entry, lead) if found else {}
        rows += [
            Message(
                entry=entry.pk,
                position=position,
                order=order,
                kind=o.kind,
                event=o.event,
                to=o.to,
                channel=o.channel,
                params=codes,
                created_at=now,
                next_try_at=now,
            )
            for o in found
        ]
    return rows


def _of_report(position: int, entry: Entry, mailed: Collection[int]) -> list[Message]:
    """The messages to one receiver of a report; the entry names him."""
    now, report = clock.now(), int(entry.chain.removeprefix("report:"))
    return [
        Message(
            entry=entry.pk, position=position, report_id=report, kind=o.kind, event=o.event,
            to=o.to, channel=o.channel, created_at=now, next_try_at=now,
        )
        for o in owed(entry.kind, entry.data, (), None, mailed)
    ]  # fmt: skip


def _of_score(position: int, entry: Entry, mailed: Collection[int]) -> list[Message]:
    """That a score fell, to one of those who answer for it."""
    now = clock.now()
    told = {k: entry.data[k] for k in ("day", "days", "then", "now")}
    return [
        Message(
            entry=entry.pk, position=position, score=entry.data["subject"], kind=o.kind,
            event=o.event, to=o.to, channel=o.channel, params=told, created_at=now,
            next_try_at=now,
        )
        for o in owed(entry.kind, entry.data, (), None, mailed)
    ]  # fmt: skip


def _of_mark(position: int, entry: Entry, mailed: Collection[int]) -> list[Message]:
    """That other work waits to be confirmed, to those who may."""
    now, told = clock.now(), {k: entry.data[k] for k in ("day", "work")}
    confirming = scores.confirming(int(entry.chain.removeprefix("entry:")))
    return [
        Message(
            entry=entry.pk, position=position, score=entry.data["subject"], kind=o.kind,
            event=o.event, to=o.to, channel=o.channel, params=told, created_at=now,
            next_try_at=now,
        )
        for o in of_mark(confirming, mailed)
    ]  # fmt: skip


def _of_thing(position: int, entry: Entry, mailed: Collection[int]) -> list[Message]:
    """What supervision owes to somebody, to the side that owes it or to whom it comes back."""
    about = things.of_chain(entry.chain)
    if about is None:
        return []
    now, (thing, pk) = clock.now(), about
    told = {k: entry.data[k] for k in things.KEPT if k in entry.data}
    person = things.person(thing, pk)
    return [
        Message(
            entry=entry.pk, position=position, thing=thing, thing_id=pk, kind=o.kind,
            event=o.event, to=o.to, channel=o.channel, params=told, created_at=now,
            next_try_at=now,
        )
        for o in of_thing(
            thing, entry.kind, entry.data, unit=entry.unit, person=person, mailed=mailed
        )
    ]  # fmt: skip


def _lead_at(seats: list[Seat], at: dt.datetime) -> int | None:
    """Who led then: the journal may be followed after the order has gone to another unit."""
    then = (s for s in seats if s.opened <= at and (s.closed is None or s.closed > at))
    return next((seat.unit_id for seat in then), None)


def _codes(order: Order, entry: Entry, lead: int | None) -> dict[str, Any]:
    """What the text is made of, as codes and moments: it says tomorrow what it said when sent."""
    codes = {k: entry.data[k] for k in ("code", "due", "door", "leg", "step") if k in entry.data}
    if order.promised_at:
        codes["promise"] = order.promised_at.isoformat()
    if unit := entry.data.get("unit") or lead:
        codes["unit"] = unit
    if entry.kind == "order.master_replied":
        codes["result"] = entry.data["result"]
    if entry.kind in {"order.reply", "order.convey_reply"}:
        done = order.disposals.filter(round=entry.data["round"], at__lte=entry.at).last()
        codes["result"] = done.result if done else ""
    return codes


def deliver(batch: int = 200) -> int:
    """Claim what is due by a conditional update, send it outside any transaction, note the try.

    A claim older than five minutes was its holder's last: it is taken over, so a message may be sent
    twice after a kill, and is marked sent once.
    """
    done, failures = 0, Counter[str]()
    for message in _turn(batch):
        if failures[message.channel] >= ENOUGH:
            continue
        # The moment of this claim, not of the batch: a slow channel would make later claims stale.
        now = clock.now()
        claimed = (
            _due()
            .filter(pk=message.pk, state=message.state, claimed_at=message.claimed_at)
            .update(state="sending", claimed_at=now, tries=F("tries") + 1)
        )
        if claimed:
            message.tries, message.claimed_at = message.tries + 1, now
            sent = _send(message)
            failures[message.channel] = 0 if sent else failures[message.channel] + 1
            done += 1
    return done


def _turn(batch: int) -> Iterator[Message]:
    """What lies in people's lists at once comes first: a slow gateway must not hold it up."""
    yield from list(_due().filter(channel="in_app").order_by("next_try_at", "pk")[:batch])
    yield from list(_due().exclude(channel="in_app").order_by("next_try_at", "pk")[:batch])


def _due() -> QuerySet[Message]:
    now = clock.now()
    return Message.objects.select_related("order__appellant", "report").filter(
        Q(state="waiting", next_try_at__lte=now) | Q(state="sending", claimed_at__lt=now - STALE)
    )


def _code_for(message: Message) -> str:
    """The query code, told with the notice of acceptance to who was not given one on the web.

    It is in the text that leaves and nowhere else. A failed try's code opens nothing any more once
    the next try has another.
    """
    if (message.event, message.channel) != ("accepted", CITIZEN):
        return ""
    if message.order is None or has_code(message.order, other_than=BY):
        return ""
    code = issue_code(message.order, sent=uuid.uuid4().hex, by=BY)
    return gettext("网上查进度的查询码：%s，请勿转告他人。") % code


def _send(message: Message) -> bool:
    """One try. False only where the channel itself is at fault."""
    error, final, by_way = "", False, way(message)
    try:
        # The house's language, whoever's run this is: the citizen did not choose the terminal's.
        with translation.override(settings.LANGUAGE_CODE):
            text = text_of(message) + _code_for(message)
        CHANNELS[by_way](message, text)
    except NoContact as nobody:
        error, final = str(nobody), True
    except Exception as fault:  # noqa: BLE001 - whatever a channel raises is a failed try
        # A gateway may quote the number it failed to reach.
        error = without_identities(f"{type(fault).__name__}: {fault}")[:200]
    wait = None if final else next_try(message.tries)
    state = "sent" if not error else "waiting" if wait else "dead"
    now = clock.now()
    with transaction.atomic():
        Attempt.objects.create(message=message, at=now, way=by_way, ok=not error, error=error)
        # Whoever was so slow that another took the claim over says no more about the state.
        Message.objects.filter(
            pk=message.pk, state="sending", claimed_at=message.claimed_at
        ).update(
            state=state,
            sent_at=now if state == "sent" else None,
            claimed_at=None,
            next_try_at=now + wait if wait else now,
        )
    return not error or final
