"""Messages that follow from the journal, and every attempt to deliver them."""

from django.db import models
from django.db.models import Q

from suqiu.orders.models import Order
from suqiu.reports.models import Report

# The channel of what goes to a citizen: by which way is known only when it goes.
CITIZEN = "citizen"


class Message(models.Model):
    """One thing to tell one receiver by one channel. No identity, no telephone and no words in it:
    `params` are codes, and the text is made when it is sent or shown."""

    entry = models.BigIntegerField()
    position = models.BigIntegerField()
    # What it is about: an order, a report, whose score ("region:<code>", "unit:<id>"), or something of
    # supervision (rules.THINGS), by its id.
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="messages")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    score = models.CharField(max_length=24, blank=True)
    thing = models.CharField(max_length=12, blank=True)
    thing_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16)
    event = models.CharField(max_length=32)
    to = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="waiting")
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # The gateway's word that the telephone has it; most bring it later, some never.
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "event", "to", "channel"], name="notifications_once"
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False, report=None, score="", thing="", thing_id=None)
                | Q(order=None, report__isnull=False, score="", thing="", thing_id=None)
                | (Q(order=None, report=None, thing="", thing_id=None) & ~Q(score=""))
                | (Q(order=None, report=None, score="", thing_id__isnull=False) & ~Q(thing="")),
                name="notifications_one_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="notifications_due",
            ),
            models.Index(
                fields=["to", "-id"], condition=Q(channel="in_app"), name="notifications_inbox"
            ),
            # Counted on every page, and looked for by who watches: few beside what was sent.
            models.Index(
                fields=["to"],
                condition=Q(channel="in_app", read_at=None),
                name="notifications_unread",
            ),
            models.Index(fields=["id"], condition=Q(state="dead"), name="notifications_dead"),
        ]


class Attempt(models.Model):
    """One try: the proof that the citizen was told, or why not."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    way = models.CharField(max_length=16, blank=True)
    ok = models.BooleanField()
    error = models.CharField(max_length=200, blank=True)
