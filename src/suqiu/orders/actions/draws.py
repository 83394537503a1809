"""The seeds of the second-check draw: one a month, its hash published before, itself after.

The seed is random and sealed, so nobody in the house can tell beforehand who will be drawn; the hash
in the journal binds the house to it, and with the seed anyone can draw again (`suqiu draws verify`).
"""

import datetime as dt
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction

from suqiu.appellants.rules import keys, seal, unseal
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.orders.models import DrawPeriod, Verification
from suqiu.orders.rules import fingerprint_of
from suqiu.orders.states import State

BY = system("draws")


def period_of(at: dt.datetime) -> str:
    """The month of a moment, by Shanghai's calendar: "2026-09"."""
    return f"{clock.local(at):%Y-%m}"


def chain_of(period: str) -> str:
    return f"draw:{period}"


def commit(period: str, *, by: Actor, seed: str = "") -> DrawPeriod:
    """Publish the hash of this month's seed. Once: the same month again changes nothing.

    `seed`: only a simulated city brings its own, so that it can be played again; else it is random.
    """
    known = DrawPeriod.objects.filter(pk=period).first()
    if known:
        return known
    seed, ring = seed or secrets.token_hex(32), keys(settings.IDENTITY_KEYS)
    key_id = list(ring)[-1]
    try:
        with transaction.atomic():
            row = DrawPeriod.objects.create(
                period=period,
                fingerprint=fingerprint_of(seed),
                key_id=key_id,
                sealed=seal({"seed": seed}, ring[key_id]),
                committed_at=clock.now(),
            )
            journal.append(
                chain_of(period),
                "draw.committed",
                by=by,
                data={"period": period, "fingerprint": row.fingerprint},
            )
    except IntegrityError:  # another did it in the same moment
        return DrawPeriod.objects.get(pk=period)
    return row


def seed_at(at: dt.datetime) -> tuple[str, str]:
    """(period, seed) of the draws made at this moment; committed first where the job has not been."""
    row = commit(period_of(at), by=BY)
    return row.period, _open(row)


def _open(row: DrawPeriod) -> str:
    return row.seed or unseal(bytes(row.sealed), keys(settings.IDENTITY_KEYS)[row.key_id])["seed"]


def keep(*, by: Actor) -> int:
    """Publish the hashes of this month and the next; reveal the seeds that hide nothing any more."""
    now = clock.now()
    ahead = (clock.local(now).replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    before = DrawPeriod.objects.count()
    for at in (now, ahead):
        commit(period_of(at), by=by)
    done = DrawPeriod.objects.count() - before
    past = DrawPeriod.objects.filter(revealed_at=None, period__lt=period_of(now))
    for period in past.values_list("pk", flat=True):
        done += reveal(period, by=by)
    return done


def reveal(period: str, *, by: Actor) -> bool:
    """Publish the seed when the month is over and every order that it drew from has left the
    verification: one that still waits would be told by the seed whether it was drawn."""
    with transaction.atomic():
        row = DrawPeriod.objects.select_for_update().get(pk=period)
        if row.revealed_at or period >= period_of(clock.now()) or _still_hidden(period):
            return False
        row.seed, row.revealed_at = _open(row), clock.now()
        row.save(update_fields=["seed", "revealed_at"])
        journal.append(
            chain_of(period),
            "draw.revealed",
            by=by,
            data={"period": period, "seed": row.seed},
        )
    return True


def _still_hidden(period: str) -> bool:
    first = clock.local(clock.now()).replace(
        year=int(period[:4]),
        month=int(period[5:]),
        day=1,
        hour=0,
        minute=0,
        second=0,
        microsecond=0,
    )
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return Verification.objects.filter(
        stage="first",
        at__gte=first,
        at__lt=after,
        order__state__in=[State.CALLBACK, State.SECOND_CHECK],
    ).exists()
