"""A meeting and what hangs on it. Only `supervision.meetings.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.clocked import Clock
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit


class Meeting(models.Model):
    """`kind` is an id of data/kinds.yaml. `minutes` are the words that go out to all parties."""

    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="planned")
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    minutes = models.TextField(blank=True)
    minuted_by = models.CharField(max_length=64, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=64)
    called_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    circulated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="meetings_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        return f"meeting:{self.pk}"


class Party(models.Model):
    """A unit that is called. `came`: None until the meeting is held."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="parties")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    came = models.BooleanField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "unit"], name="meetings_party_once")
        ]


class Item(models.Model):
    """One point of the agenda. `key` tells what it was proposed from, so that it comes up once;
    `unit` is the party that brings it (experience)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(
        "Decision", null=True, on_delete=models.PROTECT, related_name="carried"
    )
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="meetings_item_once")
        ]


class Saying(models.Model):
    """What one party said on one point."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="sayings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)


class Study(models.Model):
    """What a joint study of a difficult order found. `review_on`: when it is looked at again."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="study")
    causes = models.TextField()
    measures = models.TextField()
    outcome = models.CharField(max_length=12)
    review_on = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)


class Decision(models.Model):
    """What somebody has to do by a day; `owner` may be the centre. Reported by the owner, confirmed
    by another: only then is it done."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    words = models.CharField(max_length=300)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=64, blank=True)
    report = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["until"], condition=Q(confirmed_at=None), name="meetings_open_decisions"
            )
        ]


class Obligation(Clock):
    """The clock of a decision: it runs to the end of the day that was decided."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="obligation")

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="meetings_open_due")
        ]


class Proposal(models.Model):
    """What the case library is to read: an experience that was presented, or a study that teaches."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="proposal")
    title = models.CharField(max_length=120)
    why = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
