"""bench shadow: the upstream's score beside ours, over a month with few orders and one with many.

Every row of a closed order is written, for the page asks what people answered; all of them end within
the running month.
"""

from collections.abc import Callable

from django.db import connections

from suqiu.accounts.queries import actor_for, people_as
from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.bench import facts
from suqiu.bench.lives import closed, crew
from suqiu.bench.measure import Figures, busy, spread, timed
from suqiu.bench.queue import logged_in, visit
from suqiu.bench.volume import Copies, multiply, settle
from suqiu.figures import keeping

Progress = Callable[[str], object]


def run(*, orders: tuple[int, ...], times: int, owner: str, progress: Progress) -> Figures:
    """p50, p95 and the processor's time of the shadow's page and of the orders behind one difference,
    at each of `orders` ended within the month."""
    people = crew()
    progress("two orders the real way")
    done = [closed(people).pk, closed(people).pk]
    seal()
    keeping.follow()
    facts.prepare(done, using=owner)
    client = logged_in(actor_for(people_as("leader")[0]).id)
    found: Figures = {}
    written = 0
    for total in sorted(orders):
        progress(f"{total:,} orders")
        for place, template in enumerate(done):
            share = (total - written) // len(done)
            _write(template, share + place * ((total - written) % len(done)), people.unit.pk, owner)
        written = total
        settle(using=owner)
        progress(f"{total:,} orders: pages")
        found[f"at_{total}"] = {
            name: {
                **spread(timed(visit(client, path), times, warm=2)),
                "cpu_ms": busy(visit(client, path), times),
            }
            for name, path in _pages().items()
        }
    return found


def _pages() -> dict[str, str]:
    of = f"{clock.today():%Y-%m}"
    behind = f"/assessment/shadow/orders?of={of}&measure=satisfaction&why=excluded"
    return {"page": f"/assessment/shadow?of={of}", "orders_behind": behind}


def _write(template: int, count: int, unit: int, owner: str) -> None:
    with connections[owner].cursor() as cursor:
        cursor.execute("SELECT max(id) FROM orders_order")
        after = cursor.fetchone()[0]
    # From today's orders back to the month's first day.
    days = clock.today().day - 1
    multiply(Copies(template, count, (unit,), days=days), using=owner)
    # Copied facts would all count alike.
    with connections[owner].cursor() as cursor:
        cursor.execute("DELETE FROM figures_figurefact WHERE order_id > %s", [after])
    facts.write(template, after, using=owner)
