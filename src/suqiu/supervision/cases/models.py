"""A case and what hangs on it. Only `supervision.cases.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.clocked import Clock
from suqiu.orders.models import NEVER, Order
from suqiu.orders.pictured import Picture
from suqiu.organisations.models import Unit
from suqiu.policy.models import Pack

ENDED = Q(state__in=["filed", "dropped"])


class Case(models.Model):
    """`unit` is the one told to rectify, from the demand on. `hour`: when the citizen wants it looked
    at; then `inspector` is the named person who answers for what is decided there."""

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=16, default="opened")
    level = models.SmallIntegerField(default=1)
    round = models.SmallIntegerField(default=1)
    by_rule = models.BooleanField()
    reason = models.CharField(max_length=16)
    orders = models.ManyToManyField(Order, through="CaseOrder", related_name="cases")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    inspector = models.CharField(max_length=64, blank=True)
    hour = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=16, blank=True)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    next_due = models.DateTimeField(default=NEVER)

    class Meta:
        indexes = [models.Index(fields=["next_due", "id"], condition=~ENDED, name="cases_queue")]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        return f"case:{self.pk}"


class CaseOrder(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    order = models.ForeignKey(Order, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "order"], name="cases_order_once")]


class Ground(models.Model):
    """Why there is a case. `key` tells the event: the same one never opens a second."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grounds")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16)
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    words = models.TextField(blank=True)


class Visit(models.Model):
    """Somebody independent went there or spoke with the citizen: survey, visit (跟踪回访), recheck."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=8)
    round = models.SmallIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    good = models.BooleanField(null=True)
    words = models.TextField()


class Photo(Picture):
    """What was to be seen there."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")


class Finding(models.Model):
    """What was found on the spot, its cause by code, and the advice that follows."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    cause = models.CharField(max_length=16)
    words = models.TextField()
    advice = models.TextField()


class Plan(models.Model):
    """The unit's rectification plan (整改方案) of one round. `ruling`: "", approved, returned."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    words = models.TextField()
    ruling = models.CharField(max_length=16, blank=True)
    ruled_by = models.CharField(max_length=64, blank=True)
    ruled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)


class Measure(models.Model):
    """One line of a plan: what, by whom (a post), until which day."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="measures")
    words = models.CharField(max_length=200)
    owner = models.CharField(max_length=64)
    until = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=64, blank=True)
    done_words = models.TextField(blank=True)


class Report(models.Model):
    """The analysis report: `facts` generated from what was recorded, `words` completed by hand.
    Filed, it has a number of the register and the day until which it is kept."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="report")
    facts = models.TextField()
    words = models.TextField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    register_no = models.CharField(max_length=16, null=True, unique=True)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.CharField(max_length=64, blank=True)
    keep_until = models.DateField(null=True)


class Obligation(Clock):
    """What the centre (no unit) or the unit owes on a case by when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="obligations")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["due"], condition=Q(outcome="open"), name="cases_open_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code", "measure"],
                condition=Q(outcome="open"),
                nulls_distinct=False,
                name="cases_one_clock",
            )
        ]
