"""Signals and their evidence. Only `supervision.signals.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.clocked import Clock
from suqiu.orders.models import NEVER, Order
from suqiu.organisations.models import Unit
from suqiu.policy.models import Pack


class Signal(models.Model):
    """A question: `kind` is one of `rules.KINDS`, `unit` whom it is about (None: nobody's). `verdict`:
    "", founded, unfounded, explained, with the words of the one who looked."""

    kind = models.CharField(max_length=16)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    verdict = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)
    ruled_by = models.CharField(max_length=64, blank=True)
    ruled_at = models.DateTimeField(null=True)
    next_due = models.DateTimeField(default=NEVER)

    class Meta:
        indexes = [
            models.Index(fields=["next_due", "id"], condition=Q(verdict=""), name="signals_queue")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", ruled_by="", ruled_at=None)
                | Q(verdict__in=["founded", "unfounded", "explained"], ruled_at__isnull=False)
                & ~Q(ruled_by=""),
                name="signals_ruled_by_somebody",
            )
        ]

    @property
    def chain(self) -> str:
        return f"signal:{self.pk}"


class Evidence(models.Model):
    """One piece: `ref` names the row of the order that raised it ("verification:12"). The same piece
    raises a kind of signal once, however often it is looked at."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=16)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="signal_evidence")
    ref = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "order", "ref"], name="signals_piece_once")
        ]


class Obligation(Clock):
    """The centre owes a verdict by when."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="obligations")

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="signals_open_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["signal"], condition=Q(outcome="open"), name="signals_one_clock"
            )
        ]
