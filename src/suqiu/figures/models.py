"""What was published, and the figures kept beside the orders.

Published figures are frozen as they were approved: only `figures.actions` writes them. Facts and
sums are no evidence: `figures.keeping` makes them from the orders, and may make them again.
"""

from django.db import models
from django.db.models import Q

from suqiu.orders.models import Order
from suqiu.organisations.models import Unit


class Publication(models.Model):
    """A month's figures for everybody, as a leader approved them. A later one of the same month
    stands in front of an earlier one; none is ever changed."""

    month = models.DateField()
    body = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["-month", "-id"], name="figures_published")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class FigureFact(models.Model):
    """What one order adds to the figures, by its own pack, and the places and days it adds it to.

    `counts`: {"rate" or "rate:reason": weight in millionths}; `units`: the same as each unit that led
    answers for it; `stages`: {verb that ends the stage: seconds}; `person`: who wrote its last
    disposal; `hub`: that of its district, where its people may see the order. `stale_at`: when time
    alone will have changed it (a running clock falls due).
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, primary_key=True)
    accepted_in = models.DateField(null=True)
    due_in = models.DateField(null=True)
    closed_in = models.DateField(null=True)
    accepted_hour = models.SmallIntegerField(null=True)
    region = models.CharField(max_length=16)
    street = models.CharField(max_length=20)
    line = models.CharField(max_length=16)
    category = models.CharField(max_length=16)
    source = models.CharField(max_length=32)
    channel = models.CharField(max_length=8)
    urgency = models.CharField(max_length=8)
    hub = models.CharField(max_length=20)
    person = models.CharField(max_length=64)
    pack = models.BigIntegerField()
    counts = models.JSONField()
    units = models.JSONField()
    stages = models.JSONField()
    stale_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # A district's days are read without those of the others.
            models.Index(fields=["accepted_in", "region"], name="figures_accepted"),
            models.Index(fields=["due_in", "region"], name="figures_due"),
            models.Index(fields=["closed_in", "region"], name="figures_closed"),
            models.Index(fields=["stale_at"], condition=~Q(stale_at=None), name="figures_stale"),
        ]


class FigureSum(models.Model):
    """What the orders of one span of days and of one value of one dimension add together.

    `cut` names the dimension ("": the whole city; "unit"; "place": a leaf; "region_line": the lines of a
    district; "area": a district and a line, either of them or none), `key` its value, with the larger
    place before it where it lies in one ("310104/12", `recount.KEYS`); `day` is the first of the `span`
    (`figures.spans`). `n` orders, of an area all that its codes count; `codes`: {code: [orders,
    weight]}, where a code is "rate" or "rate:reason" with its weight in millionths, in a district's
    lines "line/" before it, of a place "region/street", of an area "category/…", "source/…",
    "hour/weekday/hour" of acceptance, or "stage/verb/bin" of its duration with the seconds as weight.
    """

    basis = models.CharField(max_length=12)
    cut = models.CharField(max_length=12)
    key = models.CharField(max_length=48)
    span = models.CharField(max_length=6)
    day = models.DateField()
    pack = models.BigIntegerField()
    n = models.BigIntegerField()
    codes = models.JSONField()

    class Meta:
        constraints = [
            # The keys of one day stand beside each other: a page reads all of them, or one.
            models.UniqueConstraint(
                fields=["basis", "cut", "span", "day", "key", "pack"],
                include=["n"],
                name="figures_sum_cell",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(n=0), name="figures_sum_empty")]


class Wall(models.Model):
    """A screen on a wall that may show the city's sums without anybody being logged in: opened by a
    leader's link, until it ends or is revoked. Of the link only a keyed hash is kept."""

    name = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Exemption(models.Model):
    """An order is left out of one rate, for a unit that appealed and was granted it; what it did stays
    in the raw value. Only `figures.exempting` writes it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rate = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "unit", "rate"], name="figures_exempted_once")
        ]


class CallSlot(models.Model):
    """The calls of one half hour: `slot` 0 begins at 00:00 of the city, 47 at 23:30. `handling_s` is the
    mean of the answered calls, talk and after-work, in seconds; `quick` of them were answered within
    15 seconds, None where nobody counted that."""

    day = models.DateField()
    slot = models.SmallIntegerField()
    offered = models.IntegerField()
    answered = models.IntegerField()
    handling_s = models.FloatField()
    quick = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "slot"], name="figures_call_slot"),
            models.CheckConstraint(
                condition=Q(slot__gte=0, slot__lte=47), name="figures_call_slot_of_day"
            ),
        ]


class Trial(models.Model):
    """Orders of some days judged again under another pack: asked for by a person, counted by the
    worker, kept as it was counted. `pack` is the other pack's whole body, published or not; `found` is
    None until it is counted, `failed` the code of what stopped it."""

    pack = models.JSONField()
    since = models.DateField()
    until = models.DateField()
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    found = models.JSONField(null=True)
    failed = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(done_at=None), name="figures_trial_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.since}–{self.until}"
