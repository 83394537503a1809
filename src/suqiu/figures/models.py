"""What was published: figures frozen as they were approved. Only `figures.actions` writes here."""

from django.db import models


class Publication(models.Model):
    """A month's figures for everybody, as a leader approved them. A later one of the same month
    stands in front of an earlier one; none is ever changed."""

    month = models.DateField()
    body = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["-month", "-id"], name="figures_published")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
