"""The actions about second factors and sessions; each is journalled on the account's chain.

A wrong code counts, and is committed, before anybody is told so: guessing has an end.
"""

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from suqiu.accounts import rules
from suqiu.accounts.models import ROLES, Person, RecoveryCode, SecondFactor, SecondFactorRule
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.crypto import keys, seal, unseal
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean

MAY_RESET = frozenset({"secadmin"})
GUESSES = 5
CLOSED = dt.timedelta(minutes=15)


def _itself(person: Person, by: Actor) -> None:
    if by.id != person.actor_id:
        raise NotAllowed("factor.own", _("只能办自己的两步验证"))


def prepare(person: Person, *, by: Actor) -> str:
    """The secret to be put into an authenticator; the same one until a code of it is given.
    Raises WrongState where a second factor is there already: only a reset makes room."""
    _itself(person, by)
    ring = keys(settings.IDENTITY_KEYS)
    key_id = list(ring)[-1]
    with transaction.atomic():
        row, _new = SecondFactor.objects.get_or_create(
            person=person,
            defaults={
                "key_id": key_id,
                "sealed": seal({"secret": rules.new_secret()}, ring[key_id]),
            },
        )
    if row.enrolled_at is not None:
        raise WrongState("factor.there", _("两步验证已经设好了"))
    return _secret(row)


def enrol(person: Person, *, code: str, by: Actor) -> list[str]:
    """The first code proves the authenticator. Returns the recovery codes: they are shown once.
    Raises Invalid for a wrong code, NotAllowed where too many were wrong."""
    _itself(person, by)
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(person=person).first()
        if row is None or row.enrolled_at is not None:
            raise WrongState("factor.there", _("两步验证已经设好了"))
        proved = _prove(row, code)
        if proved:
            row.enrolled_at = clock.now()
            row.save(update_fields=["enrolled_at"])
            codes = rules.new_recovery_codes()
            _keep(person, codes)
            journal.append(person.chain, "factor.enrolled", by=by)
    if not proved:
        raise Invalid("factor.code", _("验证码不对。看一下手机时间准不准，等下一个码再试。"))
    return codes


def _keep(person: Person, codes: list[str]) -> None:
    RecoveryCode.objects.filter(person=person).delete()
    salts = [secrets.token_hex(16) for _code in codes]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, salt=salt, hash=rules.recovery_hash(code, salt))
        for code, salt in zip(codes, salts, strict=True)
    )


def check(person: Person, *, code: str, by: Actor) -> bool:
    """Whether this is the person's code now, or an unused recovery code, which is used up by it.
    Raises NotAllowed where too many were wrong."""
    _itself(person, by)
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().get(person=person, enrolled_at__isnull=False)
        return _prove(row, code) or _recover(row, code, by)


def _prove(row: SecondFactor, code: str) -> bool:
    """Under the row's lock. A wrong code that may yet be a recovery code is counted all the same."""
    now = clock.now()
    if row.closed_until is not None and row.closed_until > now:
        raise NotAllowed("factor.closed", _("错了太多次，过 15 分钟再试。"))
    step = rules.step_of(_secret(row), code, now.timestamp(), row.last_step)
    if step is not None:
        row.last_step, row.failures, row.closed_until = step, 0, None
    else:
        row.failures += 1
        row.closed_until = now + CLOSED if row.failures % GUESSES == 0 else None
    row.save(update_fields=["last_step", "failures", "closed_until"])
    return step is not None


def _recover(row: SecondFactor, code: str, by: Actor) -> bool:
    left = list(RecoveryCode.objects.filter(person_id=row.person_id, used_at=None))
    used = next((r for r in left if rules.recovery_hash(code, r.salt) == r.hash), None)
    if used is None:
        return False
    used.used_at = clock.now()
    used.save(update_fields=["used_at"])
    row.failures, row.closed_until = 0, None
    row.save(update_fields=["failures", "closed_until"])
    journal.append(row.person.chain, "factor.recovery_used", by=by, data={"left": len(left) - 1})
    return True


def reset(person: Person, *, reason: str, by: Actor) -> None:
    """Take the second factor away: its owner sets a new one at the next login, and every session of
    the account ends. Nobody does it to himself; who lost everything asks another one."""
    if not by.is_system and not by.roles & MAY_RESET:
        raise NotAllowed("accounts.duty", _("管理职责不在您身上(三员分立)"))
    if by.id == person.actor_id:
        raise NotAllowed("factor.self", _("不能重置自己的两步验证，请另一位安全管理员办"))
    why = clean(reason)
    if not why:
        raise Invalid("factor.reason", _("写明为什么重置"))
    with transaction.atomic():
        gone, _rows = SecondFactor.objects.filter(person=person).delete()
        if not gone:
            raise WrongState("factor.none", _("这个账号没有设两步验证"))
        RecoveryCode.objects.filter(person=person).delete()
        leave_everywhere(person)
        journal.append(person.chain, "factor.reset", by=by, words={"reason": why})


def require_second_factor(role: str, required: bool, *, by: Actor) -> None:
    """Say whether a role needs a second factor, from its holders' next login on."""
    if not by.is_system and not by.roles & MAY_RESET:
        raise NotAllowed("accounts.duty", _("管理职责不在您身上(三员分立)"))
    if role not in ROLES:
        raise Invalid("accounts.role", _("没有“%(role)s”这个岗位") % {"role": role})
    with transaction.atomic():
        row, _new = SecondFactorRule.objects.select_for_update().get_or_create(
            role=role, defaults={"required": role in rules.REQUIRED}
        )
        if row.required != required:
            row.required = required
            row.save(update_fields=["required"])
            journal.append(
                "accounts", "factor.rule", by=by, data={"role": role, "required": required}
            )


def end_sessions(person: Person, *, by: Actor) -> None:
    """Log the person out everywhere."""
    if by.id != person.actor_id and not by.roles & MAY_RESET:
        raise NotAllowed("accounts.duty", _("管理职责不在您身上(三员分立)"))
    with transaction.atomic():
        leave_everywhere(person)
        journal.append(person.chain, "account.sessions_ended", by=by)


def leave_everywhere(person: Person) -> None:
    """Every session of the person ends; the caller's entry says why."""
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])


def rotate_keys(*, by: Actor) -> int:
    """Seal with the newest key all that older keys sealed. Returns how many were changed."""
    ring = keys(settings.IDENTITY_KEYS)
    newest = list(ring)[-1]
    with transaction.atomic():
        rows = list(SecondFactor.objects.select_for_update().exclude(key_id=newest))
        for row in rows:
            row.sealed, row.key_id = seal({"secret": _secret(row)}, ring[newest]), newest
            row.save(update_fields=["sealed", "key_id"])
    return len(rows)


def _secret(row: SecondFactor) -> str:
    return unseal(bytes(row.sealed), keys(settings.IDENTITY_KEYS)[row.key_id])["secret"]
