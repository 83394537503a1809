"""Attempts to ask the citizen, what he answered, and the advice that follows for the unit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.orders.models import Order
from suqiu.organisations.models import Unit

# Kept as they are said; figures.weights.LEVELS says them in the reader's language.
LEVELS = ["满意", "基本满意", "一般", "不满意"]


class Attempt(models.Model):
    """One call. `stage` is first or second; `outcome`: reached, unreachable, refused."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    round = models.SmallIntegerField()
    stage = models.CharField(max_length=8)
    by = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "round", "stage"],
                condition=~Q(outcome="unreachable"),
                name="callbacks_spoken_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["reached", "unreachable", "refused"]),
                name="callbacks_outcome_known",
            ),
        ]


class Answer(models.Model):
    """What the citizen said. No field has a default answer: what was not asked is empty."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, primary_key=True)
    solved = models.CharField(max_length=8)
    efficiency = models.CharField(max_length=8, blank=True)
    attitude = models.CharField(max_length=8, blank=True)
    result = models.CharField(max_length=8, blank=True)
    satisfaction = models.CharField(max_length=8, blank=True)
    disposal_true = models.BooleanField(null=True)
    feedback_true = models.BooleanField(null=True)
    wants = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(solved__in=["yes", "no", "unknown"]), name="callbacks_solved_said"
            )
        ]


class OwnAnswer(models.Model):
    """What the citizen himself said of one round, on the web. It is his word: no verification, no
    part of any rate, and nobody else can write or change it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="own_answers")
    round = models.SmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    solved = models.CharField(
        max_length=8,
        choices=[("yes", _("解决了")), ("partly", _("解决了一部分")), ("no", _("没有解决"))],
    )
    efficiency = models.CharField(max_length=8, blank=True)
    attitude = models.CharField(max_length=8, blank=True)
    result = models.CharField(max_length=8, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="callbacks_own_once"),
            models.CheckConstraint(
                condition=Q(solved__in=["yes", "partly", "no"]), name="callbacks_own_said"
            ),
        ]


class Advice(models.Model):
    """Advice to the unit; it is answered by the unit."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, primary_key=True)
    words = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)
