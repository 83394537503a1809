"""bench sweep: a night's worth of clocks falls due at once; each turns red once and only once."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

from django.db import connections

from suqiu.audit.models import Entry
from suqiu.bench.lives import crew, signed
from suqiu.bench.measure import Figures
from suqiu.bench.volume import Copies, multiply, settle
from suqiu.orders import jobs
from suqiu.orders.models import Obligation
from suqiu.organisations.models import Unit

Progress = Callable[[str], object]


def run(*, open_clocks: int, due: int, owner: str, progress: Progress) -> Figures:
    """Seconds until `due` of `open_clocks` running clocks are red, by two sweepers at once, as two
    workers would; beside it the same rows written by plain SQL, one statement a row."""
    people = crew()
    order = signed(people)
    running = Obligation.objects.filter(order=order, outcome="open").count()
    units = tuple(Unit.objects.filter(kind=people.unit.kind).values_list("pk", flat=True))
    progress(f"{open_clocks:,} running clocks on {open_clocks // running:,} orders")
    late = due // running
    multiply(Copies(order.pk, open_clocks // running - late, units, days=0.001), using=owner)
    # Two working days and a week of holidays have passed for these, so every clock of theirs is due.
    multiply(Copies(order.pk, late, units, days=5, minutes=20 * 1440), using=owner)
    settle(using=owner)
    waiting = jobs.overdue().count()
    progress(f"{waiting:,} fall due: two sweepers begin")
    began = perf_counter()
    marked = _two_sweepers()
    seconds = perf_counter() - began
    red = Entry.objects.filter(kind="order.turn_red")
    told = red.values_list("chain", "data__code", "data__due")
    return {
        "open": Obligation.objects.filter(outcome="open").count(),
        "due": waiting,
        "seconds": round(seconds, 1),
        "marked": marked,
        "red_rows": Obligation.objects.exclude(red_at=None).count(),
        "entries": red.count(),
        "twice": red.count() - len(set(told)),
        "left": jobs.overdue().count(),
        "per_second": round(waiting / seconds),
        "ratio_to_plain": round(_plain(waiting, owner) / seconds, 3),
    }


def _two_sweepers() -> int:
    connections.close_all()
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        return sum(pool.map(_sweep, range(2)))


def _sweep(_number: int) -> int:
    done = 0
    while marked := jobs.remind():
        done += marked
    connections.close_all()
    return done


def _plain(rows: int, owner: str) -> float:
    """Seconds for the same number of marks and entries in tables of the same shape, by one psycopg
    connection, a statement a row, a hundred to a transaction."""
    connections[owner].ensure_connection()
    raw = connections[owner].connection
    with connections[owner].cursor() as cursor:
        for table in ("orders_obligation", "audit_entry"):
            cursor.execute(f"CREATE TEMP TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO plain_orders_obligation SELECT * FROM orders_obligation"
            " WHERE red_at IS NOT NULL LIMIT %s",
            [rows],
        )
        cursor.execute("SELECT id FROM plain_orders_obligation")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT * FROM audit_entry WHERE kind = 'order.turn_red' LIMIT 1")
    began = perf_counter()
    for start in range(0, len(ids), 100):
        with raw.transaction():
            for one in ids[start : start + 100]:
                raw.execute(
                    "UPDATE plain_orders_obligation SET red_at = now(), late = true WHERE id = %s",
                    [one],
                )
                raw.execute(
                    "INSERT INTO plain_audit_entry"
                    " SELECT (json_populate_record(e, json_build_object('id', -%s::bigint, 'seq', 1,"
                    " 'chain', 'plain:' || %s::text))).* FROM audit_entry e"
                    " WHERE id = (SELECT max(id) FROM audit_entry)",
                    [one, one],
                )
    return perf_counter() - began
