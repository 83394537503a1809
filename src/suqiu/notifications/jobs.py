"""Following the journal, and delivering. Both may be killed at any moment and run again."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from suqiu.audit.queries import advance_cursor
from suqiu.audit.queries import follow as entries_after
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.notifications.channels import CHANNELS, NoContact
from suqiu.notifications.models import Attempt, Message
from suqiu.notifications.queries import text_of
from suqiu.notifications.rules import next_try, owed
from suqiu.orders.models import Seat
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack as pack_of

BY = system("notices")
READER = "notifications"
STALE = dt.timedelta(minutes=5)


def follow(batch: int = 500) -> int:
    """Write the messages that the next entries owe; messages and position in one transaction."""
    with transaction.atomic():
        entries = entries_after(READER, batch)
        about = {p: int(e.chain[6:]) for p, e in entries if e.chain.startswith("order:")}
        orders = visible_to(BY).in_bulk(set(about.values()))
        leads = dict(
            Seat.objects.filter(order_id__in=orders, role="lead", closed=None).values_list(
                "order_id", "unit_id"
            )
        )
        now, rows = clock.now(), []
        for position, entry in entries:
            order = orders.get(about.get(position, 0))
            if order is None:
                continue
            notices = pack_of(order.pack_id).notifications
            rows += [
                Message(
                    entry=entry.pk,
                    position=position,
                    order=order,
                    kind=o.kind,
                    event=o.event,
                    to=o.to,
                    channel=o.channel,
                    params=_codes(entry.data),
                    created_at=now,
                    next_try_at=now,
                )
                for o in owed(entry.kind, entry.data, notices, leads.get(order.pk))
            ]
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        if entries:
            advance_cursor(READER, entries[-1][0])
    return len(rows)


def _codes(data: dict[str, object]) -> dict[str, object]:
    return {k: data[k] for k in ("unit", "code", "door", "leg", "step") if k in data}


def deliver(batch: int = 200) -> int:
    """Claim what is due by a conditional update, send it outside any transaction, note the try.

    A claim older than five minutes was its holder's last: it is taken over, so a message may be sent
    twice after a kill, and is marked sent once.
    """
    now = clock.now()
    due = Message.objects.filter(
        Q(state="waiting", next_try_at__lte=now) | Q(state="sending", claimed_at__lt=now - STALE)
    ).order_by("next_try_at", "pk")
    done = 0
    for message in due.select_related("order__appellant", "order__door")[:batch]:
        claimed = Message.objects.filter(
            pk=message.pk, state=message.state, claimed_at=message.claimed_at
        ).update(state="sending", claimed_at=now, tries=F("tries") + 1)
        if claimed:
            message.tries += 1
            _send(message)
            done += 1
    return done


def _send(message: Message) -> None:
    error, final = "", False
    try:
        CHANNELS[message.channel](message, text_of(message))
    except NoContact as nobody:
        error, final = str(nobody), True
    except Exception as fault:  # noqa: BLE001 - whatever a channel raises is a failed try
        error = f"{type(fault).__name__}: {fault}"[:200]
    wait = None if final else next_try(message.tries)
    state = "sent" if not error else "waiting" if wait else "dead"
    now = clock.now()
    with transaction.atomic():
        Attempt.objects.create(message=message, at=now, ok=not error, error=error)
        Message.objects.filter(pk=message.pk).update(
            state=state,
            sent_at=now if state == "sent" else None,
            claimed_at=None,
            next_try_at=now + wait if wait else now,
        )
