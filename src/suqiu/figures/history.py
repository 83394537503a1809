"""All sums made anew outside the database: the facts as Parquet, counted by DuckDB.

The same statement as `recount` from the flat rows on, so both give the same to the unit; a column
store counts years of a large house in seconds, where the database would be busy for many minutes.
"""

from pathlib import Path

import duckdb
from django.db import connection

from suqiu.figures.recount import DIMENSIONS, SUMS

_NAMES = ", ".join(DIMENSIONS)
_COLUMNS = (
    f"order_id, accepted_in, due_in, closed_in, accepted_hour, {_NAMES}, pack,"
    " counts::text AS counts, units::text AS units, stages::text AS stages"
)
_TYPES = """
SELECT * REPLACE (
    counts::json::map(varchar, bigint) AS counts,
    units::json::map(varchar, map(varchar, bigint)) AS units,
    stages::json::map(varchar, bigint) AS stages
) FROM read_csv($csv, header = true, nullstr = '\\N', types = {
    'order_id': 'bigint', 'accepted_in': 'date', 'due_in': 'date', 'closed_in': 'date',
    'accepted_hour': 'smallint', 'region': 'varchar', 'street': 'varchar', 'line': 'varchar', 'category': 'varchar',
    'source': 'varchar', 'urgency': 'varchar', 'pack': 'bigint',
    'counts': 'varchar', 'units': 'varchar', 'stages': 'varchar'})
"""
_SPLIT = "split_part(c.key, ':', 1) AS rate, split_part(c.key, ':', 2) AS reason, c.value AS weight"
RECOMPUTE = f"""
WITH facts AS (SELECT * FROM history),
based AS (
    SELECT 'accepted_in' AS basis, accepted_in AS day, * FROM facts WHERE accepted_in IS NOT NULL
    UNION ALL
    SELECT 'due_in', due_in, * FROM facts WHERE due_in IS NOT NULL
    UNION ALL
    SELECT 'closed_in', closed_in, * FROM facts WHERE closed_in IS NOT NULL
),
counted AS (
    SELECT basis, day, {_NAMES}, pack, {_SPLIT}
    FROM (SELECT * EXCLUDE (counts), unnest(map_entries(counts)) AS c FROM based)
),
led AS (
    SELECT basis, day, unit, pack, {_SPLIT} FROM (
        SELECT basis, day, pack, u.key AS unit, unnest(map_entries(u.value)) AS c
        FROM (SELECT basis, day, pack, unnest(map_entries(units)) AS u FROM based)
    )
),
staged AS (
    SELECT basis, day, s.key AS verb, s.value AS seconds
    FROM (SELECT basis, day, unnest(map_entries(stages)) AS s FROM based)
)
{SUMS}
"""  # noqa: S608
# Every value of every column is looked at, and nothing else is done.
_SCAN = """
SELECT count(*), count(accepted_in), count(due_in), count(closed_in), sum(accepted_hour), sum(length(region)),
       sum(length(street)), sum(length(line)), sum(length(category)), sum(length(source)),
       sum(length(urgency)), sum(pack), sum(list_sum(map_values(counts))),
       sum(list_sum(list_transform(map_values(units), lambda m: list_sum(map_values(m))))),
       sum(list_sum(map_values(stages)))
FROM history
"""


class History:
    """The facts of the house in one Parquet file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "facts.parquet"
        self._folder = folder
        self._duck = duckdb.connect(str(folder / "history.duckdb"))

    def export(self) -> int:
        """Write the facts as they stand; returns how many."""
        csv = self._folder / "facts.csv"
        # Only names of our own tables and columns stand in it.
        statement = (
            f"COPY (SELECT {_COLUMNS} FROM figures_figurefact)"  # noqa: S608
            " TO STDOUT (FORMAT csv, HEADER, NULL '\\N', FORCE_QUOTE (counts, units, stages))"
        )
        with connection.cursor() as cursor, csv.open("wb") as out, cursor.copy(statement) as rows:
            for block in rows:
                out.write(block)
        self._duck.execute("CREATE OR REPLACE TEMP TABLE typed AS " + _TYPES, {"csv": str(csv)})
        self._duck.execute(f"COPY typed TO '{self.file}' (FORMAT parquet)")
        self._duck.execute("DROP TABLE typed")
        self._duck.execute(
            f"CREATE OR REPLACE TEMP VIEW history AS FROM read_parquet('{self.file}')"
        )
        csv.unlink()
        return int(self._one("SELECT count(*) FROM history"))

    def scan(self) -> None:
        """Read the whole file, and count nothing."""
        self._duck.execute(_SCAN).fetchall()

    def recompute(self) -> int:
        """Make every sum; returns how many there are."""
        self._duck.execute(f"CREATE OR REPLACE TABLE sums AS {RECOMPUTE}")
        return int(self._one("SELECT count(*) FROM sums"))

    def keep(self) -> None:
        """Put the sums that were made in the place of those that are kept."""
        csv = self._folder / "sums.csv"
        self._duck.execute(f"COPY sums TO '{csv}' (FORMAT csv, HEADER, FORCE_QUOTE *)")
        columns = "basis, cut, key, day, rate, reason, pack, n, weight"
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM figures_figuredaily")
            # Only names of our own tables and columns stand in it.
            statement = f"COPY figures_figuredaily ({columns}) FROM STDIN (FORMAT csv, HEADER)"
            with csv.open("rb") as rows, cursor.copy(statement) as into:
                while block := rows.read(1 << 20):
                    into.write(block)
        csv.unlink()

    def _one(self, statement: str) -> int:
        row = self._duck.execute(statement).fetchone()
        return int(row[0]) if row else 0
