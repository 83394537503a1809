"""What `suqiu doctor` looks at. Each look is short and answers one line."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from suqiu.base import clock

# The seal runs five times a second: a minute behind means that no worker runs, or one is stuck.
_LAG = dt.timedelta(minutes=1)
# A night that failed and the night after.
_OLDEST_BACKUP = dt.timedelta(hours=50)
# The State Council names the next year's holidays in November.
_AHEAD = dt.timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One thing and how it stands."""

    what: str
    well: bool
    said: str
    warns: bool = False  # worth a look, and no reason to call the house unwell


def _database(url: str) -> Line:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_encoding')"
        )
        version, encoding = cursor.fetchone()
    where = url.rpartition("@")[2]
    return Line("database", encoding == "UTF8", f"PostgreSQL {version}, {encoding}, {where}")


def _role(_: str) -> Line:
    from suqiu.audit import rights

    wall = rights.wall()
    said = {
        "login": "the application can only add to the journal",
        "assumed": "the application can only add to the journal, but it logs in as the owner: "
        "a login of its own is stronger (DATABASE_OWNER_URL)",
        "none": "the application owns its tables: give it a role of its own (DATABASE_OWNER_URL)",
    }[wall]
    return Line("role", wall != "none" or not settings.PRODUCTION, said)


def _migrations(_: str) -> Line:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    said = f"{len(plan)} to apply: suqiu migrate" if plan else "all applied"
    return Line("migrations", not plan, said)


def _icons(_: str) -> Line:
    found = finders.find("vendor/icons.svg") is not None
    return Line("icons", found, "there" if found else "missing: suqiu assets")


def _keys(_: str) -> Line:
    names = ("SECRET_KEY", "SEARCH_KEY", "SEAL_KEY")
    weak = [name for name in names if getattr(settings, name).startswith("development-only")]
    said = f"{', '.join(weak)} for development only" if weak else "set"
    return Line("keys", not (weak and settings.PRODUCTION), said)


def _texts(_: str) -> Line:
    if settings.SMS is not None:
        return Line(
            "citizens are told", True, f"by text message, {urlsplit(settings.SMS.url).hostname}"
        )
    if settings.PRODUCTION:
        return Line("citizens are told", False, "by nothing: set SUQIU_SMS_URL and its like")
    return Line("citizens are told", True, "into a file, as no production may")


def _dead_letters(_: str) -> Line:
    from suqiu.notifications.queries import dead_letters

    dead = dead_letters().count()
    return Line("dead letters", True, f"{dead} given up", warns=dead > 0)


def _calendar(_: str) -> Line:
    from suqiu.calendars import queries

    until = queries.known_until()
    if not until:
        return Line("calendar", False, "empty")
    ahead = clock.today() + _AHEAD
    return Line("calendar", until >= ahead.isoformat(), f"certain until {until}")


def _seal(_: str) -> Line:
    from suqiu.audit import queries

    lag = queries.lag()
    return Line("seal", lag <= _LAG, f"{lag.total_seconds():.0f} s behind")


def _backup(_: str) -> Line:
    from suqiu.cli.backup import LAST

    note = Path(settings.DATA) / LAST
    if not note.exists():
        said = "none was made from here: suqiu backup FILE, every night"
        return Line("backup", not settings.PRODUCTION, said)
    told = json.loads(note.read_text())
    age = clock.now() - dt.datetime.fromisoformat(told["made_at"])
    hours = int(age.total_seconds() // 3600)
    said = f"the last {hours} hours ago, {told['file']}"
    return Line("backup", age <= _OLDEST_BACKUP or not settings.PRODUCTION, said)


def _few(codes: list[str], most: int = 5) -> str:
    return ", ".join(codes[:most]) + (f" and {len(codes) - most} more" if len(codes) > most else "")


def _duties(_: str) -> Line:
    from suqiu.accounts import staffing

    gone = staffing.nobody_holds(clock.today())
    said = (
        f"nobody is {_few(gone, 9)}: the page 人员" if gone else "every post of the house is held"
    )
    return Line("posts", True, said, warns=bool(gone))


def _people(_: str) -> Line:
    from suqiu.accounts import staffing

    gone = [
        f"{unit.code} ({', '.join(lacks)})"
        for unit, lacks in staffing.units_without_people(clock.today())
    ]
    said = f"{len(gone)} without people: {_few(gone)}" if gone else "people in each"
    return Line("units", True, said, warns=bool(gone))


def _rosters(_: str) -> Line:
    from suqiu.calendars.queries import calendar
    from suqiu.organisations.queries import units_without_duty

    idle = [unit.code for unit in units_without_duty(clock.today(), calendar().is_work)]
    said = f"{len(idle)} units with hours of nobody today: {_few(idle)}" if idle else "no gap today"
    return Line("rosters", True, said, warns=bool(idle))


def _leaders(_: str) -> Line:
    from suqiu.orders.signing import without_leader

    gone = [order.number for order in without_leader()]
    said = (
        f"{len(gone)} conduct orders whose leader left his post, name another: {_few(gone)}"
        if gone
        else "somebody to sign each conduct order"
    )
    return Line("leaders", True, said, warns=bool(gone))


LOOKS: tuple[Callable[[str], Line], ...] = (
    _database,
    _role,
    _migrations,
    _icons,
    _keys,
    _texts,
    _dead_letters,
    _calendar,
    _seal,
    _backup,
    _duties,
    _people,
    _rosters,
    _leaders,
)


def _look(url: str) -> Iterator[Line]:
    for look in LOOKS:
        try:
            yield look(url)
        except Exception as error:
            # One thing that is broken must not hide the others.
            yield Line(look.__name__.strip("_"), False, f"{type(error).__name__}: {error}".strip())


def looked_at(url: str) -> list[Line]:
    """Every look's line, in order."""
    return list(_look(url))
