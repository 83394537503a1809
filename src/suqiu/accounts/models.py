"""People, and the posts they hold in units. What a role may do is told by orders."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from suqiu.organisations.models import Unit

ROLES: dict[str, str] = {
    "call_taker": "受理员",
    "dispatcher": "审核派单员",
    "callback_officer": "回访员",
    "inspector": "督察员",
    "assessor": "考核员",
    "leader": "领导",
    "trainer": "培训员",
    "hub": "区受理部门",
    "handler": "承办人",
    "head": "承办单位负责人",
    "external_supervisor": "督导员",
    "sysadmin": "系统管理员",
    "secadmin": "安全管理员",
    "auditadmin": "审计管理员",
    "auditor": "审计员",
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
    USERNAME_FIELD = "username"
    objects = People()

    @property
    def actor_id(self) -> str:
        return f"person:{self.pk}"

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
