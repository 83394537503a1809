"""The order and what hangs on it. Only `orders.actions` writes here."""

import datetime as dt

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from suqiu.appellants.models import Appellant
from suqiu.catalogue.models import Category, Door, DutyVersion, Source
from suqiu.files.models import File
from suqiu.orders.clocked import Clock
from suqiu.organisations.models import Region, Unit
from suqiu.policy.models import Pack

# The due moment of an order on which no clock runs: it stands behind all that have one.
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)

KINDS = [_("投诉"), _("举报"), _("求助"), _("咨询"), _("建议"), _("表扬")]
URGENCIES = [_("一般"), _("较急"), _("紧急")]
OPEN = Q(ended_at__isnull=True)


class Order(models.Model):
    """An appeal and its order in one row. The id begins with the month it was drafted in (YYMM)."""

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=16, default="draft")
    round = models.SmallIntegerField(default=1)

    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    source_no = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=8, default="投诉")
    title = models.CharField(max_length=200)
    content = models.TextField()
    demand = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True)
    frequency = models.CharField(max_length=64, blank=True)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT)
    urgency = models.CharField(max_length=8, default="一般")
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT)
    street = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    # WGS 84 degrees, both or neither; told to whom the address is told.
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    appellant = models.ForeignKey(Appellant, null=True, on_delete=models.PROTECT)

    confidential = models.BooleanField(default=False)
    paraphrase = models.TextField(blank=True)
    conduct = models.BooleanField(default=False)
    repeat = models.BooleanField(default=False)
    difficult = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    urged = models.SmallIntegerField(default=0)
    returns = models.SmallIntegerField(default=0)
    returns_locked = models.BooleanField(default=False)
    transfers = models.SmallIntegerField(default=0)
    forced = models.BooleanField(default=False)
    unreasonable = models.BooleanField(default=False)
    exit = models.CharField(max_length=16, blank=True)  # "", petition, discipline
    false_report = models.BooleanField(default=False)
    held_until = models.DateField(null=True)
    second_due = models.BooleanField(null=True)
    # A question was raised about it: it is checked a second time, whatever chance says.
    signalled = models.BooleanField(default=False)
    # Its second check was for that alone, so it is no part of the random sample and of its rates.
    checked_beside = models.BooleanField(default=False)

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    # The order that leads what this one was merged into.
    master = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    door = models.ForeignKey(Door, null=True, on_delete=models.PROTECT)
    leader = models.CharField(max_length=64, blank=True)
    section = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    leader_accepted_at = models.DateTimeField(null=True)
    leader_signed_at = models.DateTimeField(null=True)

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT)
    duty_version = models.ForeignKey(DutyVersion, null=True, on_delete=models.PROTECT)

    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=64)
    registered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)
    # The nearest due moment of all running clocks: queues are read from it in order.
    next_due = models.DateTimeField(default=NEVER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_no"],
                condition=~Q(source_no=""),
                name="orders_source_once",
            ),
            models.CheckConstraint(
                # Not null is said: a check that comes to null is no refusal.
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(
                    lon__isnull=False,
                    lat__isnull=False,
                    lon__range=(-180, 180),
                    lat__range=(-90, 90),
                ),
                name="orders_place",
            ),  # fmt: skip
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="orders_by_state"),
            models.Index(fields=["appellant"], name="orders_by_appellant"),
            models.Index(fields=["category", "street", "drafted_at"], name="orders_alike"),
            models.Index(fields=["ended_at"], name="orders_by_end"),
            # Queues hold open orders only, so that their indexes stay as small as the day's work.
            models.Index(fields=["next_due", "id"], condition=OPEN, name="orders_queue"),
            models.Index(fields=["state", "next_due", "id"], condition=OPEN, name="orders_step"),
            models.Index(
                fields=["drafted_by", "next_due", "id"], condition=OPEN, name="orders_drafter"
            ),
            models.Index(fields=["leader"], condition=OPEN & Q(conduct=True), name="orders_led_by"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="orders_title_words"),
            GinIndex(fields=["address"], opclasses=["gin_trgm_ops"], name="orders_address_words"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        return f"order:{self.pk}"


class Seat(models.Model):
    """Which unit has, had or helps with the order, in which part, from when to when."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="seats")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    role = models.CharField(max_length=16)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(role="lead", closed__isnull=True),
                name="orders_one_lead",
            )
        ]
        indexes = [
            models.Index(
                fields=["unit", "due", "order"],
                condition=Q(closed__isnull=True),
                name="orders_unit_queue",
            ),
            models.Index(
                fields=["unit", "order"], condition=Q(role="accused"), name="orders_accused"
            ),
        ]


class Hand(models.Model):
    """A person who handled the order: such a one never verifies it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="hands")
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "actor"], name="orders_hand_once")]


class Obligation(Clock):
    """What a seat of an order owes by when."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="obligations")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="orders_open_due"),
            models.Index(fields=["order", "code"], name="orders_obligation_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "seat", "code"],
                condition=Q(outcome="open"),
                name="orders_one_clock",
            )
        ]


class DrawPeriod(models.Model):
    """The secret of one month's draws ("2026-09"): its hash is published before, the seed after.

    `sealed` opens with the key `key_id` of the ring that seals identities; `seed` stays empty until
    it is revealed.
    """

    period = models.CharField(max_length=7, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    sealed = models.BinaryField()
    committed_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)
    seed = models.CharField(max_length=64, blank=True)


class Request(models.Model):
    """Something asked beside the state: return, extension, hold, withdraw, co, force, unreasonable,
    out_of_remit. It never blocks the work. `unit` is the one asked for (co)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="requests")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    reason_code = models.CharField(max_length=32)
    reason = models.TextField()
    evidence = models.TextField(blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    days = models.SmallIntegerField(null=True)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    ruled_by = models.CharField(max_length=64, blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=16, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(ruled_at__isnull=True),
                name="orders_one_waiting",
            )
        ]


class Assist(models.Model):
    """What a co-handling unit was asked to do, and its answer to the lead."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="assists")
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT)
    task = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)


class Transmission(models.Model):
    """One of the two transmissions (二传): by system to the unit, by telephone to the officer on duty."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="transmissions")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    leg = models.CharField(max_length=8)
    to = models.CharField(max_length=64)
    step = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    ack_due = models.DateTimeField()
    acked_at = models.DateTimeField(null=True)
    acked_by = models.CharField(max_length=64, blank=True)


class Contact(models.Model):
    """One attempt to reach the citizen: by the unit, or by the centre where he is secret."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="contacts")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    way = models.CharField(max_length=16)
    reached = models.BooleanField()
    reason = models.CharField(max_length=100, blank=True)


class Disposal(models.Model):
    """What the unit says it did, in one round; passed by the unit's own reviewer."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disposals")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    round = models.SmallIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    result = models.CharField(max_length=16)
    fact = models.CharField(max_length=16)
    words = models.TextField()
    basis = models.CharField(max_length=200, blank=True)
    on_site_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    passed_by = models.CharField(max_length=64, blank=True)
    sent_back_at = models.DateTimeField(null=True)
    # Of a confidential order: what the unit wants said; the centre says it.
    reply_words = models.TextField(blank=True)
    reply_drafted_by = models.CharField(max_length=64, blank=True)
    reply_drafted_at = models.DateTimeField(null=True)


class Plan(models.Model):
    """What the unit of a conduct order means to do, before it does it; signed by the principal
    leader, or sent back. `case`: the number of the supervision case whose plan this is, if any."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="plans")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    round = models.SmallIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    words = models.TextField()
    case = models.CharField(max_length=24, blank=True)
    signed_at = models.DateTimeField(null=True)
    sent_back_at = models.DateTimeField(null=True)


class Signature(models.Model):
    """Accept, plan or close. `leader`: in whose name; `by` another than he: his deputy (代签)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="signatures")
    kind = models.CharField(max_length=8)
    round = models.SmallIntegerField()
    leader = models.CharField(max_length=64)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "-at"], name="orders_signed_by")]


class Feedback(models.Model):
    """What the citizen was told in one round, and what he said to it: by the unit, or by the centre
    (the seat says which) where the unit may not know who he is."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="feedbacks")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT)
    round = models.SmallIntegerField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    reached = models.BooleanField()
    words = models.TextField()
    citizen_said = models.CharField(max_length=16, blank=True)


class Verification(models.Model):
    """What an independent person found: was the claimed disposal done, was the feedback given."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="verifications")
    round = models.SmallIntegerField()
    stage = models.CharField(max_length=8)
    by = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    at = models.DateTimeField()
    reached = models.BooleanField()
    solved = models.BooleanField(null=True)
    satisfaction = models.CharField(max_length=8, blank=True)
    disposal_true = models.BooleanField(null=True)
    feedback_true = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "round", "stage"], name="orders_verified_once")
        ]


class Attachment(models.Model):
    """A file of an order. `kind`: appeal (the citizen's), before, after, evidence.

    `public`: the citizen may see its copy once the centre has reviewed the disposal. `released`: on
    a secret order, the unit may see what the citizen handed in. `taken_*`: what the phone that took it
    said, moment and place; `clock_off`: by how many seconds its clock was ahead of the house's.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)
    round = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    public = models.BooleanField(default=False)
    released = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)
    taken_lon = models.FloatField(null=True)
    taken_lat = models.FloatField(null=True)
    clock_off = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "file"], name="orders_attached_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["appeal", "before", "after", "evidence"]),
                name="orders_attachment_kind",
            ),
        ]
