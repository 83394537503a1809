"""What came in from outside, and what was answered. Only `intake.actions` writes here."""

from django.db import models

from suqiu.orders.models import Order


class Receipt(models.Model):
    """The answer to one outside request, kept in the transaction that did what was asked.

    The same (client, key) again gets this answer and does nothing: "exactly once" is this table.
    `body` is the fingerprint of what was asked, where another asking under the key must be told so.
    """

    client = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="intake_answered_once")
        ]


class ImportRun(models.Model):
    """One reading of one file. A run that was stopped has no end; the next one finishes its work."""

    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    preset = models.CharField(max_length=64)
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    by = models.CharField(max_length=64)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file


class Key(models.Model):
    """The query code of an order, as a keyed and salted hash; the code itself is kept nowhere."""

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, primary_key=True, related_name="query_key"
    )
    salt = models.CharField(max_length=32)
    hashed = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "portal_key"  # it was the public pages' first
