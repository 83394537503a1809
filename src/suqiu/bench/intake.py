"""bench intake: appeals a second through the API, with clocks, journal, encryption and receipts;
beside it the same rows written by plain psycopg, and a request that the API turns away at once."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Any

import psycopg
from django.db import connections, models
from psycopg import sql
from psycopg.types.json import Jsonb

from suqiu.accounts.actions import add_client
from suqiu.audit.models import Entry, Statement, Unsealed
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.bench import server
from suqiu.bench.lives import appeal, crew
from suqiu.bench.measure import Figures
from suqiu.intake.models import Receipt
from suqiu.orders.models import Obligation, Order, Seat
from suqiu.orders.queries import visible_to
from suqiu.organisations.queries import centre

Progress = Callable[[str], object]
PATH = "/api/v1/appeals"
WORKERS, CALLERS_A_SECOND = 2, 25.0
_BENCH = system("bench")
# What names a row or points to one: the plain writer counts here, so that no two rows collide.
_OWN = {"id", "number", "chain", "key", "entry_id", "order_id", "seat_id", "ref", "appellant_id"}


def run(*, seconds: float, owner: str, progress: Progress) -> Figures:
    """Creates a second over 8 connections to 2 web workers, their ratio to plain writes and to
    requests that write nothing, and the spread at 25 callers a second."""
    calls = _calls()
    found: Figures = {}
    before = visible_to(_BENCH).count()
    with server.up(workers=WORKERS, jobs=True) as site:
        progress("as fast as answers come")
        found["intake"] = server.closed_loop(site, [calls["take"]], seconds)
        progress("requests that write nothing")
        found["no_op"] = server.closed_loop(site, [calls["no_op"]], seconds / 2)
        progress("25 callers a second")
        found["open_loop"] = server.open_loop(site, calls["take"], seconds, CALLERS_A_SECOND)
        found["memory_mb"] = site.memory()
    found["orders_written"] = visible_to(_BENCH).count() - before
    progress("the same rows by psycopg")
    found["plain_per_second"] = round(_plain(seconds, owner), 1)
    rate = found["intake"]["per_second"]
    found["ratio"] = round(rate / found["plain_per_second"], 3)
    found["ratio_to_no_op"] = round(rate / found["no_op"]["per_second"], 3)
    return found


def _calls() -> dict[str, server.Call]:
    said = appeal(crew())
    assert said.category and said.region
    _client, token = add_client(
        name="bench", role="call_taker", unit=centre(), scopes={"intake"}, source=said.source.code,
        expires_at=clock.now() + dt.timedelta(days=1), by=_BENCH,
    )  # fmt: skip
    body = {
        "title": said.title,
        "content": said.content,
        "demand": said.demand,
        "category": said.category.code,
        "region": said.region.code,
        "address": said.address,
        "citizen": {"name": "测试", "phone": "13900000001"},
    }
    heads = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    text = json.dumps(body, ensure_ascii=False).encode()
    keys = count()

    def fresh(_number: int) -> tuple[bytes, dict[str, str]]:
        return text, {"Idempotency-Key": f"bench-{next(keys)}"}

    def without_key(_number: int) -> tuple[bytes, dict[str, str]]:
        return text, {}

    return {
        "take": server.Call("POST", PATH, heads, fresh, expects=201),
        "no_op": server.Call("POST", PATH, heads, without_key, expects=422),
    }


def _plain(seconds: float, owner: str) -> float:
    """The rows of the newest intake, again and again, a statement a row and a transaction an intake,
    into tables of the same shape, indexes and durability, by eight threads of one process."""
    rows = _rows_of(visible_to(_BENCH).order_by("-pk")[0])
    connections[owner].ensure_connection()
    place: dict[str, Any] = connections[owner].settings_dict
    url = f"postgresql://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    with connections[owner].cursor() as cursor:
        for table in {row._meta.db_table for row in rows}:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS plain_{table} (LIKE {table} INCLUDING ALL)")
    numbers, done = count(10**12), count()
    statements = [_insert(row) for row in rows]
    until = perf_counter() + seconds

    def write() -> None:
        with psycopg.connect(url) as line:
            while perf_counter() < until:
                for statement, values in statements:
                    line.execute(statement, [v(next(numbers)) for v in values])
                line.commit()
                next(done)

    threads = [threading.Thread(target=write) for _ in range(server.CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(done) / seconds


def _rows_of(order: Order) -> list[models.Model]:
    """Everything that one intake writes."""
    assert order.appellant is not None
    entries = list(Entry.objects.filter(chain=order.chain))
    return [
        order.appellant,
        order,
        *Seat.objects.filter(order=order),
        *Obligation.objects.filter(order=order),
        *entries,
        *Statement.objects.filter(entry__in=entries),
        *(Unsealed(kind="E", ref=entry.pk) for entry in entries),
        Receipt.objects.order_by("-pk")[0],
    ]


Value = Callable[[int], object]


def _insert(row: models.Model) -> tuple[sql.Composed, list[Value]]:
    fields = row._meta.concrete_fields
    names = [str(field.column) for field in fields]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(f"plain_{row._meta.db_table}"),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    return statement, [_value(row, field) for field in fields]


def _value(row: models.Model, field: Any) -> Value:
    value = getattr(row, field.attname)
    if field.column in _OWN and field.primary_key | (value is not None):
        return (lambda n: f"p{n}") if isinstance(value, str) else (lambda n: n)
    if isinstance(field, models.JSONField):
        return lambda _n: Jsonb(value)
    return lambda _n: value
