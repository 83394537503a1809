"""The looks that a closed order is still to have. Only `supervision.rechecks.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.models import Order
from suqiu.orders.pictured import Picture
from suqiu.supervision.cases.models import Case


class Recheck(models.Model):
    """One look, `days` after the close: not before `since`, and by `due`. `hour`: when the citizen wants
    it, then `inspector` is who goes. `back`: it was found back; None until somebody was there. `case`:
    the second complaint that came of it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rechecks")
    days = models.SmallIntegerField()
    since = models.DateTimeField()
    due = models.DateTimeField()
    hour = models.DateTimeField(null=True)
    inspector = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=64, blank=True)
    back = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="rechecks")

    class Meta:
        indexes = [
            models.Index(fields=["due", "id"], condition=Q(done_at=None), name="rechecks_queue")
        ]
        constraints = [models.UniqueConstraint(fields=["order", "days"], name="rechecks_once")]

    @property
    def chain(self) -> str:
        return f"recheck:{self.pk}"


class Photo(Picture):
    """What was to be seen there."""

    recheck = models.ForeignKey(Recheck, on_delete=models.PROTECT, related_name="photos")
