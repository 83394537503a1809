"""Rows of several tables in one question: a page that shows an order asks for a dozen kinds of them,
and asking each apart costs more than all that they hold."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models

_READ: dict[type, Callable[[Any], object]] = {
    models.DateTimeField: dt.datetime.fromisoformat,
    models.DateField: dt.date.fromisoformat,
    models.BinaryField: lambda told: bytes.fromhex(told.removeprefix("\\x")),
    models.DecimalField: lambda told: Decimal(str(told)),
    models.FloatField: float,
}


@dataclass(frozen=True)
class Kind:
    """The rows of `model` that fulfil `where`: SQL over the table as t, with %(name)s for each thing
    that is asked by."""

    model: type[models.Model]
    where: str


def gather(kinds: Mapping[str, Kind], **asked: int | str) -> dict[str, list[Any]]:
    """Of each kind its rows as instances, by id; an empty list for a kind without rows. `asked` is
    what the conditions name."""
    found: dict[str, list[Any]] = {name: [] for name in kinds}
    with connection.cursor() as cursor:
        cursor.execute(_question(kinds), asked)
        told = cursor.fetchall()
    for name, row in told:
        found[name].append(_made(kinds[name].model, json.loads(row)))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def join(rows: Iterable[models.Model], name: str, others: Iterable[models.Model]) -> None:
    """Let each row have at hand what it points to by `name`, or what points to it there one to one:
    the one of `others`, or that there is none. Nothing is asked of the database for it any more."""
    known = {other.pk: other for other in others}
    for row in rows:
        field: Any = row._meta.get_field(name)
        key = row.pk if field.auto_created else getattr(row, field.attname)
        field.set_cached_value(row, known.get(key))


def _question(kinds: Mapping[str, Kind]) -> str:
    return " UNION ALL ".join(_arms(kinds))


def _arms(kinds: Mapping[str, Kind]) -> Iterable[str]:
    for name, kind in kinds.items():
        table = connection.ops.quote_name(kind.model._meta.db_table)
        yield f"SELECT '{name}', to_jsonb(t)::text FROM {table} t WHERE {kind.where}"  # noqa: S608 - names and clauses of the house, no input


def _made(model: type[models.Model], row: dict[str, Any]) -> models.Model:
    names, columns = _fields(model)
    values = [
        read(row[column]) if read and row[column] is not None else row[column]
        for column, read in columns
    ]
    return model.from_db(connection.alias, names, values)


@cache
def _fields(
    model: type[models.Model],
) -> tuple[list[str], list[tuple[str, Callable[[Any], object] | None]]]:
    """The names of the model's fields, and of each its column and how its value is read."""
    fields = model._meta.concrete_fields
    return [f.attname for f in fields], [(str(f.column), _READ.get(type(f))) for f in fields]
