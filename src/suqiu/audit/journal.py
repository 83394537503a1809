"""The pen: the one way to write an entry. Reading is in queries, placing in jobs."""

import os
from typing import Any

from django.db import connection, transaction

from suqiu.audit.models import Access, Entry, Statement, Unsealed, hash_of
from suqiu.audit.rules import GENESIS, access_hash, words_hash
from suqiu.base import clock
from suqiu.base.actors import Actor


def append(
    chain: str,
    kind: str,
    *,
    by: Actor,
    data: dict[str, Any] | None = None,
    unit: int | None = None,
    words: dict[str, str] | None = None,
) -> Entry:
    """Write one fact, with the words beside it, in the caller's transaction.

    The caller holds the lock of what the chain is about (an order's row); two who forget it
    collide on (chain, seq), and one of them is rolled back whole.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "The journal is written with what it tells of."
        )
    last = Entry.objects.filter(chain=chain).order_by("-seq").values_list("seq", "hash").first()
    seq, prev = (last[0] + 1, bytes(last[1])) if last else (1, GENESIS)
    salt = os.urandom(16) if words else None
    statement_hash = words_hash(words, salt) if words and salt else None
    entry = Entry(
        chain=chain,
        seq=seq,
        kind=kind,
        at=clock.now(),
        actor=by.id,
        unit=unit,
        data=data or {},
        statement_hash=statement_hash,
        prev=prev,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    if words:
        Statement(entry=entry, words=words, salt=salt).save(force_insert=True)
    Unsealed(kind="E", ref=entry.pk).save(force_insert=True)
    return entry


def looked(
    verb: str, subject: str, *, by: Actor, reason: str = "", data: dict[str, Any] | None = None
) -> Access:
    """Note a look: "open", "reveal", "export", "search", "deliver". Never what was seen."""
    at, facts = clock.now(), data or {}
    row = Access(
        at=at,
        actor=by.id,
        verb=verb,
        subject=subject,
        reason=reason,
        data=facts,
        hash=access_hash(at, by.id, verb, subject, reason, facts),
    )
    with transaction.atomic():
        row.save(force_insert=True)
        Unsealed(kind="A", ref=row.pk).save(force_insert=True)
    return row


def erase(entry_ids: list[int], *, by: Actor, chain: str, basis: str) -> int:
    """Remove the words and salts of these entries; the erasure is itself an entry of the chain."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_erase(%s)", [entry_ids])
        count = int(cursor.fetchone()[0])
        append(chain, "audit.erased", by=by, data={"entries": sorted(entry_ids), "basis": basis})
    return count
