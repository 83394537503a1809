"""The ways out of the house. A channel is called outside any transaction and raises when it fails."""

import json
import os
from collections.abc import Callable

from django.conf import settings
from django.core.mail import send_mail

from suqiu.notifications.models import Message
from suqiu.organisations.queries import unit


class NoContact(Exception):
    """There is nobody to tell: trying again will not help."""


def in_app(message: Message, text: str) -> None:
    """It is delivered by being in the receiver's list."""


def email(message: Message, text: str) -> None:
    """To the unit's address. Raises NoContact where it has none."""
    address = unit(int(message.to.removeprefix("unit:"))).email
    if not address:
        raise NoContact("the unit has no e-mail address")
    send_mail(message.order.number, text, None, [address])


def file(message: Message, text: str) -> None:
    """One JSON line into the outbox folder, the telephone masked: for the demo and development."""
    appellant = message.order.appellant
    if appellant is None or not appellant.has_phone:
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
}
