"""bench order: how many pages of an order a second two web workers give to eight readers."""

from collections.abc import Callable

from suqiu.accounts.models import Person
from suqiu.bench import server
from suqiu.bench.lives import closed, crew, signed
from suqiu.bench.measure import Figures
from suqiu.bench.queue import session_of

Progress = Callable[[str], object]


def run(*, seconds: float, owner: str, progress: Progress) -> Figures:
    """Pages a second and their spread: an open and a closed order, read by the centre and by the unit.
    Beside them a page that asks the database nothing."""
    people = crew()
    orders = {"open": signed(people).number, "closed": closed(people).number}
    readers = {"centre": people.dispatcher, "unit": people.handler}
    found: Figures = {}
    with server.up(workers=2) as site:
        found["empty_page"] = server.closed_loop(site, [server.get("/healthz")], seconds)
        for reader, actor in readers.items():
            key = session_of(Person.objects.get(pk=int(actor.id.split(":")[1])))
            for state, number in orders.items():
                progress(f"{state} order, {reader}")
                call = server.get(f"/orders/{number}", cookie=f"sessionid={key}")
                found[f"{reader}_{state}"] = server.closed_loop(site, [call], seconds)
        found["memory_mb"] = site.memory()
    return found
