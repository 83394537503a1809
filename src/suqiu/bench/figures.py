"""bench figures: the leader's page from sums, in a small house and in a large one, and all sums anew.

Orders and figure facts are written, no more: the facts of three orders that were taken the real way,
spread over three years and over every street, leaf, source and unit. The page is the real one.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from django.db import connections
from django.test import Client

from suqiu.accounts.queries import actor_for, people_as
from suqiu.audit.jobs import seal
from suqiu.bench.lives import closed, crew, signed
from suqiu.bench.measure import Figures, spread, timed
from suqiu.bench.queue import logged_in
from suqiu.bench.volume import Copies, multiply, settle
from suqiu.figures import keeping
from suqiu.figures.history import History

SMALL, DAYS, OPEN_SHARE, RUNS = 100_000, 1000, 0.03, 3
Progress = Callable[[str], object]

_FACTS = """
INSERT INTO figures_figurefact (order_id, accepted_in, due_in, closed_in, accepted_hour, region,
       street, line, category, source, urgency, pack, counts, units, stages)
SELECT o.id, day, t.due_in + (day - t.accepted_in), t.closed_in + (day - t.accepted_in),
       extract(hour FROM o.accepted_at AT TIME ZONE 'Asia/Shanghai'),
       streets.region, streets.id::text, leaves.line, leaves.code, sources.code, t.urgency, t.pack,
       t.counts, jsonb_build_object(units.id::text, t.counts),
       (SELECT coalesce(jsonb_object_agg(key, round(value::numeric * (1 + abs(hashint8(o.id + 5)) %% 400) / 100)), '{}')
        FROM jsonb_each_text(t.stages))
FROM orders_order o
JOIN figures_figurefact t ON t.order_id = %(template)s
CROSS JOIN LATERAL (SELECT (o.accepted_at AT TIME ZONE 'Asia/Shanghai')::date AS day) d
JOIN bench_street streets ON streets.i = abs(hashint8(o.id)) %% (SELECT count(*) FROM bench_street)
JOIN bench_leaf leaves ON leaves.i = abs(hashint8(o.id + 1)) %% (SELECT count(*) FROM bench_leaf)
JOIN bench_source sources ON sources.i = abs(hashint8(o.id + 2)) %% (SELECT count(*) FROM bench_source)
JOIN bench_unit units ON units.i = abs(hashint8(o.id + 3)) %% (SELECT count(*) FROM bench_unit)
WHERE o.id > %(after)s
"""
_SPREAD = (
    "CREATE TABLE bench_street AS SELECT id, region_id AS region, row_number() OVER (ORDER BY id) - 1 AS i"
    " FROM organisations_unit WHERE kind = 'street'",
    "CREATE TABLE bench_leaf AS SELECT code, line, row_number() OVER (ORDER BY code) - 1 AS i FROM catalogue_category",
    "CREATE TABLE bench_source AS SELECT code, row_number() OVER (ORDER BY code) - 1 AS i FROM catalogue_source",
    "CREATE TABLE bench_unit AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS i"
    " FROM organisations_unit WHERE kind = 'squad'",
)


def run(*, orders: int, times: int, owner: str, progress: Progress) -> Figures:
    """p95 of the leader's page at 100,000 orders and at `orders`, how it grew, and the time of making
    every sum anew beside a plain scan of the same file."""
    people = crew()
    progress("three orders the real way")
    open_one, *done = [signed(people).pk, closed(people).pk, closed(people).pk]
    seal()
    keeping.follow()
    with connections[owner].cursor() as cursor:
        for statement in _SPREAD:
            cursor.execute(statement)
    leader = logged_in(actor_for(people_as("leader")[0]).id)
    found: Figures = {}
    small, written = min(SMALL, orders), 0
    with tempfile.TemporaryDirectory(prefix="suqiu-history-") as folder:
        history = History(Path(folder))
        for total in sorted({small, orders}):
            progress(f"{total:,} orders")
            _write(total - written, open_one, done, (people.unit.pk,), owner)
            written = total
            made = _recompute(history)
            settle(using=owner)
            page = spread(timed(_visit(leader), times))
            found[f"at_{total}"] = {"dashboard": page, **made}
    first, last = found[f"at_{small}"], found[f"at_{orders}"]
    return {
        "dashboard_p95_ms": last["dashboard"]["p95_ms"],
        "growth": round(last["dashboard"]["p95_ms"] / first["dashboard"]["p95_ms"], 2),
        "recompute_ratio": last["recompute_ratio"],
        **found,
    }


def _write(more: int, open_one: int, done: list[int], units: tuple[int, ...], owner: str) -> None:
    opened = int(more * OPEN_SHARE)
    share = (more - opened) // len(done)
    counts = {open_one: opened, **dict.fromkeys(done, share)}
    counts[done[-1]] += more - opened - share * len(done)
    for template, count in counts.items():
        with connections[owner].cursor() as cursor:
            cursor.execute("SELECT max(id) FROM orders_order")
            after = cursor.fetchone()[0]
        days = 2 if template == open_one else DAYS
        multiply(Copies(template, count, units, days=days), using=owner, alone=True)
        with connections[owner].cursor() as cursor:
            cursor.execute(_FACTS, {"template": template, "after": after})


def _recompute(history: History) -> Figures:
    """All sums from the file, and put in place; seconds are the best of three."""
    facts = history.export()
    scan, made = _best(history.scan), _best(history.recompute)
    history.keep()
    return {
        "facts": facts,
        "sums": history.recompute(),
        "scan_s": round(scan, 3),
        "recompute_s": round(made, 3),
        "recompute_ratio": round(made / scan, 1),
    }


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(RUNS):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return min(seconds)


def _visit(client: Client) -> Callable[[], object]:
    def visit() -> None:
        answer = client.get("/leader")
        if answer.status_code != 200:
            raise RuntimeError(f"/leader answered {answer.status_code}.")

    return visit
