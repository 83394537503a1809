"""Rows of several tables in one question: a page that shows an order asks for a dozen kinds of them,
and asking each apart costs more than all that they hold."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, models

_READ: dict[type, Callable[[str], object]] = {
    models.DateTimeField: dt.datetime.fromisoformat,
    models.DateField: dt.date.fromisoformat,
    models.BinaryField: lambda told: bytes.fromhex(told.removeprefix("\\x")),
}


@dataclass(frozen=True)
class Kind:
    """The rows of `model` that fulfil `where`: SQL over the table as t, with %(key)s for what is asked."""

    model: type[models.Model]
    where: str


def gather(kinds: Mapping[str, Kind], key: int) -> dict[str, list[Any]]:
    """Of each kind its rows as instances, by id; an empty list for a kind without rows."""
    found: dict[str, list[Any]] = {name: [] for name in kinds}
    with connection.cursor() as cursor:
        cursor.execute(_question(kinds), {"key": key})
        told = cursor.fetchall()
    for name, row in told:
        found[name].append(_made(kinds[name].model, json.loads(row, parse_float=Decimal)))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def _question(kinds: Mapping[str, Kind]) -> str:
    return " UNION ALL ".join(_arms(kinds))


def _arms(kinds: Mapping[str, Kind]) -> Iterable[str]:
    for name, kind in kinds.items():
        table = connection.ops.quote_name(kind.model._meta.db_table)
        yield f"SELECT '{name}', to_jsonb(t)::text FROM {table} t WHERE {kind.where}"  # noqa: S608 - names and clauses of the house, no input


def _made(model: type[models.Model], row: dict[str, Any]) -> models.Model:
    fields = model._meta.concrete_fields
    values = [_value(field, row[str(field.column)]) for field in fields]
    return model.from_db(connection.alias, [field.attname for field in fields], values)


def _value(field: "models.Field[Any, Any]", told: Any) -> Any:
    read = _READ.get(type(field))
    return read(told) if read and told is not None else told
