"""Reading one's messages, and giving a dead letter another chance."""

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing, NotAllowed
from suqiu.notifications.models import Message
from suqiu.notifications.queries import inbox


def mark_read(message_id: int, *, by: Actor) -> None:
    """Raises Missing for a message that is not in this person's list."""
    if not inbox(by).filter(pk=message_id).exists():
        raise Missing("missing", _("没有这条消息,或不归您看"))
    Message.objects.filter(pk=message_id, read_at=None).update(read_at=clock.now(), read_by=by.id)


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
