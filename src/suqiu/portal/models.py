"""What the public pages need: how often somebody knocked."""

from django.db import models


class Knock(models.Model):
    """One try of something that is throttled; `who` is a keyed hash of a telephone, a network or a
    number, never the thing itself."""

    what = models.CharField(max_length=8)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["what", "who", "at"], name="portal_knocks")]
