"""What is kept of supervisors from outside. Only `supervision.external.actions` writes here."""

from django.db import models
from django.db.models import Q

from suqiu.accounts.models import Person
from suqiu.files.models import File
from suqiu.orders.clocked import Clock
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.models import Case
from suqiu.supervision.inspections.models import Inspection


class Term(models.Model):
    """A term of office, both days included. `person`: the account, None for one who does not log in;
    `unit`: where he himself works, if that is a unit of the house; `ended_on`: his last day where the
    centre ended it early; `closed_at`: when the journal was told that it was over."""

    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    appointed_at = models.DateTimeField()
    appointed_by = models.CharField(max_length=64)
    ended_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=Q(closed_at=None), name="external_open_terms")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        return f"term:{self.pk}"

    @property
    def actor_id(self) -> str:
        """Whose deed a confirmation is: the account's, or that of one without any."""
        return self.person.actor_id if self.person else f"term:{self.pk}"


class Invitation(models.Model):
    """He may see this one thing. `key` is its number; a sheet of assessment, which stands above this
    package, is known by its key alone."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=24)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey(
        Inspection, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    seen_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "kind", "key"],
                condition=Q(withdrawn_at=None),
                name="external_invited_once",
            )
        ]
        indexes = [models.Index(fields=["kind", "key"], name="external_invited_to")]


class Dossier(models.Model):
    """One printing for one who does not log in. The code on it is kept as a keyed hash: with it the
    paper that comes back is told from any other."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="dossiers")
    code_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)


class Opinion(models.Model):
    """What a supervisor says. `way`: own (he wrote it himself), paper, voice, proxy; `unit` owes the
    answer, None: the centre; `round` is 2 once he has sent an answer back."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="opinions")
    state = models.CharField(max_length=12)
    way = models.CharField(max_length=8)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    file = models.ForeignKey(File, null=True, on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField(default=1)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "unit"], name="external_opinion_state")]

    @property
    def chain(self) -> str:
        return f"opinion:{self.pk}"


class Answer(models.Model):
    """What the owing side answered in one round, and whether it satisfied him (None: not said yet)."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="answers")
    round = models.SmallIntegerField()
    words = models.TextField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    satisfied = models.BooleanField(null=True)
    judged_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opinion", "round"], name="external_answered_once")
        ]


class Link(models.Model):
    """A one-time link to one opinion: to say whether it is his, or whether its answer satisfies him."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Obligation(Clock):
    """The answer that is owed by when: by a unit, or by the centre (no unit)."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="obligations")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=Q(outcome="open"), name="external_open_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion"], condition=Q(outcome="open"), name="external_one_clock"
            )
        ]
