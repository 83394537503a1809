"""The ways out of the house. A channel is called outside any transaction and raises when it fails.

A citizen is told by `sms` or, in the demo and in development, by `file`: which of them is decided
when a message is sent, for a house may get its gateway after its first appeal.
"""

import json
import os
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from suqiu.appellants.queries import opened
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.notifications.models import CITIZEN, Message
from suqiu.notifications.queries import subject
from suqiu.notifications.rules import is_mobile
from suqiu.organisations.queries import unit

# A mail server that says nothing must not outlast the claim on the message.
PATIENCE = 30


class NoContact(Exception):
    """There is nobody to tell: trying again will not help."""


def in_app(message: Message, text: str) -> None:
    """It is delivered by being in the receiver's list."""


def email(message: Message, text: str) -> None:
    """To the unit's address. Raises NoContact where it has none."""
    address = unit(int(message.to.removeprefix("unit:"))).email
    if not address:
        raise NoContact("the unit has no e-mail address")
    mail = EmailMessage(
        subject(message),
        text,
        to=[address],
        # The same for each try, so that a message sent twice after a kill is known as one.
        headers={"Message-ID": f"<notice-{message.pk}@suqiu>"},
        connection=get_connection(timeout=PATIENCE),
    )
    mail.send()


def sms(message: Message, text: str) -> None:
    """To the citizen's mobile telephone. The number is opened here, logged, and kept nowhere."""
    if settings.SMS is None:
        raise NoContact("no channel to citizens is set up")
    appellant = message.order.appellant if message.order else None
    if message.order is None or appellant is None or not appellant.has_phone:
        raise NoContact("the citizen left no telephone")
    phone = opened(
        appellant,
        by=system("notices"),
        verb="deliver",
        subject=message.order.chain,
        reason=message.event,
    )["phone"]
    if not is_mobile(phone):
        raise NoContact("a text cannot be sent to this telephone")
    settings.SMS.send(
        phone=phone, text=text, id=receipt_name(message), time=int(clock.now().timestamp())
    )


def receipt_name(message: Message) -> str:
    """What a message is called outside; the same for each try."""
    return f"notice-{message.pk}"


def file(message: Message, text: str) -> None:
    """One JSON line into the outbox folder, the telephone masked: for the demo and development.

    Never in production: it would tell nobody, and the proof of the notice would be false.
    """
    appellant = message.order.appellant if message.order else None
    if message.order is None or appellant is None or not appellant.has_phone:
        raise NoContact("the citizen left no telephone")
    settings.OUTBOX.mkdir(parents=True, exist_ok=True)
    line = {
        "message": message.pk,
        "order": message.order.number,
        "to": appellant.masked_phone,
        "text": text,
    }
    with (settings.OUTBOX / "notices.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())


CHANNELS: dict[str, Callable[[Message, str], None]] = {
    "in_app": in_app,
    "email": email,
    "file": file,
    "sms": sms,
}


def way(message: Message) -> str:
    """The channel that leads to the message's receiver now."""
    if message.channel != CITIZEN:
        return message.channel
    texts = settings.PRODUCTION or (settings.SMS is not None and settings.MODE != "demo")
    return "sms" if texts else "file"
