"""Which day is worked and which is not, with its source; a day not told of is provisional."""

from django.db import models


class CalendarDay(models.Model):
    """`kind` is "work" or "rest". `name` tells a holiday or an adjusted working day (调休)."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=4, choices=[("work", "班"), ("rest", "休")])
    name = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64)
    provisional = models.BooleanField(default=False)


class Edition(models.Model):
    """One row that counts the changes, so that every process knows when its copy is old."""

    number = models.BigIntegerField(default=0)
