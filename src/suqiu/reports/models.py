"""Reports, and the templates that they are made by. Only `reports.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.orders.clocked import Clock
from suqiu.organisations.models import Unit
from suqiu.reports.states import DRAFTED, STATES

KINDS = ("monthly", "special", "circular")


class Template(models.Model):
    """One version of what a report has to say, as it was published; none is ever changed."""

    code = models.CharField(max_length=64)
    version = models.IntegerField()
    kind = models.CharField(max_length=16)
    effective_from = models.DateTimeField()
    body = models.JSONField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="reports_template_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Report(models.Model):
    """A report on the days [start, end): `figures` as counted, `sections` as they will be read.

    `position` and `root` say how far the journal went when the figures were counted. `hands` are
    the actors who drafted or edited. `corrects` is an issued report whose figures have moved since.
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    start = models.DateField()
    end = models.DateField()
    scope = models.JSONField(default=dict)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=list(STATES.items()), default=DRAFTED)
    year = models.IntegerField(null=True)
    serial = models.IntegerField(null=True)
    number = models.CharField(max_length=64, null=True, unique=True)
    figures = models.JSONField()
    sections = models.JSONField()
    position = models.BigIntegerField(default=0)
    root = models.CharField(max_length=100, blank=True)
    hands = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=64, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="reports_one_serial")
        ]
        indexes = [models.Index(fields=["-end", "-id"], name="reports_newest")]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def chain(self) -> str:
        return f"report:{self.pk}"


class Recipient(Clock):
    """Who has to read an issued report: a person ("person:3"), or the holders of a post in a unit
    ("unit:12"). The clock runs to the day until which it is to be read; opening it ends the clock."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="recipients")
    to = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    read_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "to", "role"], name="reports_sent_once")
        ]
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="reports_unread_due"),
            models.Index(fields=["to", "report"], name="reports_sent_to"),
        ]


class Instruction(Clock):
    """What a leader wrote on an issued report (批示): a unit has to do it by a day. Reported by the
    owner, found done by another, taken note of by the leader who gave it. The clock runs to the end of
    the day and stops when it is found done."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="instructions")
    words = models.CharField(max_length=500)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    state = models.CharField(max_length=12, default="given")
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=64)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=64, blank=True)
    result = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="reports_told_due"),
            models.Index(fields=["owner", "state"], name="reports_told_owner"),
        ]


class Made(models.Model):
    """A file of an issued report; the bytes lie in `files` under their hash."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="made")
    form = models.CharField(max_length=8)
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "form"], name="reports_one_file_a_form")
        ]
