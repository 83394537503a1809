"""Reading the journal: following it, showing a chain, proving that nothing was touched."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from suqiu.audit.models import (
    Access,
    Beat,
    Checkpoint,
    Cursor,
    Entry,
    Place,
    Statement,
    Unsealed,
    hash_of,
)
from suqiu.audit.rules import (
    GENESIS,
    access_hash,
    checkpoint_mac,
    merkle_root,
    words_hash,
)
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.gather import Kind, join

_ROOT = re.compile(r"[0-9]{1,18}:[0-9a-fA-F]{64}")


@dataclass
class Report:
    """What `verify` found. `problems` name the row; `verified` counts entries that hold."""

    rows: int = 0
    verified: int = 0
    erased: int = 0
    looks: int = 0
    problems: list[str] = field(default_factory=list)


def follow(reader: str, limit: int = 500) -> list[tuple[int, Entry]]:
    """The next entries after the reader's position, oldest first, as (position, entry)."""
    at = Cursor.objects.filter(reader=reader).values_list("position", flat=True).first() or 0
    places = list(
        Place.objects.filter(position__gt=at, kind="E")
        .order_by("position")
        .values_list("position", "ref")[:limit]
    )
    entries = Entry.objects.in_bulk([ref for _, ref in places])
    return [(position, entries[ref]) for position, ref in places]


def advance_cursor(reader: str, position: int) -> None:
    """Keep the reader's position, in the transaction that did the reader's work."""
    Cursor.objects.update_or_create(reader=reader, defaults={"position": position})


def follow_each(reader: str, kinds: Collection[str], act: Callable[[Entry], int]) -> int:
    """Do `act` for each entry of these kinds after the reader's position, each once: in a transaction
    with its place. Returns the sum of what it answers."""
    done = 0
    while entries := follow(reader):
        for position, entry in entries:
            if entry.kind in kinds:
                with transaction.atomic():
                    done += act(entry)
                    advance_cursor(reader, position)
        advance_cursor(reader, entries[-1][0])
    return done


def chain(name: str) -> list[Entry]:
    """All entries of a chain, oldest first, each with its statement at hand."""
    return list(Entry.objects.filter(chain=name).select_related("statement").order_by("seq"))


# What the journal and the log of looks hold of one chain, for who gathers it with other kinds of rows.
TOP_LOOKS = 60
OF_CHAIN = {
    "entries": Kind(Entry, "t.chain = %(chain)s"),
    "statements": Kind(
        Statement, "t.entry_id IN (SELECT id FROM audit_entry WHERE chain = %(chain)s)"
    ),
    "looks": Kind(
        Access,
        # One more than is shown, to know whether there are more.
        "t.id IN (SELECT id FROM audit_access WHERE subject = %(chain)s ORDER BY id DESC LIMIT 61)",
    ),
}


def gathered_chain(found: Mapping[str, list[Any]]) -> list[Entry]:
    """As `chain`, from rows gathered by `OF_CHAIN`."""
    join(found["entries"], "statement", found["statements"])
    return sorted(found["entries"], key=lambda entry: entry.seq)


def holding(entries: list[Entry]) -> dict[int, bool]:
    """Of one whole chain, oldest first: does each entry give its own hash, with its words, and follow
    the one before? By its id. Asks the database nothing. That nothing was cut off at the end, and that
    places and checkpoints hold, only `verify` can tell."""
    held, before = {}, GENESIS
    for seq, entry in enumerate(entries, 1):
        linked = entry.seq == seq and bytes(entry.prev) == before
        held[entry.pk] = linked and hash_of(entry) == bytes(entry.hash) and _words_hold(entry)
        before = bytes(entry.hash)
    return held


def _words_hold(entry: Entry) -> bool:
    """Erased words cannot be tried; that an entry tells of the erasure is `verify`'s to say."""
    if entry.statement_hash is None:
        return True
    statement = getattr(entry, "statement", None)
    if statement is None:
        return False
    if statement.words is None and statement.salt is None:
        return True
    made = words_hash(statement.words or {}, bytes(statement.salt or b""))
    return made == bytes(entry.statement_hash)


def words_of(entry: Entry) -> dict[str, str] | None:
    """The words beside an entry; None where there are none or they were erased."""
    statement = Statement.objects.filter(pk=entry.pk).first()
    return statement.words if statement else None


def spoken(chain: str) -> list[int]:
    """Ids of the chain's entries whose words are still there."""
    rows = Statement.objects.filter(entry__chain=chain, salt__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def looks_at(subject: str) -> QuerySet[Access]:
    """Who looked at this, newest first; a busy order has thousands, so take what is shown."""
    return Access.objects.filter(subject=subject).order_by("-id")


def published(chain: str, kind: str, fingerprint: str) -> bool:
    """Does the newest entry of this kind on the chain name this fingerprint?"""
    last = Entry.objects.filter(chain=chain, kind=kind).order_by("-seq").first()
    return last is not None and last.data.get("fingerprint") == fingerprint


def head() -> str:
    """The newest checkpoint as "position:root", for print and exchange; "" before the first."""
    last = Checkpoint.objects.order_by("-upto").first()
    return f"{last.upto}:{bytes(last.root).hex()}" if last else ""


def looked_today(verb: str, subjects: Iterable[str], *, by: Actor) -> set[str]:
    """Which of these subjects the person has been shown since midnight, in this way."""
    day = dt.datetime.combine(clock.today(), dt.time(), clock.LOCAL)
    rows = Access.objects.filter(actor=by.id, verb=verb, subject__in=list(subjects), at__gte=day)
    return set(rows.values_list("subject", flat=True))


def position() -> int:
    """The newest place of the journal; 0 before the first."""
    return Place.objects.order_by("-position").values_list("position", flat=True).first() or 0


def after(position: int, chains: set[str]) -> list[Entry]:
    """Entries of these chains that have no place up to `position`, oldest first."""
    rows = Entry.objects.filter(chain__in=chains)
    placed = Place.objects.filter(kind="E", position__lte=position)
    return list(rows.exclude(pk__in=placed.values("ref")).order_by("pk"))


def lag() -> dt.timedelta:
    """How long the oldest row has waited for its place; nothing waits: zero."""
    oldest = Unsealed.objects.order_by("pk").first()
    if oldest is None:
        return dt.timedelta(0)
    rows = Entry.objects if oldest.kind == "E" else Access.objects
    written = rows.filter(pk=oldest.ref).values_list("at", flat=True).first()
    return clock.now() - written if written else dt.timedelta(0)


def silent_jobs() -> list[str] | None:
    """Jobs that have not ended well for three rounds and a minute; None if none ever ran."""
    beats = list(Beat.objects.order_by("job"))
    now = clock.now()
    return (
        [
            beat.job
            for beat in beats
            if now - beat.at > dt.timedelta(seconds=3 * beat.every_seconds + 60)
        ]
        if beats
        else None
    )


def leaves(since: int, upto: int) -> list[bytes]:
    """The hashes at these positions; a missing row leaves an empty hash, so the root differs."""
    places = list(
        Place.objects.filter(position__range=(since, upto))
        .order_by("position")
        .values_list("kind", "ref")
    )
    entries = dict(
        Entry.objects.filter(pk__in=[r for k, r in places if k == "E"]).values_list("pk", "hash")
    )
    looks = dict(
        Access.objects.filter(pk__in=[r for k, r in places if k == "A"]).values_list("pk", "hash")
    )
    return [bytes((entries if kind == "E" else looks).get(ref, b"")) for kind, ref in places]


def verify(root: str | None = None) -> Report:
    """Check every hash, link, place and root; with `root` ("position:hex") against one kept outside."""
    report = Report()
    for problem in (
        *_broken_chains(report),
        *_broken_looks(report),
        *_broken_places(),
        *_broken_checkpoints(),
    ):
        report.problems.append(problem)
    if root:
        report.problems.extend(_against(root))
    return report


def _broken_chains(report: Report) -> Iterator[str]:
    chain_name, seq, prev = "", 0, GENESIS
    told = _told_erased()
    rows = Entry.objects.select_related("statement").order_by("chain", "seq")
    for entry in rows.iterator(chunk_size=2000):
        report.rows += 1
        if entry.chain != chain_name:
            chain_name, seq, prev = entry.chain, 0, GENESIS
        name = f"{entry.chain} #{entry.seq} (entry {entry.pk}, {entry.kind})"
        if entry.seq != seq + 1:
            yield f"missing: {entry.chain} has no #{seq + 1}, the next is #{entry.seq}"
        elif bytes(entry.prev) != prev:
            yield f"changed: {name} does not follow the entry before it"
        problem = _broken_entry(entry, report, told)
        if problem:
            yield f"changed: {name}: {problem}"
        else:
            report.verified += 1
        seq, prev = entry.seq, bytes(entry.hash)


def _told_erased() -> set[int]:
    """The entries whose words the house itself erased: each erasure is an entry too."""
    erasures = Entry.objects.filter(kind="audit.erased").values_list("data", flat=True)
    return {pk for data in erasures for pk in data.get("entries", [])}


def _broken_entry(entry: Entry, report: Report, told: set[int]) -> str:
    statement_hash = bytes(entry.statement_hash) if entry.statement_hash else None
    if hash_of(entry) != bytes(entry.hash):
        return "its facts do not give its hash"
    if statement_hash is None:
        return ""
    statement = getattr(entry, "statement", None)
    if statement is None:
        return "its statement is missing"
    if statement.words is None and statement.salt is None:
        report.erased += 1
        return "" if entry.pk in told else "its words are gone, and no entry tells of it"
    if words_hash(statement.words or {}, bytes(statement.salt or b"")) != statement_hash:
        return "its words were changed"
    return ""


def _broken_looks(report: Report) -> Iterator[str]:
    for look in Access.objects.order_by("pk").iterator(chunk_size=2000):
        report.looks += 1
        if access_hash(
            look.at, look.actor, look.verb, look.subject, look.reason, look.data
        ) != bytes(look.hash):
            yield f"changed: look {look.pk} at {look.subject}"


def _broken_places() -> Iterator[str]:
    expected = 0
    placed: dict[str, set[int]] = {"E": set(), "A": set()}
    for position, kind, ref in Place.objects.order_by("position").values_list(
        "position", "kind", "ref"
    ):
        expected += 1
        if position != expected:
            yield f"missing: no row at position {expected}, the next is {position}"
            expected = position
        placed[kind].add(ref)
    waiting = {(k, r) for k, r in Unsealed.objects.values_list("kind", "ref")}
    for kind, model in (("E", Entry), ("A", Access)):
        there = set(model.objects.values_list("pk", flat=True))
        yield from (
            f"missing: {_row(kind, ref)} has a place and no row"
            for ref in sorted(placed[kind] - there)
        )
        for ref in sorted(there - placed[kind]):
            if (kind, ref) not in waiting:
                yield f"added: {_row(kind, ref)} has no place and waits for none"


def _row(kind: str, ref: int) -> str:
    return f"entry {ref}" if kind == "E" else f"look {ref}"


def _broken_checkpoints() -> Iterator[str]:
    before, expected = GENESIS, 1
    for point in Checkpoint.objects.order_by("upto"):
        root = merkle_root(leaves(point.since, point.upto))
        if point.since != expected:
            yield f"missing: no checkpoint covers position {expected}"
        if root != bytes(point.root):
            yield f"changed: positions {point.since}–{point.upto} do not give the checkpoint's root"
        mac = checkpoint_mac(settings.SEAL_KEY, point.since, point.upto, bytes(point.root), before)
        if mac != bytes(point.mac):
            yield f"forged: the checkpoint up to {point.upto} was not made with the seal's key"
        before, expected = bytes(point.mac), point.upto + 1


def _against(root: str) -> Iterator[str]:
    upto, _, wanted = root.lower().partition(":")
    if not _ROOT.fullmatch(root):
        yield f"the root {root!r} is not of the form position:hex"
        return
    point = Checkpoint.objects.filter(upto=int(upto)).first()
    if point is None:
        yield f"cut: the journal has no checkpoint at {upto}, which a root kept outside names"
    elif bytes(point.root).hex() != wanted:
        yield f"forged: the checkpoint at {upto} differs from the root kept outside"
