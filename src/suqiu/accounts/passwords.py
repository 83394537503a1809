"""The actions about passwords, and about a door that shut after too many wrong ones.

Whoever gives another a password knows it: such a one is good for some days, opens nothing but the
page where its owner chooses his own, and ends every session the account had. The system
administrator resets passwords and the security administrator second factors, so that neither comes
alone into an account that has both. The accounts that hold the system administrator in check he does
not reset: that takes somebody at the machine (`suqiu admin reset`).
"""

import datetime as dt
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset as forget_attempts
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import LockNotAvailable

from suqiu.accounts import rules
from suqiu.accounts.factors import leave_everywhere
from suqiu.accounts.models import Person, SecondFactor
from suqiu.accounts.queries import held_roles
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean

# Over a long weekend, and no longer: nobody has chosen it, and another knows it.
ONE_TIME = dt.timedelta(days=4)
MAY_RESET = frozenset({"sysadmin"})
GUARDED = frozenset({"secadmin", "auditadmin", "auditor"})
_WEAK = {
    "password_too_short": gettext_lazy("密码太短，至少 %(min_length)s 个字符"),
    "password_too_common": gettext_lazy("这个密码太常见"),
    "password_entirely_numeric": gettext_lazy("密码不能全是数字"),
    "password_too_similar": gettext_lazy("密码和账号、姓名或邮箱太像"),
}


PATIENCE_MS = 2000
LONGEST = 256  # of a login, and of a password: what is longer is neither


def proved(request: Any, *, username: str, password: str) -> Person | None:
    """The person whose password this is. Tries for one login are looked at one after the other, so
    that no number of them at once outruns the lock; one that waits longer than a double click asks
    is refused unseen with NotAllowed."""
    if "\0" in username + password or max(len(username), len(password)) > LONGEST - 2:
        return None
    with transaction.atomic():
        _wait_for_turn(f"login:{username.casefold()}")
        found = authenticate(request, username=username, password=password)
    return found if isinstance(found, Person) else None


def _wait_for_turn(key: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise NotAllowed("login.busy", _("这个账号正在登录，请再试一次")) from error


def valid(password: str, person: Person) -> str:
    """The same password. Raises Invalid where the house's validators find it weak for this person."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        said = [_weakness(one) for one in error.error_list]
        raise Invalid("accounts.password", _("；").join(said)) from error
    return password


def _weakness(error: ValidationError) -> str:
    """In our words: Django's Chinese ones have holes."""
    known = _WEAK.get(str(error.code))
    return str(known) % (error.params or {}) if known else " ".join(error.messages)


def choose(person: Person, *, new: str, by: Actor) -> None:
    """One's own password from now on; every other session of the account ends.

    The surface has asked for the old one. Raises Invalid for a weak one and for the one he had.
    """
    if by.id != person.actor_id:
        raise NotAllowed("password.own", _("只能改自己的密码"))
    valid(new, person)
    if person.check_password(new):
        raise Invalid("password.same", _("新密码和原来的一样，另想一个"))
    with transaction.atomic():
        _set(person, new, None)
        journal.append(person.chain, "password.changed", by=by)


def reset(person: Person, *, reason: str, by: Actor) -> str:
    """A password for another, told here and never again; he changes it on his way in.

    Raises NotAllowed for oneself and for those who hold the system administrator in check.
    """
    _may(person, by)
    why = clean(reason)
    if not why:
        raise Invalid("password.reason", _("写明为什么重置"))
    if not person.is_active:
        raise WrongState("password.closed", _("账号已停用，先恢复再重置密码"))
    password = rules.new_password()
    with transaction.atomic():
        _set(person, password, clock.now() + ONE_TIME)
        _open_door(person)
        journal.append(person.chain, "password.reset", by=by, words={"reason": why})
    return password


def unlock(person: Person, *, by: Actor) -> None:
    """Forget the wrong passwords and wrong codes that shut the door. Raises WrongState if none did."""
    _may(person, by)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if not _open_door(person):
            raise WrongState("accounts.unlocked", _("这个账号没有锁着"))
        journal.append(person.chain, "account.unlocked", by=by)


def is_locked(person: Person) -> bool:
    """Whether too many wrong tries keep somebody out, by password on some machine or by code."""
    since = Now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = (
        AccessAttempt.objects.filter(username=person.username, attempt_time__gte=since)
        .values("ip_address")
        .annotate(n=Sum("failures_since_start"))
        .filter(n__gte=settings.AXES_FAILURE_LIMIT)
    )
    shut = SecondFactor.objects.filter(person=person, closed_until__gt=clock.now())
    return tried.exists() or shut.exists()


def is_stale(person: Person) -> bool:
    """Whether the password was given by another, and its days are over."""
    return person.one_time_until is not None and person.one_time_until <= clock.now()


def may_reset(by: Actor, person: Person) -> bool:
    """Whether this one may give the person a new password, and open his door."""
    if by.is_system:
        return True
    mine = by.id == person.actor_id
    return bool(by.roles & MAY_RESET) and not mine and not held_roles(person) & GUARDED


def _may(person: Person, by: Actor) -> None:
    if may_reset(by, person):
        return
    if not by.roles & MAY_RESET:
        raise NotAllowed("accounts.duty", _("管理职责不在您身上(三员分立)"))
    if by.id == person.actor_id:
        raise NotAllowed("password.self", _("不能重置自己的密码；记得的话在“我的账号”里改"))
    raise NotAllowed(
        "password.guarded",
        _("安全、审计人员制约系统管理员，他们的密码只能在服务器上用 suqiu admin reset 重置"),
    )


def _set(person: Person, password: str, until: dt.datetime | None) -> None:
    Person.objects.select_for_update().get(pk=person.pk)
    person.set_password(password)
    person.one_time_until = until
    person.save(update_fields=["password", "one_time_until"])
    leave_everywhere(person)


def _open_door(person: Person) -> bool:
    """Whether anything kept it shut."""
    was = is_locked(person)
    forget_attempts(username=person.username)
    SecondFactor.objects.filter(person=person).update(failures=0, closed_until=None)
    return was
