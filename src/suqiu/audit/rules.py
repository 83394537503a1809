"""How a fact is hashed, and how facts are folded into one root. Pure."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

GENESIS = b"\0" * 32


def canonical(value: Any) -> bytes:
    """One spelling per value, so that a hash can be made again anywhere."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def words_hash(words: dict[str, str], salt: bytes) -> bytes:
    return hashlib.sha256(salt + canonical(words)).digest()


def entry_hash(  # each field of the entry is part of what is proved
    *,
    chain: str,
    seq: int,
    kind: str,
    at: dt.datetime,
    actor: str,
    unit: int | None,
    data: dict[str, Any],
    statement_hash: bytes | None,
    prev: bytes,
) -> bytes:
    fact = [chain, seq, kind, moment(at), actor, unit, data]
    return hashlib.sha256(prev + (statement_hash or b"") + canonical(fact)).digest()


def access_hash(
    at: dt.datetime, actor: str, verb: str, subject: str, reason: str, data: Any
) -> bytes:
    return hashlib.sha256(canonical([moment(at), actor, verb, subject, reason, data])).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a binary tree; an odd leaf rises alone. Leaf and node are told apart by prefix."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves] or [GENESIS]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\1" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs
        ]
    return level[0]


def checkpoint_mac(key: str, since: int, upto: int, root: bytes, before: bytes) -> bytes:
    """Binds a checkpoint to its range and to the one before it."""
    return hmac.new(key.encode(), f"{since}:{upto}:".encode() + root + before, "sha256").digest()
