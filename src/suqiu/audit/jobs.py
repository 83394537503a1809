"""The seal gives entries their places; checkpoints fold the places into roots."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from suqiu.audit.models import Beat, Checkpoint, Place
from suqiu.audit.queries import leaves
from suqiu.audit.rules import GENESIS, checkpoint_mac, merkle_root
from suqiu.base import clock

_LOCK = 0x5345414C  # "SEAL"


def seal() -> int:
    """Place what was committed since the last time. Returns how many rows were placed.

    Only committed rows are seen, in the order of their ids, so a slow transaction is placed late
    but never passed over; one sealer at a time keeps the positions dense.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(%s)", [10_000])
        return int(cursor.fetchone()[0])


def checkpoint() -> int:
    """Fold all places since the last checkpoint into a new one. Returns how many it covers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK + 1])
        if not cursor.fetchone()[0]:
            return 0
        last = Checkpoint.objects.order_by("-upto").first()
        since = last.upto + 1 if last else 1
        newest = Place.objects.order_by("-position").values_list("position", flat=True).first()
        if newest is None or newest < since:
            return 0
        root = merkle_root(leaves(since, newest))
        mac = checkpoint_mac(
            settings.SEAL_KEY, since, newest, root, bytes(last.mac) if last else GENESIS
        )
        Checkpoint(upto=newest, since=since, root=root, mac=mac, at=clock.now()).save(
            force_insert=True
        )
    _tell_outside(newest, root, clock.now())
    return newest - since + 1


def beat(job: str, every_seconds: float) -> None:
    """Note that a job has just ended well; `readyz` reads it."""
    Beat.objects.update_or_create(
        job=job, defaults={"at": clock.now(), "every_seconds": every_seconds}
    )


def forget_beats_but(jobs: list[str]) -> int:
    """A job that is no longer in the schedule is not silent, it is gone."""
    return Beat.objects.exclude(job__in=jobs).delete()[0]


def _tell_outside(upto: int, root: bytes, at: dt.datetime) -> None:
    """Roots leave the database, so that a cut tail can be shown by what was kept elsewhere."""
    folder = Path(settings.DATA)
    if not folder.is_dir():
        return
    with (folder / "roots.log").open("a", encoding="ascii") as out:
        out.write(f"{upto}:{root.hex()} {at.isoformat()}\n")
