"""Versioned packs of rules. A pack in use is never changed: a change is a new version."""

from django.db import models


class Pack(models.Model):
    """One version of a pack: the validated file as data, and its fingerprint."""

    code = models.CharField(max_length=64)
    version = models.IntegerField()
    name = models.CharField(max_length=64)
    basis = models.CharField(max_length=200)
    confidence = models.CharField(max_length=32)
    effective_from = models.DateTimeField()
    body = models.JSONField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_pack_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} 第 {self.version} 版"
