"""Counts that stand on every page: composing such a question takes longer than its answer, so it may be
kept, and several are asked at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


class Question(NamedTuple):
    """A statement that counts, its values apart."""

    statement: str
    values: tuple[Any, ...]


def question(rows: "QuerySet[Any]", most: int, *alike: str) -> Question:
    """How many rows there are, counted up to `most`; those that agree in all fields of `alike` are one. It
    holds as long as what the rows were picked by: one in which a moment stands is not to be kept."""
    picked = rows.order_by().values(*alike).distinct() if alike else rows.order_by().values("pk")
    try:
        statement, values = picked[:most].query.sql_with_params()
    except EmptyResultSet:
        return Question("SELECT 0", ())
    # The house's own statement, its values apart.
    return Question(f"SELECT count(*) FROM ({statement}) counted", values)  # noqa: S608


def answers(questions: Sequence[Question]) -> list[int]:
    """The answer to each, in one statement."""
    if not questions:
        return []
    statement = "SELECT " + ", ".join(f"({one.statement})" for one in questions)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for one in questions for value in one.values])
        return list(cursor.fetchone())
