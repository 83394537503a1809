"""The columns of a picture that somebody took where he went; models above orders have them."""

from django.db import models

from suqiu.files.models import File


class Picture(models.Model):
    """One picture of what was seen on the spot. It hangs on the going there, not on the order: that is
    closed by then, and what the centre found is no part of its handling. `taken_at`: when, by the telephone;
    `away`: metres from the place that it is about."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    away = models.IntegerField(null=True)

    class Meta:
        abstract = True
