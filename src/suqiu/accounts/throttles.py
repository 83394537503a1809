"""How often somebody may do something: counted in the database, so that all processes count together.

One statement reads and counts, so that of tries at the same moment none is lost and none fails. The
window is fixed: it begins with the first try and ends by the clock. The table is unlogged: after a
crash all begin anew, which costs less than a disk write for each try.
"""

import datetime as dt
import hmac
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from suqiu.accounts.models import Throttle
from suqiu.base import clock

_COUNT = """
INSERT INTO accounts_throttle (key, tries, until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET
  tries = CASE WHEN accounts_throttle.until <= %(now)s THEN 1
          ELSE LEAST(accounts_throttle.tries + 1, %(most)s + 1) END,
  until = CASE WHEN accounts_throttle.until <= %(now)s THEN EXCLUDED.until
          ELSE accounts_throttle.until END
RETURNING tries, until
"""


@dataclass(frozen=True)
class Tries:
    """How a throttle stands after a look or a try. `resets_in` is whole seconds, one at least."""

    most: int
    made: int
    window: int
    resets_in: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.made)

    @property
    def too_many(self) -> bool:
        return self.made > self.most


def key_of(what: str, who: str) -> str:
    """A keyed hash: networks and prefixes do not stand in the table."""
    told = f"throttle:{what}:{who}".encode()
    return hmac.new(settings.SEARCH_KEY.encode(), told, "sha256").hexdigest()


def count(what: str, who: str, *, most: int, seconds: int) -> Tries:
    """Count one try and tell how it stands; the try number `most` + 1 of a window is too many.

    To be called outside a transaction: a refusal must not undo the count, nor one row hold others.
    """
    now = clock.now()
    given: dict[str, Any] = {
        "key": key_of(what, who),
        "most": most,
        "now": now,
        "until": now + dt.timedelta(seconds=seconds),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        made, until = cursor.fetchone()
    return Tries(most, made, seconds, _left(until, now))


def look(what: str, who: str, *, most: int, seconds: int) -> Tries:
    """How it stands, without counting."""
    now = clock.now()
    row = Throttle.objects.filter(key=key_of(what, who), until__gt=now).first()
    if row is None:
        return Tries(most, 0, seconds, seconds)
    return Tries(most, row.tries, seconds, _left(row.until, now))


def standing(what: str, who: str) -> Coalesce:
    """The tries so far in a running window, for a query that asks for something else as well."""
    rows = Throttle.objects.filter(key=key_of(what, who), until__gt=clock.now())
    return Coalesce(Subquery(rows.values("tries")[:1]), 0)


def forget() -> int:
    """Clear what has ended; the worker's schedule calls it."""
    done, _each = Throttle.objects.filter(until__lte=clock.now()).delete()
    return done


def _left(until: dt.datetime, now: dt.datetime) -> int:
    return max(1, math.ceil((until - now).total_seconds()))
