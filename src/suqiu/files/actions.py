"""Taking a file in, linking it, and forgetting what nothing ever linked."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.files import pictures, rules, store
from suqiu.files.models import File
from suqiu.files.rules import Limits

UNLINKED_FOR = dt.timedelta(days=1)


def receive(data: bytes, *, name: str, limits: Limits, by: Actor) -> File:
    """Keep an upload; nobody can open it until something links it. Call it before any transaction.

    Raises Invalid for what is too large, of a type not on the list, broken, or two things at once.
    """
    rules.check_size(len(data), limits)
    mime = rules.sniffed(data)
    rules.refuse_disguised(data, mime)
    picture = pictures.read(data, limits) if mime.startswith("image/") else None
    row = File(
        sha256=store.hash_of(data),
        size=len(data),
        mime=picture.mime if picture else mime,
        name=rules.named(name, picture.mime if picture else mime),
        received_at=clock.now(),
        received_by=by.id,
    )
    parts = [data]
    if picture:
        parts += [picture.copy, picture.thumb]
        row.copy_sha256, row.thumb_sha256 = map(store.hash_of, (picture.copy, picture.thumb))
        row.width, row.height = picture.width, picture.height
        row.captured_at = picture.captured_at
        row.captured_lat, row.captured_lon = picture.place or (None, None)
    # The row first: bytes that a row names are not taken away by the cleaning beside us.
    row.save(force_insert=True)
    for part in parts:
        store.keep(part)
    return row


def keep_made(data: bytes, *, name: str, mime: str, by: Actor) -> File:
    """Keep what the house made itself (a report); trusted, so not looked into. Link it afterwards,
    and call this before any transaction."""
    row = File(
        sha256=store.hash_of(data), size=len(data), mime=mime, name=name,
        received_at=clock.now(), received_by=by.id,
    )  # fmt: skip
    row.save(force_insert=True)
    store.keep(data)
    return row


def link(files: list[File], *, by: Actor) -> None:
    """Mark as linked, in the transaction of what links them."""
    File.objects.filter(pk__in=[f.pk for f in files], linked_at=None).update(linked_at=clock.now())


def forget_unlinked(*, by: Actor, batch: int = 200) -> int:
    """Remove uploads that nothing linked within a day, and their bytes where no other row has them.

    The rows go first, in one transaction that tells of it: bytes without a row are mere waste, a
    row without bytes would be lost evidence. Returns how many uploads were removed.
    """
    before = clock.now() - UNLINKED_FOR
    with transaction.atomic():
        rows = list(
            File.objects.select_for_update(skip_locked=True)
            .filter(linked_at=None, received_at__lt=before)
            .order_by("pk")[:batch]
        )
        if not rows:
            return 0
        File.objects.filter(pk__in=[row.pk for row in rows]).delete()
        journal.append(
            f"files:{rows[0].pk}", "files.forgotten", by=by,
            data={"files": [row.pk for row in rows], "sha256": [row.sha256 for row in rows]},
        )  # fmt: skip
    for sha256 in {h for row in rows for h in (row.sha256, row.copy_sha256, row.thumb_sha256) if h}:
        if not File.objects.filter(
            Q(sha256=sha256) | Q(copy_sha256=sha256) | Q(thumb_sha256=sha256)
        ).exists():
            store.drop(sha256)
    return len(rows)


def unlink(files: list[File], *, by: Actor) -> None:
    """Nothing links these any more: the cleaning removes their rows and bytes."""
    File.objects.filter(pk__in=[f.pk for f in files]).update(linked_at=None)
