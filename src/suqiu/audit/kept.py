"""What seldom changes, read once in a process: sources, leaves, districts, packs, the calendar.

Whoever writes such a table, by whatever way, a trigger gives it a new stamp. A stamp comes of a
sequence, so that none comes twice, not even after a rollback. All stamps are told in one small
question, and what was read under other stamps is read again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")
Stamps = dict[str, int]

KEPT_TABLES: set[str] = set()  # all that anybody keeps; a test looks for their triggers
_still: ContextVar[Stamps | None] = ContextVar("still", default=None)


class Kept(Generic[T]):
    """What `read` found, until one of its tables is written. It is shared by all threads of the
    process: nobody changes it."""

    def __init__(self, read: Callable[[], T], tables: tuple[str, ...]) -> None:
        self._read, self._tables = read, tables
        self._found: tuple[object, T] | None = None

    def __call__(self) -> T:
        # The stamps first: what is written between the two reads only causes one reading more.
        told = _stamps()
        stamps = [told.get(table) for table in self._tables]
        place = connection.settings_dict
        under = (place["HOST"], place["PORT"], place["NAME"], stamps)
        found = self._found
        if found is not None and found[0] == under:
            return found[1]
        value = self._read()
        if None not in stamps:
            self._found = (under, value)
        return value


def kept(*tables: str) -> Callable[[Callable[[], T]], Kept[T]]:
    """Keep what a function reads from these tables; each needs the trigger (see `watched`)."""

    KEPT_TABLES.update(tables)

    def keep(read: Callable[[], T]) -> Kept[T]:
        return Kept(read, tables)

    return keep


@contextmanager
def still() -> Iterator[None]:
    """Within, the stamps are asked once: for a request that writes none of these tables."""
    if _still.get() is not None:
        yield
        return
    token = _still.set({})
    try:
        yield
    finally:
        _still.reset(token)


def _stamps() -> Stamps:
    held = _still.get()
    if held:
        return held
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, number FROM audit_stamp")
        told = dict(cursor.fetchall())
    if held is not None:
        held.update(told)
    return told


def watched(table: str) -> tuple[str, str]:
    """The SQL, forth and back, by which a migration gives one of the house's tables its stamps."""
    events = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
    trigger = f"CREATE TRIGGER {table}_stamped AFTER {events} ON {table}"
    stamp = f"INSERT INTO audit_stamp VALUES ('{table}', nextval('audit_stamps'))"  # noqa: S608
    forget = f"DELETE FROM audit_stamp WHERE name = '{table}'"  # noqa: S608
    do = f"{trigger} FOR EACH STATEMENT EXECUTE FUNCTION audit_stamped(); {stamp}"
    return do, f"DROP TRIGGER {table}_stamped ON {table}; {forget}"
