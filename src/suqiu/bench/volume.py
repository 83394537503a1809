"""Volumes of orders, as the product writes them: a few are taken the real way, then multiplied.

What is copied is every row that hangs on an order, moved in time and to other units. The journal is
not: a copied order's chain begins with what happens to it next. Only for databases that a bench made.
"""

from dataclasses import dataclass

from django.db import connections, models, transaction

from suqiu.orders.models import Order, Seat


@dataclass(frozen=True)
class Copies:
    """`count` copies of the order `template`. Its lead seat goes to `units` by turns; all its moments
    move `minutes` into the past, and evenly up to `days` further."""

    template: int
    count: int
    units: tuple[int, ...]
    days: float = 0
    minutes: float = 0


# %% stands for one % where psycopg looks for parameters.
_PLAN = """
CREATE TEMP TABLE bench_copy AS
SELECT %(template)s::bigint AS template, %(top)s + i AS id, 'BN' || (%(there)s + i) AS number,
       (%(units)s::bigint[])[1 + i %% cardinality(%(units)s::bigint[])] AS unit,
       make_interval(secs => -60.0 * %(minutes)s - 86400.0 * %(days)s * i / %(count)s) AS shift
FROM generate_series(1, %(count)s) AS i
"""
# Each copied seat has its id beforehand, so that clocks can point to it.
_SEATS = """
CREATE TEMP TABLE bench_seat AS
SELECT n.id AS "order", s.id AS old, nextval(pg_get_serial_sequence('orders_seat', 'id')) AS new
FROM bench_copy n JOIN orders_seat s ON s.order_id = n.template
"""


def multiply(copies: Copies, *, using: str, alone: bool = False) -> None:
    """Write the copies with all that hangs on the order, in one transaction; `using` is the
    connection of one who may pass over the database's own checks. `alone`: the orders only."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        # Each copy points to what its template points to: proving it a million times is most of the work.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT max(id), count(*) FROM orders_order")
        top, there = cursor.fetchone()
        parameters = {**vars(copies), "units": list(copies.units), "top": top, "there": there}
        cursor.execute(_PLAN, parameters)
        cursor.execute(_SEATS)
        cursor.execute('CREATE INDEX ON bench_seat ("order", old)')
        cursor.execute("ANALYZE bench_copy, bench_seat")
        for statement in _statements()[: 1 if alone else None]:
            cursor.execute(statement)
        cursor.execute("DROP TABLE bench_copy, bench_seat")


def _statements() -> list[str]:
    """The order first, then its seats, then the rest: each table's rows point to rows before it."""
    rest = [
        found.related_model
        for found in Order._meta.related_objects
        if found.field.column == "order_id" and found.related_model is not Seat
    ]
    copied = 'JOIN orders_seat t ON t.order_id = n.template JOIN bench_seat b ON b."order" = n.id AND b.old = t.id'
    lead = "CASE WHEN t.role = 'lead' THEN n.unit ELSE t.unit_id END"
    return [
        _insert(Order, "JOIN orders_order t ON t.id = n.template", id="n.id", number="n.number"),
        _insert(Seat, copied, id="b.new", order_id="n.id", unit_id=lead),
        *(_hanging(model) for model in rest),
    ]


def _hanging(model: type[models.Model]) -> str:
    table = model._meta.db_table
    join = f"JOIN {table} t ON t.order_id = n.template"
    given = {"id": f"nextval(pg_get_serial_sequence('{table}', 'id'))", "order_id": "n.id"}
    if any(field.column == "seat_id" for field in model._meta.concrete_fields):
        join += ' LEFT JOIN bench_seat b ON b."order" = n.id AND b.old = t.seat_id'
        given["seat_id"] = "b.new"
    return _insert(model, join, **given)


def _insert(model: type[models.Model], join: str, **given: str) -> str:
    """Column by column what is written: as in the template, moments moved."""
    chosen = {}
    for field in model._meta.concrete_fields:
        column = str(field.column)
        plain = f't."{column}"'
        moment = isinstance(field, models.DateTimeField)
        chosen[column] = given.get(column, f"{plain} + n.shift" if moment else plain)
    names = ", ".join(f'"{name}"' for name in chosen)
    values = ", ".join(chosen.values())
    # Only names of our own tables and columns stand in it.
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM bench_copy n {join}"  # noqa: S608


def settle(*, using: str) -> None:
    """Let the planner know what there is now, and have it all on the disk: the daemons would, in
    their own time, which is that of the pages."""
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
