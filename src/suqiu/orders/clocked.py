"""The columns of whatever runs by a clock; models of orders and of what stands above them have them."""

from django.db import models


class Clock(models.Model):
    """A running clock, whatever it is about: its limit, its due moments, and how it ended.
    `outcome`: open, met, late, moved, cancelled. Why it is shared: docs/adr/0010."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=32)
    round = models.SmallIntegerField()
    limit_n = models.DecimalField(max_digits=8, decimal_places=2)
    limit_unit = models.CharField(max_length=16)
    started = models.DateTimeField()
    due_original = models.DateTimeField()
    due = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    # What moved the due moment since the start, in its order: counting anew repeats all of it.
    moves = models.JSONField(default=list)
    paused_since = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, default="open")
    late = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)
    red_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
