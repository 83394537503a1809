"""People, and the posts they hold in units. What a role may do is told by orders."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from suqiu.organisations.models import Unit

ROLES: dict[str, Promise] = {
    "call_taker": gettext_lazy("受理员"),
    "dispatcher": gettext_lazy("审核派单员"),
    "callback_officer": gettext_lazy("回访员"),
    "inspector": gettext_lazy("督察员"),
    "assessor": gettext_lazy("考核员"),
    "leader": gettext_lazy("领导"),
    "trainer": gettext_lazy("培训员"),
    "hub": gettext_lazy("区受理部门"),
    "handler": gettext_lazy("承办人"),
    "head": gettext_lazy("承办单位负责人"),
    "external_supervisor": gettext_lazy("督导员"),
    "sysadmin": gettext_lazy("系统管理员"),
    "secadmin": gettext_lazy("安全管理员"),
    "auditadmin": gettext_lazy("审计管理员"),
    "auditor": gettext_lazy("审计员"),
}


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """One who logs in. Passwords are Django's; a person is never deleted, only made inactive."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    # Part of what every session of this person is bound to: one more ends them all.
    session_epoch = models.IntegerField(default=0)
    # Somebody else knows the password: good until then, and changed on the way in.
    one_time_until = models.DateTimeField(null=True)
    USERNAME_FIELD = "username"
    objects = People()

    @property
    def actor_id(self) -> str:
        return f"person:{self.pk}"

    @property
    def chain(self) -> str:
        """The journal's chain about this account."""
        return f"account:{self.pk}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, bound to the epoch beside the password."""
        return salted_hmac(
            "suqiu.accounts.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def __str__(self) -> str:
        return self.name


class Posting(models.Model):
    """A role held in a unit, from a day to a day (both included; open end: null)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="postings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=32, choices=list(ROLES.items()))
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "role"],
                condition=models.Q(until__isnull=True),
                name="accounts_one_open_posting",
            )
        ]


class Absence(models.Model):
    """A leader is away from a day to a day (both included), and another leader stands in for him
    (A/B 角). One that was taken back, or ended early, has `ended_at`."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    stated_by = models.CharField(max_length=64)
    stated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since__lte=models.F("until")), name="accounts_absence_days"
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("deputy")), name="accounts_absence_other"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=models.Q(ended_at__isnull=True),
                name="accounts_absent_until",
            )
        ]


class Charge(models.Model):
    """Which leader and which section of the centre answer for a line of work (分管), from a day to a
    day (both included; open end: null). `line` is a code as units have it; empty: any without its
    own."""

    line = models.CharField(max_length=4, blank=True)
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="charges")
    section = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=models.Q(until__isnull=True),
                name="accounts_one_open_charge",
            )
        ]


class SecondFactor(models.Model):
    """A person's authenticator: its secret sealed, the last step used, and how often someone guessed.

    Without `enrolled_at` it has been shown, and no code of it has been seen yet.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="second_factor")
    key_id = models.CharField(max_length=16)
    sealed = models.BinaryField()
    enrolled_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.SmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """One code for the day the telephone is lost: hashed, and good once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recovery_codes")
    salt = models.CharField(max_length=32)
    hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class SecondFactorRule(models.Model):
    """Whether a role needs a second factor, where the house says other than the default."""

    role = models.CharField(max_length=32, primary_key=True, choices=list(ROLES.items()))
    required = models.BooleanField()


class Client(models.Model):
    """Another system that calls the API: one role in one unit, some scopes, perhaps one source.

    The token is shown once and kept as a keyed hash. `source` is a code of the catalogue, which
    stands above accounts. A client is never deleted, only revoked: the journal names it.
    """

    name = models.CharField(max_length=64)
    prefix = models.CharField(max_length=16, unique=True)
    token_hash = models.CharField(max_length=64)
    role = models.CharField(max_length=32, choices=list(ROLES.items()))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=16, blank=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    per_minute = models.PositiveIntegerField(null=True)  # requests; None: without limit

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> str:
        return f"client:{self.pk}"


class Throttle(models.Model):
    """How many tries of something somebody made in a window that ends at `until`."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.IntegerField()
    until = models.DateTimeField(db_index=True)
