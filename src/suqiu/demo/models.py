"""The mark by which a demo database is known; the demo refuses any other that holds something."""

from django.db import models


class Mark(models.Model):
    """When the simulated month ended, and what the machine's clock said then: the site runs on from it."""

    seed = models.IntegerField()
    simulated_end = models.DateTimeField(null=True)
    real_end = models.DateTimeField(null=True)
    summary = models.JSONField(default=dict)
