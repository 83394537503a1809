"""bench queue: the first page of a unit's queue, with few orders in the house and with many.

The unit has the same 120 open orders in both, so that both pages show as much; what grows is all the
rest: its own closed ones, the other units' orders, the open ones of the whole centre.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.bench.lives import Crew, closed, crew, signed
from suqiu.bench.measure import Figures, spread, timed
from suqiu.bench.volume import Copies, multiply, settle
from suqiu.organisations.models import Unit

OWN, OPEN_SHARE, SMALL = 120, 0.03, 10_000
Progress = Callable[[str], object]


def run(*, orders: int, times: int, owner: str, progress: Progress) -> Figures:
    """p95 of the first page at 10,000 orders and at `orders`, as the unit's handler and as the
    centre's dispatcher, and how it grew. The pages are made by the real views, in this process."""
    people = crew()
    progress("two orders the real way")
    open_one, closed_one = signed(people).pk, closed(people).pk
    small = min(SMALL, orders)
    units = _other_units(people)
    multiply(Copies(open_one, OWN, (people.unit.pk,), days=2), using=owner)
    found: Figures = {}
    for total, before in ((small, 0), (orders, small)):
        progress(f"{total:,} orders")
        for copies in _growth(total - before, open_one, closed_one, units, people):
            multiply(copies, using=owner)
        settle(using=owner)
        found[f"at_{total}"] = _measure(people, times)
    first, last = found[f"at_{small}"], found[f"at_{orders}"]
    found["growth"] = {
        page: round(last[page]["p95_ms"] / first[page]["p95_ms"], 2) for page in last
    }
    return found


def _growth(
    more: int, open_one: int, closed_one: int, units: tuple[int, ...], people: Crew
) -> list[Copies]:
    """`more` orders: 3 % open at the other units, the rest closed over three years, some of them of
    the measured unit itself."""
    opened, all_units = int(more * OPEN_SHARE), (*units, people.unit.pk)
    return [
        Copies(open_one, opened, units, days=2),
        Copies(closed_one, more - opened, all_units, days=1000, minutes=3000),
    ]


def _other_units(people: Crew) -> tuple[int, ...]:
    rows = Unit.objects.filter(kind=people.unit.kind).exclude(pk=people.unit.pk)
    return tuple(rows.values_list("pk", flat=True))


def _measure(people: Crew, times: int) -> dict[str, Figures]:
    unit, centre = logged_in(people.handler.id), logged_in(people.dispatcher.id)
    pages: dict[str, tuple[Client, str]] = {
        "unit_queue": (unit, "/queue?view=doing"),
        "unit_open": (unit, "/queue?view=open"),
        "centre_open": (centre, "/queue?view=open"),
        "centre_overdue": (centre, "/queue?view=overdue"),
    }
    return {name: spread(timed(visit(*page, holds=b"BN"), times)) for name, page in pages.items()}


def visit(client: Client, path: str, holds: bytes = b"") -> Callable[[], object]:
    """A look at this page; one that fails, or on which `holds` does not stand, measures nothing."""

    def look() -> None:
        answer = client.get(path)
        if answer.status_code != 200 or holds not in answer.content:
            raise RuntimeError(f"{path} answered {answer.status_code}, or without {holds!r}.")

    return look


def logged_in(actor_id: str) -> Client:
    """A browser of this person, past the login page."""
    client = Client(SERVER_NAME="localhost")
    client.cookies["sessionid"] = session_of(Person.objects.get(pk=int(actor_id.split(":")[1])))
    return client


def session_of(person: Person) -> str:
    """The key of a fresh session, as the login would have made it."""
    session: Any = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
