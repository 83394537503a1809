"""Which day is worked and which is not, with its source."""

from django.db import models


class CalendarDay(models.Model):
    """`name` is the holiday it is, or is worked in place of (调休).

    A provisional row was entered ahead of the notice; an import replaces it.
    """

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=4, choices=[("work", "班"), ("rest", "休")])
    name = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64)
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["work", "rest"]), name="calendars_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind} {self.name}".strip()


class Edition(models.Model):
    """One row: the lock of all who write the calendar."""
