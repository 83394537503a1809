"""How long words and identities are kept, what is held back, and what has left."""

from django.db import models
from django.db.models import Q

from suqiu.orders.models import Order


class Schedule(models.Model):
    """One version of the periods: the validated file as data. A change is a new version."""

    code = models.CharField(max_length=64)
    version = models.IntegerField()
    effective_from = models.DateTimeField()
    body = models.JSONField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="retention_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} 第 {self.version} 版"


class Hold(models.Model):
    """Nothing of this order leaves while a hold is open: a court, an auditor, a petition needs it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="retention_one_hold"
            )
        ]


class Erasure(models.Model):
    """A part of an order that has left: identity, words or attachments."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=16)
    basis = models.CharField(max_length=80)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "part"], name="retention_once")]
