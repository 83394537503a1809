"""The pen: the one way to write an entry. Reading is in queries, placing in jobs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from suqiu.audit.models import Access, Entry, Statement, hash_of
from suqiu.audit.rules import GENESIS, access_hash, words_hash
from suqiu.base import clock
from suqiu.base.actors import Actor


@dataclass(frozen=True)
class Fact:
    """One thing to be told of a chain; `data` holds codes, ids and moments only."""

    chain: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    unit: int | None = None
    words: dict[str, str] | None = None


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
    return append_many([Fact(chain, kind, data or {}, unit, words)], by=by)[0]


def append_many(facts: Sequence[Fact], *, by: Actor, born: bool = False) -> list[Entry]:
    """Write several facts, of one chain or of many, in the order given: a statement a table.

    `born`: their chains begin in this transaction; one that did not collides on (chain, seq).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "The journal is written with what it tells of."
        )
    ends = {} if born else _ends({fact.chain for fact in facts})
    entries, statements, at = [], [], clock.now()
    for fact in facts:
        seq, prev = ends.get(fact.chain, (0, GENESIS))
        salt = os.urandom(16) if fact.words else None
        entry = Entry(
            chain=fact.chain,
            seq=seq + 1,
            kind=fact.kind,
            at=at,
            actor=by.id,
            unit=fact.unit,
            data=fact.data,
            statement_hash=words_hash(fact.words, salt) if fact.words and salt else None,
            prev=prev,
        )
        entry.hash = hash_of(entry)
        ends[fact.chain] = (seq + 1, entry.hash)
        entries.append(entry)
        if fact.words:
            statements.append(Statement(entry=entry, words=fact.words, salt=salt))
    Entry.objects.bulk_create(entries)
    for statement in statements:
        statement.entry_id = statement.entry.pk  # known only since the line above
    Statement.objects.bulk_create(statements)
    return entries


def _ends(chains: set[str]) -> dict[str, tuple[int, bytes]]:
    """Where each chain stands: the number and the hash of its last entry."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [sorted(chains)])
        return {chain: (seq, bytes(found)) for chain, seq, found in cursor.fetchall()}


# One look into the index for each chain, however long it has grown.
_LAST = """
SELECT wanted, last.seq, last.hash
FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL (
    SELECT seq, hash FROM audit_entry WHERE chain = wanted ORDER BY seq DESC LIMIT 1
) AS last
"""


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
    row.save(force_insert=True)
    return row


def erase(entry_ids: list[int], *, by: Actor, chain: str, basis: str) -> int:
    """Remove the words and salts of these entries; the erasure is itself an entry of the chain."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_erase(%s)", [entry_ids])
        count = int(cursor.fetchone()[0])
        append(chain, "audit.erased", by=by, data={"entries": sorted(entry_ids), "basis": basis})
    return count
