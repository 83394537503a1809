"""Opening a file, for callers above who have let the person through and name what links it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.files import rules, store
from suqiu.files.models import File

Form = Literal["copy", "thumb", "original"]


@dataclass(frozen=True)
class Opened:
    """Bytes and the headers that go with them."""

    data: bytes
    headers: dict[str, str]


def opened(file: File, form: Form, *, by: Actor, subject: str, log: bool = True) -> Opened:
    """The bytes of a linked file; each opening is logged first, a picture's thumbnail with its page.

    `form`: "copy" without place and camera, "thumb" a small one, "original" as it came. What is no
    picture has only its original. Raises Missing for a file that nothing links.
    """
    if file.linked_at is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    if log or not file.is_image:
        verb = "original" if form == "original" and file.is_image else "file"
        journal.looked(verb, subject, by=by, data={"file": file.pk})
    if form == "original" or not file.is_image:
        return Opened(store.fetch(file.sha256), rules.headers(file.name, file.mime, inline=False))
    sha256 = file.thumb_sha256 if form == "thumb" else file.copy_sha256
    name = rules.named(file.name, "image/jpeg")
    return Opened(store.fetch(sha256), rules.headers(name, "image/jpeg", inline=True))
