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

from suqiu.figures.recount import AREA, BIN, DIMENSIONS, KEYS, NESTED
from suqiu.figures.rules import WHOLE
from suqiu.figures.sums import ALL

_BASES = ("accepted_in", "due_in", "closed_in")
# What is grouped together, and told apart when it is few.
_TOGETHER = (
    ("region", "street", "hub"),
    ("line", "category"),
    ("source", "channel", "urgency"),
    ("region", "line"),
)
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
# What an area's row tells, by the finest area; a larger one is the sum of those.
_INSIDE = f"""
CREATE OR REPLACE TEMP TABLE inside AS
SELECT {{basis}} AS day, region, line, 'category/' || category AS code, count(*) AS n, 0 AS weight
FROM facts WHERE {{basis}} IS NOT NULL GROUP BY ALL
UNION ALL
SELECT {{basis}} AS day, region, line, 'source/' || source AS code, count(*) AS n, 0 AS weight
FROM facts WHERE {{basis}} IS NOT NULL GROUP BY ALL
UNION ALL
SELECT day, region, line, 'stage/' || verb || '/' || bin AS code, n, weight FROM (
    SELECT day, region, line, s.key AS verb, {BIN.replace("seconds", "s.value")} AS bin,
           count(*) AS n, sum(s.value)::bigint AS weight
    FROM (SELECT {{basis}} AS day, region, line, unnest(map_entries(stages)) AS s FROM history
          WHERE {{basis}} IS NOT NULL)
    GROUP BY ALL
)
"""
_HOURLY = """
INSERT INTO inside
SELECT accepted_in, region, line, 'hour/' || isodow(accepted_in) || '/' || accepted_hour, count(*), 0
FROM facts WHERE accepted_in IS NOT NULL AND accepted_hour IS NOT NULL GROUP BY ALL
"""
_PLACED = """
CREATE OR REPLACE TEMP TABLE loose AS
SELECT accepted_in AS day, line || '/' || category AS key, region || '/' || street AS code,
       count(*) AS n, 0 AS weight
FROM facts WHERE accepted_in IS NOT NULL AND category <> '' AND street <> '' GROUP BY ALL
"""
_OF_LINE = "line || '/' || "
_AREAS = (("region", "line"), ("region",), ("line",), ())


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
            if some == _TOGETHER[-1]:
                yield from _nested(basis, codes)
                continue
            # The whole city is the sum over any of the dimensions.
            for cut in (*some, *([""] if some == _TOGETHER[-2] else [])):
                yield from _rolled(basis, cut, codes)
        yield _wide(
            f"SELECT day, pack, region, u.key AS unit, kind, count(*) AS k FROM ("
            f" SELECT {basis} AS day, pack, region, unnest(map_entries(units)) AS u FROM history"
            f" WHERE {basis} IS NOT NULL) JOIN said ON said.counts = u.value GROUP BY ALL",
            "region, unit",
            codes,
        )
        yield from _rolled(basis, "unit", codes)
        yield _INSIDE.format(basis=basis)
        if basis == "accepted_in":
            yield _HOURLY
        yield from _areas(basis)
    yield _PLACED
    yield from _rolled_loose("accepted_in", "place")


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


def _numbers(codes: list[str], before: str = "") -> str:
    """The codes of a row as JSON's members; `before` each code, an expression."""
    members = ", ".join(
        f"""'"' || {before}{_quoted(json.dumps(code)[1:] + ":[")} || sum(n{i}) || ',' || sum(w{i}) || ']'"""
        for i, code in enumerate(codes)
    )
    return f"concat_ws(',', {members or 'NULL'})"


def _rolled(basis: str, cut: str, codes: list[str]) -> Iterator[str]:
    """The sums of one dimension by day, dekad and month."""
    key = " || '/' || ".join(KEYS[cut]) or "''"
    for span, first in _SPANS.items():
        yield (
            f"INSERT INTO sums SELECT '{basis}', '{cut}', {key} AS place, '{span}', {first} AS first, pack,"
            f" sum(n), '{{' || {_numbers(codes)} || '}}' FROM wide GROUP BY place, first, pack"
        )


def _nested(basis: str, codes: list[str]) -> Iterator[str]:
    """A district's lines in one row, each with its numbers and how many there are of it."""
    whole = f""" || ',"' || line || '/{ALL}":[' || sum(n) || ',' || sum(n) * {WHOLE} || ']'"""
    for span, first in _SPANS.items():
        yield (
            f"INSERT INTO sums SELECT '{basis}', '{NESTED}', region, '{span}', first, pack, sum(n),"
            " '{' || string_agg(ltrim(said, ','), ',') || '}' FROM ("
            f" SELECT region, {first} AS first, pack, sum(n) AS n,"
            f" {_numbers(codes, _OF_LINE)}{whole} AS said"
            " FROM wide GROUP BY region, line, first, pack"
            ") GROUP BY region, first, pack"
        )


def _areas(basis: str) -> Iterator[str]:
    """Of the city, each district, each line, and each line of a district. Days become dekads and those
    months by the finest area, which is one row a code then; a larger area is the sum of those."""
    for span, first in _SPANS.items():
        if span != "day":
            yield (
                f"CREATE OR REPLACE TEMP TABLE inside AS SELECT {first} AS day, region, line, code,"
                " sum(n)::bigint AS n, sum(weight)::bigint AS weight FROM inside GROUP BY ALL"
            )
        for area in _AREAS:
            key = " || '/' || ".join(name if name in area else "''" for name in ("region", "line"))
            there = "".join(f" AND {name} <> ''" for name in area)
            rows = f"SELECT {key} AS place, day, code, n, weight FROM inside WHERE true{there}"
            if area != _AREAS[0]:
                rows = (
                    "SELECT place, day, code, sum(n) AS n, sum(weight) AS weight"
                    f" FROM ({rows}) GROUP BY ALL"
                )
            yield _told(basis, AREA, span, rows)


def _rolled_loose(basis: str, cut: str) -> Iterator[str]:
    for span, first in _SPANS.items():
        yield _told(
            basis,
            cut,
            span,
            f"SELECT key AS place, {first} AS day, code, sum(n) AS n, sum(weight) AS weight"
            " FROM loose GROUP BY ALL",
        )


def _told(basis: str, cut: str, span: str, rows: str) -> str:
    """`rows` of (place, day, code, n, weight), as a sum for each place and day."""
    return (
        f"INSERT INTO sums SELECT '{basis}', '{cut}', place, '{span}', day, 0, sum(n),"
        """ '{' || string_agg('"' || code || '":[' || n || ',' || weight || ']', ',') || '}'"""
        f" FROM ({rows}) GROUP BY place, day"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
