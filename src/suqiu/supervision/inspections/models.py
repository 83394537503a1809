"""What an inspection is made of. Only `inspections.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.models import Order
from suqiu.organisations.models import Unit


class Inspection(models.Model):
    """One special inspection. `lines` and `regions` (codes) bound it; empty: all of them.

    `checklist` is the version it was planned with, whole. `seed` stays empty until outsiders bring it.
    """

    number = models.CharField(max_length=16, unique=True)
    theme = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    subject = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField()
    lines = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    per_stratum = models.SmallIntegerField()
    checklist = models.JSONField()
    list_hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=80, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    card = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        return f"inspection:{self.pk}"


class Member(models.Model):
    """One of the team. `side`: centre, external (supervisors), conduct (supervisors of conduct);
    `left_at`: since when he is of it no more, and sees nothing of it by it."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="team")
    actor = models.CharField(max_length=64)
    side = models.CharField(max_length=8)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "actor"], name="inspections_member_once")
        ]


class Item(models.Model):
    """One order or place on the list, or chosen on purpose. `reason` (why on purpose) is a code."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="items")
    part = models.CharField(max_length=9)
    stratum = models.CharField(max_length=32)
    key = models.CharField(max_length=32)
    line = models.CharField(max_length=4, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, blank=True)
    drawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "key"], name="inspections_item_once"),
            models.CheckConstraint(
                condition=Q(order__isnull=True, place__isnull=False)
                | Q(order__isnull=False, place__isnull=True),
                name="inspections_order_or_place",
            ),
        ]
        indexes = [models.Index(fields=["inspection", "drawn", "part"])]

    def __str__(self) -> str:
        return self.key


class Check(models.Model):
    """What one of the team found on the spot: code of the question → yes, no, cannot be told (null)."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="check_made")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    answers = models.JSONField()
    excused = models.CharField(max_length=16, blank=True)


class Survey(models.Model):
    """What the citizen, or somebody living there, says: one of the pack's levels, and its weight (ratio)."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="survey_made")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    level = models.CharField(max_length=16)
    weight = models.DecimalField(max_digits=4, decimal_places=3)


class Found(models.Model):
    """A finding of a check. `kind`: rectify (to be mended by a unit until a day), spread (good practice)."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="found")
    kind = models.CharField(max_length=8)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=2000)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    due = models.DateField(null=True)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.CharField(max_length=64, blank=True)
    mended_words = models.CharField(max_length=2000, blank=True)
