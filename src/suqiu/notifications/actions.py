"""Reading one's messages, and giving a dead letter another chance."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing, NotAllowed
from suqiu.notifications.models import CITIZEN, Attempt, Message
from suqiu.notifications.queries import inbox, same


def mark_read(message_id: int, *, by: Actor) -> None:
    """This one, and what tells this person the same. Raises Missing for a message that is not in his
    list."""
    message = inbox(by).filter(pk=message_id).first()
    if message is None:
        raise Missing("missing", _("没有这条消息，或不归您看"))
    about = {"order": message.order_id, "report": message.report_id, "thing_id": message.thing_id}
    beside = inbox(by).filter(**about, event=message.event)
    told = [row.pk for row in beside if same(row) == same(message)]
    Message.objects.filter(pk__in=told, read_at=None).update(read_at=clock.now(), read_by=by.id)


def mark_all_read(*, by: Actor) -> int:
    """All that wait in this person's list; returns how many."""
    waiting = list(inbox(by, unread=True).values_list("pk", flat=True))
    rows = Message.objects.filter(pk__in=waiting, read_at=None)
    return rows.update(read_at=clock.now(), read_by=by.id)


def report_seen(report_id: int, *, by: Actor) -> int:
    """Whoever has opened a report need not be told of it any more; returns how many messages that
    settled."""
    waiting = list(inbox(by, unread=True).filter(report=report_id).values_list("pk", flat=True))
    rows = Message.objects.filter(pk__in=waiting, read_at=None)
    return rows.update(read_at=clock.now(), read_by=by.id)


def retry(message: Message, *, by: Actor) -> None:
    """A dead letter is tried again, from the first try on."""
    if not by.roles & {"dispatcher", "sysadmin"}:
        raise NotAllowed("post", _("您的岗位不重发通知"))
    with transaction.atomic():
        now = clock.now()
        if Message.objects.filter(pk=message.pk, state="dead").update(
            state="waiting", tries=0, next_try_at=now
        ):
            journal.append(
                f"message:{message.pk}", "message.retried", by=by, data={"order": message.order_id}
            )


def receipt(id: str, delivered: bool) -> bool:
    """The gateway says what became of a message that we gave it. The first word counts, and only
    about what was sent; a text that no telephone took is a dead letter. False where there is none."""
    found = re.fullmatch(r"notice-([0-9]{1,18})", id)
    rows = Message.objects.filter(pk=int(found[1]), channel=CITIZEN) if found else None
    if rows is None or not rows.exists():
        return False
    now, open_ = clock.now(), rows.filter(state="sent", delivered_at=None)
    with transaction.atomic():
        if delivered:
            open_.update(delivered_at=now)
        elif open_.update(state="dead"):
            Attempt.objects.create(
                message=rows.get(), at=now, way="sms", ok=False, error="no telephone took it"
            )
    return True
