"""A visit and what hangs on it. Only `supervision.visits.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.catalogue.models import Category
from suqiu.orders.clocked import Clock
from suqiu.orders.models import Order
from suqiu.orders.pictured import Picture
from suqiu.organisations.models import Unit


class Visit(models.Model):
    """One day out. `summary`: what it came to, written when it is over."""

    number = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=120)
    day = models.DateField()
    state = models.CharField(max_length=12, default="planned")
    summary = models.TextField(blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-day", "-id"], name="visits_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        return f"visit:{self.pk}"


class Visitor(models.Model):
    """One who goes along, by his plain id."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="visitors")
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "actor"], name="visits_visitor_once")
        ]
        indexes = [models.Index(fields=["actor"], name="visits_of_actor")]


class Stop(models.Model):
    """A street to go to. `why`: "hot" (then `category` is what rose there), "unvisited" or "hand".
    `lon`, `lat` (WGS 84): the middle of the street's orders, None where none has a place; `away`:
    metres from there to where it was written down; `made_at`: when, by the telephone, whose clock was
    `clock_off` seconds ahead."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="stops")
    position = models.SmallIntegerField()
    street = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    aim = models.CharField(max_length=300, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    arrived_at = models.DateTimeField(null=True)
    logged_by = models.CharField(max_length=64, blank=True)
    seen = models.TextField(blank=True)
    away = models.IntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    clock_off = models.IntegerField(null=True)
    skipped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visits_stop_position"),
            models.UniqueConstraint(
                fields=["visit", "street"],
                condition=Q(skipped_at=None),
                name="visits_stop_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["street", "visit"],
                condition=Q(arrived_at__isnull=False),
                name="visits_last_there",
            )
        ]


class Met(models.Model):
    """Whom one met: an id of data/met.yaml, never a name."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="met")
    kind = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stop", "kind"], name="visits_met_once")]


class Photo(Picture):
    """A picture of a stop."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="photos")


class Problem(models.Model):
    """What was found at a stop and is an order since."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="problems")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="found_at")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)


class Commitment(models.Model):
    """What a unit promised at a stop. `kept`: None until another looked whether it was done."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="commitments")
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    until = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    kept = models.BooleanField(null=True)
    note = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=Q(kept=None), name="visits_open_commitments")
        ]


class Obligation(Clock):
    """The clock of a commitment: it runs to the end of the day that was promised."""

    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, related_name="obligation"
    )

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="visits_open_due")
        ]
