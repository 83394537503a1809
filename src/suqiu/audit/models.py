"""Facts and statements, their places, and who looked.

An entry is a fact: codes, ids, moments. Words stand beside it in a statement that can be erased;
the entry keeps a salted hash of them. A place is an entry's position in the one order of the house.
"""

from django.db import models

from suqiu.audit.rules import entry_hash


class Entry(models.Model):
    """One fact of one chain ("order:26110000000001"), linked to the one before it."""

    chain = models.CharField(max_length=64)
    seq = models.IntegerField()
    kind = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    unit = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    statement_hash = models.BinaryField(null=True)
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_entry_place_in_chain")
        ]


def hash_of(entry: Entry) -> bytes:
    """The hash that the entry's own facts give: written by the pen, made again by the proof."""
    return entry_hash(
        chain=entry.chain,
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        actor=entry.actor,
        unit=entry.unit,
        data=entry.data,
        statement_hash=bytes(entry.statement_hash) if entry.statement_hash else None,
        prev=bytes(entry.prev),
    )


class Statement(models.Model):
    """The words of an entry; null words and salt mean that they were erased."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    words = models.JSONField(null=True)
    salt = models.BinaryField(null=True)


class Access(models.Model):
    """One look: an order opened, an identity revealed, a list exported. Sealed, not chained."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=64)
    verb = models.CharField(max_length=32)
    subject = models.CharField(max_length=64, db_index=True)
    reason = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    hash = models.BinaryField()


class Unsealed(models.Model):
    """Written, not yet placed. kind is "E" (entry) or "A" (access)."""

    kind = models.CharField(max_length=1)
    ref = models.BigIntegerField()


class Place(models.Model):
    """A dense position: committed rows only, each exactly once."""

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=1)
    ref = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="audit_placed_once")]


class Checkpoint(models.Model):
    """The Merkle root over a range of positions, authenticated with a key outside the database."""

    upto = models.BigIntegerField(primary_key=True)
    since = models.BigIntegerField()
    root = models.BinaryField()
    mac = models.BinaryField()
    at = models.DateTimeField()


class Cursor(models.Model):
    """How far a reader above has followed; not evidence, so it may be updated."""

    reader = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)


class Stamp(models.Model):
    """When a table that seldom changes was last written, as a number; no evidence either."""

    name = models.CharField(max_length=64, primary_key=True)
    number = models.BigIntegerField()


class Beat(models.Model):
    """When a job of the worker last ended well, and how often it should; no evidence either."""

    job = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    every_seconds = models.FloatField()
