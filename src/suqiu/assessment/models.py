"""What assessment keeps. Only `assessment.actions` and `assessment.jobs` write here.

A subject is "region:<code>" or "unit:<id>": a district or a unit.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from suqiu.files.models import File
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.external.models import Invitation


class Kept(models.Model):
    """A row with a life (states.py). `hands`: who has been on it, in turn."""

    what: ClassVar[str]
    state = models.CharField(max_length=12)
    hands = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @property
    def chain(self) -> str:
        return f"{self.what}:{self.pk}"


class Scheme(Kept):
    """How is scored from a day on. `body` is `scheme.Scheme`."""

    what = "scheme"
    version = models.PositiveIntegerField(unique=True)
    body = models.JSONField()
    since = models.DateField()
    basis = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(
                fields=["-since"], condition=Q(state="published"), name="assessment_in_force"
            )
        ]


class Upstream(Kept):
    """How an upstream centre counts and scores; `body` is `shadow.upstream.Upstream`."""

    what = "upstream"
    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                condition=~Q(state="dropped"),
                name="assessment_upstream_once",
            )
        ]


class Entry(Kept):
    """Other work of a subject on a day, with its evidence; `expert`: who outside gave the mark. With an
    `invitation` to the sheet he entered it himself; without one the staff did, in his name."""

    what = "entry"
    subject = models.CharField(max_length=24)
    day = models.DateField()
    work = models.CharField(max_length=16)
    points = models.FloatField()
    words = models.TextField()
    expert = models.CharField(max_length=64, blank=True)
    invitation = models.ForeignKey(
        Invitation, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["day", "subject"], name="assessment_entry_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "subject", "work"],
                condition=~Q(state="refused"),
                name="assessment_mark_once",
            )
        ]

    @property
    def way(self) -> str:
        """How an expert's mark came (states.WAYS); empty where it is none."""
        if self.invitation_id is not None:
            return "own"
        return "proxy" if self.expert else ""


class Evidence(models.Model):
    """One file that an entry stands on, opened through it alone. `later`: it did not come with it;
    `after_freeze`: by then a sheet that the entry's day is in was frozen."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    later = models.BooleanField(default=False)
    after_freeze = models.BooleanField(default=False)


class Sheet(Kept):
    """The scores of a month or a year of assessment, [start, end). `digest`: of the scheme and rows;
    `position`: up to where the journal had been read."""

    what = "sheet"
    start = models.DateField()
    end = models.DateField()
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    rows = models.JSONField()
    digest = models.CharField(max_length=64)
    position = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["start", "end"], condition=~Q(state="dropped"), name="assessment_sheet_once"
            )
        ]


class Appeal(Kept):
    """A unit asks that an order be left out of one of its rates. `due`: of the step that waits."""

    what = "appeal"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    rate = models.CharField(max_length=32)
    words = models.TextField()
    advice = models.CharField(max_length=8, blank=True)
    advice_words = models.TextField(blank=True)
    ruling_words = models.TextField(blank=True)
    due = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "order", "rate"],
                condition=~Q(state="withdrawn"),
                name="assessment_appeal_once",
            )
        ]


class Day(models.Model):
    """The score of a subject on a day: over the scheme's window of days up to it. `fell`: a drop was
    told of on this day."""

    day = models.DateField()
    subject = models.CharField(max_length=24)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField(null=True)
    raw = models.FloatField(null=True)
    n = models.IntegerField()
    fell = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "subject"], name="assessment_day_once")
        ]


class Foreseen(models.Model):
    """What was expected on a day of the month's end by the upstream's way of counting (`upstream`: its
    id and version): {"" the score, or a measure: middle, low, high, n}. `region` "" is the whole."""

    day = models.DateField()
    upstream = models.CharField(max_length=48)
    region = models.CharField(max_length=16, blank=True)
    body = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "upstream", "region"], name="assessment_foreseen_once"
            )
        ]
