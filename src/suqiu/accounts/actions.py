"""Opening and closing accounts and posts; each step is journalled on the account's chain.

System, security and audit duties are held by different people (三员分立): one who holds one of
the three is refused the others.
"""

import datetime as dt
import re
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts import grants
from suqiu.accounts.factors import leave_everywhere
from suqiu.accounts.models import ROLES, Client, Person, Posting
from suqiu.accounts.passwords import ONE_TIME, valid
from suqiu.accounts.queries import enrolled, held_roles, second_factor_roles, token_hash
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, Refused, WrongState
from suqiu.base.text import clean
from suqiu.organisations.models import Unit

DUTIES = frozenset({"sysadmin", "secadmin", "auditadmin"})
# Who may place whom: the system administrator opens accounts, the security administrator gives posts.
MAY_OPEN = frozenset({"sysadmin"})
MAY_POST = frozenset({"secadmin"})
# A leader appoints for a term; it gives no post, and can only shorten one.
MAY_LIMIT = MAY_POST | {"leader"}
_USERNAME = re.compile(r"[\w.@+-]{1,64}")


def _require(by: Actor, roles: frozenset[str]) -> None:
    if not by.is_system and not by.roles & roles:
        raise NotAllowed("accounts.duty", _("管理职责不在您身上(三员分立)"))


def open_account(
    *, username: str, name: str, password: str, by: Actor, email: str = "", one_time: bool = False
) -> Person:
    """A new account. `one_time`: another than its owner knows the password, so it must be changed.
    Raises Invalid where the login is no login or taken, or the password is weak."""
    _require(by, MAY_OPEN)
    if not _USERNAME.fullmatch(username) or not clean(name):
        raise Invalid("accounts.username", _("账号只用字母、数字和 . _ - @ +，姓名不能空着"))
    if Person.objects.filter(username=username).exists():
        raise Invalid("accounts.taken", _("账号 %(username)s 已有人用") % {"username": username})
    person = Person(username=username, name=clean(name), email=email)
    person.set_password(valid(password, person))
    person.one_time_until = clock.now() + ONE_TIME if one_time else None
    with transaction.atomic():
        person.save(force_insert=True)
        journal.append(f"account:{person.pk}", "account.opened", by=by, data={"username": username})
    return person


def give_post(
    person: Person, *, unit: Unit, role: str, by: Actor, since: dt.date | None = None
) -> Posting:
    """A post from a day on. Refused where it would join two of the three administrator's duties, and
    where it is one of the centre's in a unit that is not of it."""
    _require(by, MAY_POST)
    if role not in ROLES:
        raise Invalid("accounts.role", _("没有“%(role)s”这个岗位") % {"role": role})
    if by.id == person.actor_id:
        raise NotAllowed("accounts.self", _("不能给自己授岗"))
    if not grants.fits(role, unit.kind):
        # A line too far down in the list of units, and a squad's clerk would read the whole city.
        raise Invalid("accounts.unit", _("岗位与单位对不上"), field="unit")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if role in DUTIES and held_roles(person) & (DUTIES - {role}):
            raise Refused("accounts.duties", _("系统、安全、审计三员不能由一人兼任"))
        posting, new = Posting.objects.get_or_create(
            person=person,
            unit=unit,
            role=role,
            until=None,
            defaults={"since": since or clock.today()},
        )
        if new:
            journal.append(
                f"account:{person.pk}", "post.given", by=by, unit=unit.pk, data={"role": role}
            )
            if role in second_factor_roles() and enrolled(person) is None:
                # Who came in by password alone does not reach the new post's work with it.
                leave_everywhere(person)
    return posting


def end_post(posting: Posting, *, by: Actor) -> Posting:
    """The post's last day is yesterday: it holds no more from this moment."""
    _require(by, MAY_POST)
    with transaction.atomic():
        posting = Posting.objects.select_for_update().get(pk=posting.pk)
        if posting.until is None or posting.until >= clock.today():
            posting.until = clock.today() - dt.timedelta(days=1)
            posting.save(update_fields=["until"])
            journal.append(
                f"account:{posting.person_id}",
                "post.ended",
                by=by,
                unit=posting.unit_id,
                data={"role": posting.role},
            )
    return posting


def limit_posts(person: Person, role: str, *, until: dt.date, by: Actor) -> list[Posting]:
    """The person's posts in this role that would hold longer end on this day: never later than before.
    Returns those that still hold on some day from today on."""
    _require(by, MAY_LIMIT)
    with transaction.atomic():
        rows = Posting.objects.select_for_update().filter(
            Q(until=None) | Q(until__gte=clock.today()), person=person, role=role
        )
        for posting in rows:
            if posting.until is None or posting.until > until:
                posting.until = until
                posting.save(update_fields=["until"])
                journal.append(
                    f"account:{person.pk}", "post.limited", by=by, unit=posting.unit_id,
                    data={"role": role, "until": until.isoformat()},
                )  # fmt: skip
    return [posting for posting in rows if posting.until and posting.until >= clock.today()]


def set_active(person: Person, active: bool, *, by: Actor) -> Person:
    """Close an account, or open it again."""
    _require(by, MAY_OPEN)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.is_active != active:
            person.is_active = active
            person.save(update_fields=["is_active"])
            if not active:
                # Else a session of before would come to life with the account.
                leave_everywhere(person)
            journal.append(
                f"account:{person.pk}", "account.opened" if active else "account.closed", by=by
            )
    return person


USED_EVERY = dt.timedelta(minutes=1)
LONGEST = dt.timedelta(days=730)


def add_client(
    *,
    name: str,
    role: str,
    unit: Unit,
    scopes: Collection[str],
    by: Actor,
    source: str = "",
    expires_at: dt.datetime,
    per_minute: int | None = None,
) -> tuple[Client, str]:
    """A new machine client and its token, which is told here and never again.

    `per_minute` is how many requests it may send, None for any number. Raises Invalid for rights
    that do not go together, or that end too late.
    """
    _require(by, MAY_POST)
    given, at = frozenset(scopes), clock.now()
    if wrong := grants.wrong_grant(role, given, source):
        raise Invalid("client.grant", _("这样授权不成立：%s") % _WRONG[wrong], field=wrong)
    if not grants.fits(role, unit.kind, machine=True):
        raise Invalid("client.unit", _("岗位与单位对不上"), field="unit")
    if not clean(name) or not at < expires_at <= at + LONGEST:
        raise Invalid("client.until", _("写明名称；有效期在两年以内"), field="expires_at")
    prefix, token = grants.new_token()
    with transaction.atomic():
        client = Client.objects.create(
            name=clean(name)[:64], prefix=prefix, token_hash=token_hash(token), role=role,
            unit=unit, source=source, scopes=sorted(given), created_at=at, created_by=by.id,
            expires_at=expires_at, per_minute=per_minute or None,
        )  # fmt: skip
        facts = {
            "prefix": prefix, "role": role, "source": source, "scopes": client.scopes,
            "expires": expires_at.isoformat(), "per_minute": client.per_minute,
        }  # fmt: skip
        words = {"name": client.name}
        journal.append(
            client.actor_id, "client.added", by=by, data=facts, words=words, unit=unit.pk
        )
    return client, token


_WRONG = {
    "role": gettext_lazy("机器客户端没有这个岗位"),
    "scope": gettext_lazy("至少选一项权限"),
    "intake": gettext_lazy("交件须是受理员或审核派单员"),
    "city": gettext_lazy("承办单位不能不限来源，回访与审计须不限来源"),
    "source": gettext_lazy("选定来源，或给“不限来源”"),
}


def revoke_client(client: Client, *, by: Actor) -> Client:
    """From this moment the token opens nothing. Once is enough."""
    _require(by, MAY_POST)
    with transaction.atomic():
        client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
        if client.revoked_at is None:
            client.revoked_at = clock.now()
            client.save(update_fields=["revoked_at"])
            journal.append(client.actor_id, "client.revoked", by=by)
    return client


def rotate_client(
    client: Client, *, expires_at: dt.datetime | None = None, by: Actor
) -> tuple[Client, str]:
    """A new token for the same client, told here once; the one before opens nothing from now on.

    It ends as the one before, or at `expires_at`. Raises WrongState for a client that was revoked,
    and for one that has ended and gets no new end; Invalid for an end that is too late.
    """
    _require(by, MAY_POST)
    at = clock.now()
    if expires_at is not None and not at < expires_at <= at + LONGEST:
        raise Invalid("client.until", _("写明名称；有效期在两年以内"), field="expires_at")
    with transaction.atomic():
        client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
        client.expires_at = expires_at or client.expires_at
        if client.revoked_at is not None or client.expires_at <= at:
            raise WrongState("client.ended", _("这个客户端已停用或到期"))
        _prefix, token = grants.new_token(client.prefix)
        client.token_hash = token_hash(token)
        client.save(update_fields=["token_hash", "expires_at"])
        facts = {"expires": client.expires_at.isoformat()}
        journal.append(client.actor_id, "client.rotated", by=by, data=facts)
    return client, token


def note_use(client: Client) -> None:
    """When it was last used, to the minute: a busy client costs one write a minute."""
    at = clock.now()
    if client.used_at is None or client.used_at <= at - USED_EVERY:
        stale = Q(used_at__isnull=True) | Q(used_at__lte=at - USED_EVERY)
        Client.objects.filter(stale, pk=client.pk).update(used_at=at)
