"""Every sum made anew by DuckDB from the facts in Parquet, as `recount` does in the database.

Orders that count alike are alike: of ten million there are some hundreds of kinds. So orders are
grouped by place, day and kind, and only then is told what a kind counts for. One statement for some
dimensions and a basis, each of which leaves only its sums, so memory does not grow with the house.
"""
# Only names of our own columns and codes of the facts, quoted, stand in the statements.
# ruff: noqa: S608

import json
from collections.abc import Iterator

import duckdb

from suqiu.figures.recount import BIN, DIMENSIONS
from suqiu.figures.sums import ALL

_BASES = ("accepted_in", "due_in", "closed_in")
# What is grouped together, and told apart when it is few.
_TOGETHER = (("region", "street"), ("line", "category"), ("source", "channel", "urgency"))
_SPANS = {
    "day": "day",
    "dekad": "date_trunc('month', day)::date"
    " + 10 * least(2, (extract(day FROM day)::int - 1) // 10)::int",
    "month": "date_trunc('month', day)::date",
}
_FRESH = """
CREATE OR REPLACE TABLE sums (
    basis VARCHAR, cut VARCHAR, key VARCHAR, span VARCHAR, day DATE, pack BIGINT, n BIGINT, codes VARCHAR
)
"""
_KINDS = """
CREATE OR REPLACE TABLE said AS
SELECT row_number() OVER ()::int AS kind, counts, counts::json::map(varchar, bigint) AS weights FROM (
    SELECT DISTINCT counts FROM history
    UNION SELECT DISTINCT unnest(map_values(units)) FROM history
)
"""
_FACTS = f"""
CREATE OR REPLACE TABLE facts AS
SELECT {", ".join((*_BASES, *DIMENSIONS))}, accepted_hour, pack, kind
FROM history JOIN said USING (counts)
"""
_STAGED = f"""
CREATE OR REPLACE TEMP TABLE loose AS
SELECT day, key, ({BIN})::varchar AS code, count(*) AS n, sum(seconds)::bigint AS weight FROM (
    SELECT day, s.key AS key, s.value AS seconds
    FROM (SELECT {{basis}} AS day, unnest(map_entries(stages)) AS s FROM history WHERE {{basis}} IS NOT NULL)
) GROUP BY ALL
"""
_PLACED = """
CREATE OR REPLACE TEMP TABLE loose AS
SELECT accepted_in AS day, category AS key, region || '/' || street AS code, count(*) AS n, 0 AS weight
FROM facts WHERE accepted_in IS NOT NULL AND category <> '' AND street <> '' GROUP BY ALL
"""
_HOURLY = """
CREATE OR REPLACE TEMP TABLE loose AS
SELECT accepted_in AS day, isodow(accepted_in)::varchar AS key,
       lpad(accepted_hour::varchar, 2, '0') AS code, count(*) AS n, 0 AS weight
FROM facts WHERE accepted_in IS NOT NULL AND accepted_hour IS NOT NULL GROUP BY ALL
"""


def remake(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `sums` from the view `history`."""
    duck.execute(_FRESH)
    duck.execute(_KINDS)
    codes = [
        code
        for (code,) in duck.execute(
            "SELECT DISTINCT unnest(map_keys(weights)) AS code FROM said ORDER BY code"
        ).fetchall()
        if code != ALL
    ]
    weights = "".join(f", weights[{_quoted(code)}] AS c{i}" for i, code in enumerate(codes))
    duck.execute(f"CREATE OR REPLACE TABLE kinds AS SELECT kind{weights} FROM said")
    duck.execute(_FACTS)
    for statement in _statements(codes):
        duck.execute(statement)


def _statements(codes: list[str]) -> Iterator[str]:
    for basis in _BASES:
        for some in _TOGETHER:
            yield _wide(
                f"SELECT {basis} AS day, pack, kind, {', '.join(some)}, count(*) AS k FROM facts"
                f" WHERE {basis} IS NOT NULL GROUP BY ALL",
                ", ".join(some),
                codes,
            )
            # The whole city is the sum over any of the dimensions.
            for cut in (*some, *([""] if some == _TOGETHER[-1] else [])):
                yield from _rolled(basis, cut, f'"{cut}"' if cut else "''", codes)
        yield _wide(
            f"SELECT day, pack, u.key AS unit, kind, count(*) AS k FROM ("
            f" SELECT {basis} AS day, pack, unnest(map_entries(units)) AS u FROM history"
            f" WHERE {basis} IS NOT NULL) JOIN said ON said.counts = u.value GROUP BY ALL",
            "unit",
            codes,
        )
        yield from _rolled(basis, "unit", "unit", codes)
        yield _STAGED.format(basis=basis)
        yield from _rolled_loose(basis, "stage")
    yield _PLACED
    yield from _rolled_loose("accepted_in", "place")
    yield _HOURLY
    yield from _rolled_loose("accepted_in", "hour")


def _wide(kinds: str, places: str, codes: list[str]) -> str:
    """A table of one row for a day and place, with two columns for each code."""
    numbers = "".join(
        f", sum(CASE WHEN c{i} IS NOT NULL THEN k END)::bigint AS n{i}, sum(k * c{i})::bigint AS w{i}"
        for i in range(len(codes))
    )
    return (
        f"CREATE OR REPLACE TEMP TABLE wide AS SELECT day, pack, {places}, sum(k)::bigint AS n{numbers}"
        f" FROM ({kinds}) JOIN kinds USING (kind) GROUP BY day, pack, {places}"
    )


def _rolled(basis: str, cut: str, key: str, codes: list[str]) -> Iterator[str]:
    """The sums of one dimension by day, dekad and month."""
    numbers = ", ".join(
        f"{_quoted(json.dumps(code) + ':[')} || sum(n{i}) || ',' || sum(w{i}) || ']'"
        for i, code in enumerate(codes)
    )
    for span, first in _SPANS.items():
        yield (
            f"INSERT INTO sums SELECT '{basis}', '{cut}', {key}, '{span}', {first} AS first, pack, sum(n),"
            f" '{{' || concat_ws(',', {numbers or 'NULL'}) || '}}' FROM wide GROUP BY {key}, first, pack"
        )


def _rolled_loose(basis: str, cut: str) -> Iterator[str]:
    for span, first in _SPANS.items():
        yield (
            f"INSERT INTO sums SELECT '{basis}', '{cut}', key, '{span}', first, 0, sum(n),"
            """ '{' || string_agg('"' || code || '":[' || n || ',' || weight || ']', ',') || '}'"""
            f" FROM (SELECT key, {first} AS first, code, sum(n) AS n, sum(weight) AS weight"
            " FROM loose GROUP BY ALL) GROUP BY key, first"
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
