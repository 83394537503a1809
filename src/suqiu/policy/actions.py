"""Putting a pack into force."""

import datetime as dt
import hashlib
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed, Refused
from suqiu.policy import models
from suqiu.policy.rules import read

SHIPPED = Path(__file__).parent / "data"
# Other readings of the same rules. Nobody but the house itself puts one of them into force.
READINGS = SHIPPED / "readings"


def readings() -> list[Path]:
    return sorted(READINGS.glob("*.yaml"))


def publish_shipped(*, by: Actor) -> int:
    """Publish the packs that come with the product; those published before stay as they are."""
    files = sorted(SHIPPED.glob("*.yaml"))
    for file in files:
        publish(file.read_text("utf-8"), by=by, name=file.name)
    return len(files)


def publish(
    text: str, *, by: Actor, name: str = "pack", not_before: dt.datetime | None = None
) -> models.Pack:
    """Validate and store a version. The same text again changes nothing; another text under the
    same version is refused, since orders are pinned to what they began with.

    It holds from the file's moment on, or from `not_before` if that is later: what a house takes
    up today must not lie behind what it has."""
    if not by.is_system and "sysadmin" not in by.roles:
        raise NotAllowed("pack.keeper", _("策略包由系统管理员发布"))
    pack = read(text, name)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    known = models.Pack.objects.filter(code=pack.id, version=pack.version).first()
    if known:
        if known.fingerprint == fingerprint:
            return known
        raise Refused(
            "pack.pinned",
            _("%(id)s 第 %(version)s 版已发布，改动须升版")
            % {"id": pack.id, "version": pack.version},
        )
    since = max(pack.effective_from, not_before or pack.effective_from)
    pack = pack.model_copy(update={"effective_from": since})
    with transaction.atomic():
        row = models.Pack.objects.create(
            code=pack.id,
            version=pack.version,
            name=pack.name,
            basis=pack.basis,
            confidence=pack.confidence,
            effective_from=pack.effective_from,
            body=pack.model_dump(mode="json"),
            fingerprint=fingerprint,
        )
        journal.append(
            f"pack:{pack.id}",
            "pack.published",
            by=by,
            data={
                "version": pack.version,
                "fingerprint": fingerprint,
                "from": since.isoformat(),
            },
        )
    return row
