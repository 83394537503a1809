"""Screens on walls: a link that a leader makes opens the city's sums, and nothing else.

Who holds the link reads what hangs there: sums of the whole city, under thirty orders no rate, no
order, no person, no address. It is taken back at any moment.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.figures.models import Wall

LONGEST = 366  # days
_LENGTH = 43  # of a token
_USED_EACH = dt.timedelta(minutes=1)  # a row's update is not worth each look


def _hash(token: str) -> str:
    """Keyed, so that a copy of the table opens nothing."""
    digest: str = salted_hmac("suqiu.figures.wall", token, algorithm="sha256").hexdigest()
    return digest


def _require(by: Actor) -> None:
    if "leader" not in by.roles:
        raise NotAllowed("post", _("大屏链接由领导开、由领导停"))


def open_wall(*, name: str, days: int, by: Actor) -> tuple[Wall, str]:
    """A new screen and its token, which is told here and never again. Raises Invalid for one without
    a name, or that would hang longer than a year."""
    _require(by)
    if not clean(name):
        raise Invalid("wall.name", _("写明这块屏挂在哪里"), field="name")
    if not 1 <= days <= LONGEST:
        raise Invalid("wall.days", _("最短一天，最长一年"), field="days")
    token, at = secrets.token_urlsafe(32), clock.now()
    until = at + dt.timedelta(days=days)
    with transaction.atomic():
        row = Wall.objects.create(
            name=clean(name)[:64],
            token_hash=_hash(token),
            created_at=at,
            created_by=by.id,
            expires_at=until,
        )
        journal.append(f"wall:{row.pk}", "wall.opened", by=by, data={"until": until.isoformat()})
    return row, token


def revoke_wall(pk: int, *, by: Actor) -> Wall | None:
    """From this moment the link opens nothing. Once is enough; None where there is no such screen."""
    _require(by)
    with transaction.atomic():
        row = Wall.objects.select_for_update().filter(pk=pk).first()
        if row is not None and row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            journal.append(f"wall:{row.pk}", "wall.revoked", by=by)
    return row


def wall_of(token: str) -> Wall | None:
    """The screen that this token opens; None for anything else: unknown, revoked, ended."""
    if len(token) != _LENGTH:
        return None
    now = clock.now()
    return Wall.objects.filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=now).first()


def note_use(row: Wall) -> None:
    now = clock.now()
    if row.used_at is None or now - row.used_at >= _USED_EACH:
        Wall.objects.filter(pk=row.pk).update(used_at=now)


def walls() -> list[Wall]:
    """Every screen there was, the newest first."""
    return list(Wall.objects.order_by("-pk"))
