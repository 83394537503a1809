"""Figure facts in volume, for orders that were multiplied: by template, spread over every street, leaf,
source and squad, and over the ways in which orders turn out.

Without those ways all orders would count alike, and counting them would be easier than life is.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.db import connections

from suqiu.figures.models import FigureFact
from suqiu.figures.rules import WHOLE
from suqiu.orders.models import Order

KINDS = 400
# How often an order counts above the line, of those that are below it; 推定.
_ABOVE = {
    "timely": 0.9, "disposal": 0.97, "reply": 0.93, "solved": 0.75, "first_time": 0.9, "disposal_timely": 0.95,
    "first_contact": 0.93, "sign_in": 0.96, "rework": 0.08, "return": 0.05, "repeat": 0.1, "coverage": 0.9,
    "false_report": 0.02,
}  # fmt: skip
_SATISFIED = (WHOLE, WHOLE, WHOLE, WHOLE * 8 // 10, WHOLE * 6 // 10, 0)
_UNANSWERED = 0.15
_SPREAD = {
    "bench_street": "SELECT id, region_id AS region, {i} AS i FROM organisations_unit WHERE kind = 'street'",
    "bench_leaf": "SELECT code, line, {i} AS i FROM catalogue_category",
    "bench_source": "SELECT code, channel, {i} AS i FROM catalogue_source",
    "bench_hub": """
        SELECT r.region, coalesce((SELECT max(id)::text FROM organisations_unit u
            WHERE u.kind = 'hub' AND u.region_id = r.region), '') AS id
        FROM (SELECT DISTINCT region FROM bench_street) r
    """,
    # A squad works in its district; where a district has none, all of them do.
    "bench_unit": """
        SELECT r.region, u.id, row_number() OVER (PARTITION BY r.region ORDER BY u.id) - 1 AS i,
               count(*) OVER (PARTITION BY r.region) AS n
        FROM (SELECT DISTINCT region FROM bench_street) r
        JOIN organisations_unit u ON u.kind = 'squad' AND (u.region_id = r.region OR NOT EXISTS (
            SELECT FROM organisations_unit own WHERE own.kind = 'squad' AND own.region_id = r.region))
    """,
}
_NUMBER = "row_number() OVER () - 1"
_FACTS = """
INSERT INTO figures_figurefact (order_id, accepted_in, due_in, closed_in, accepted_hour, region,
       street, line, category, source, channel, urgency, hub, person, pack, counts, units, stages)
SELECT o.id, day, t.due_in + (day - t.accepted_in), t.closed_in + (day - t.accepted_in),
       extract(hour FROM o.accepted_at AT TIME ZONE 'Asia/Shanghai'),
       streets.region, streets.id::text, leaves.line, leaves.code, sources.code, sources.channel,
       t.urgency, hubs.id, t.person, t.pack,
       kinds.counts, jsonb_build_object(units.id::text, kinds.counts),
       (SELECT coalesce(jsonb_object_agg(key, round(value::numeric * (1 + abs(hashint8(o.id + 5)) %% 400) / 100)), '{}')
        FROM jsonb_each_text(t.stages))
FROM orders_order o
JOIN figures_figurefact t ON t.order_id = %(template)s
CROSS JOIN LATERAL (SELECT (o.accepted_at AT TIME ZONE 'Asia/Shanghai')::date AS day) d
JOIN bench_street streets ON streets.i = abs(hashint8(o.id)) %% (SELECT count(*) FROM bench_street)
JOIN bench_leaf leaves ON leaves.i = abs(hashint8(o.id + 1)) %% (SELECT count(*) FROM bench_leaf)
JOIN bench_source sources ON sources.i = abs(hashint8(o.id + 2)) %% (SELECT count(*) FROM bench_source)
JOIN bench_unit units ON units.region = streets.region AND units.i = abs(hashint8(o.id + 3)) %% units.n
JOIN bench_hub hubs ON hubs.region = streets.region
JOIN bench_kind kinds ON kinds.template = %(template)s AND kinds.i = abs(hashint8(o.id + 4)) %% %(kinds)s
WHERE o.id > %(after)s
"""


# A district's board reads the orders in which its hub has a seat.
_SEATS = """
INSERT INTO orders_seat (order_id, unit_id, role, opened, closed)
SELECT o.id, hubs.id, 'callback', o.accepted_at, o.accepted_at
FROM figures_figurefact f JOIN orders_order o ON o.id = f.order_id
JOIN organisations_unit hubs ON hubs.id = %(hub)s AND hubs.region_id = f.region
WHERE NOT EXISTS (SELECT FROM orders_seat s WHERE s.order_id = o.id)
"""


def prepare(templates: list[int], *, using: str) -> None:
    """The lists that facts are spread over."""
    with connections[using].cursor() as cursor:
        for name, chosen in _SPREAD.items():
            cursor.execute(f"CREATE TABLE {name} AS {chosen.format(i=_NUMBER)}")
        cursor.execute("CREATE TABLE bench_kind (template bigint, i bigint, counts jsonb)")
        for template in templates:
            counts = FigureFact.objects.get(pk=template).counts
            rows = [
                (template, i, json.dumps(kind))
                for i, kind in enumerate(_kinds(counts, Random(template)))  # noqa: S311
            ]
            cursor.executemany("INSERT INTO bench_kind VALUES (%s, %s, %s)", rows)


def write(template: int, after: int, *, using: str) -> None:
    """The facts of the copies of this order, whose ids come after `after`."""
    with connections[using].cursor() as cursor:
        cursor.execute(_FACTS, {"template": template, "after": after, "kinds": KINDS})


def seat(hub: int, *, using: str) -> None:
    """Its seat at each copied order whose fact lies in its district."""
    with connections[using].cursor() as cursor:
        cursor.execute(_SEATS, {"hub": hub})


def _kinds(counts: dict[str, int], chance: Random) -> Iterator[dict[str, int]]:
    """The ways in which an order like this one turns out."""
    for _kind in range(KINDS):
        found = {
            code: WHOLE * (chance.random() < _ABOVE[code]) if code in _ABOVE else weight
            for code, weight in counts.items()
        }
        if "satisfaction" in found:
            del found["satisfaction"]
            unanswered = chance.random() < _UNANSWERED
            code = "satisfaction:not_reached" if unanswered else "satisfaction"
            found[code] = 0 if unanswered else chance.choice(_SATISFIED)
        yield found


@contextmanager
def unindexed(*, using: str) -> Iterator[None]:
    """Orders and facts without their indexes meanwhile: each is built once instead of row by row."""
    with connections[using].cursor() as cursor:
        dropped = [row for model in (Order, FigureFact) for row in _indexes(cursor, model)]
        for name, _statement in dropped:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connections[using].cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, statement in dropped:
            cursor.execute(statement)
        cursor.execute("RESET maintenance_work_mem")


def _indexes(cursor: Any, model: type[Order | FigureFact]) -> list[tuple[str, str]]:
    """Those that are no constraint: what is unique stays so."""
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
        [model._meta.db_table],
    )
    return list(cursor.fetchall())
