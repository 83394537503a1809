"""All sums made anew outside the database: the facts as Parquet, counted by DuckDB (`remaking`).

A column store counts years of a large house in seconds, where the database would be busy for many
minutes. Memory is bounded: what does not fit lies in the folder meanwhile.
"""

from pathlib import Path

import duckdb
from django.db import connection

from suqiu.figures.keeping import CELL
from suqiu.figures.recount import DIMENSIONS
from suqiu.figures.remaking import remake

PIECE = 1_000_000  # facts in one file
_DAYS = ("accepted_in", "due_in", "closed_in")
_JSON = ("counts", "units", "stages")
_TYPES = {
    "order_id": "bigint",
    **dict.fromkeys(_DAYS, "date"),
    "accepted_hour": "smallint",
    **dict.fromkeys(DIMENSIONS, "varchar"),
    "pack": "bigint",
    **dict.fromkeys(_JSON, "varchar"),
}
_COLUMNS = ", ".join(f"{name}::text" if name in _JSON else name for name in _TYPES)
# Only names of our own tables and columns stand in it.
_FACTS = (
    f"COPY (SELECT {_COLUMNS} FROM figures_figurefact)"  # noqa: S608
    " TO STDOUT (FORMAT csv, NULL '\\N', FORCE_QUOTE *)"
)
# What a fact counts for stays as it is written: many count alike, and that is one text.
_TYPED = """
COPY (
    SELECT * REPLACE (units::json::map(varchar, varchar) AS units, stages::json::map(varchar, bigint) AS stages)
    FROM read_csv($csv, header = false, nullstr = '\\N', columns = $types)
) TO '{parquet}' (FORMAT parquet)
"""
# Every value of every column is looked at, and nothing else is done.
_SCAN = f"""
SELECT count(*), sum(order_id), {", ".join(f"count({name})" for name in _DAYS)}, sum(accepted_hour),
       {", ".join(f"sum(length({name}))" for name in DIMENSIONS)}, sum(pack), sum(length(counts)),
       sum(list_sum(list_transform(map_values(units), lambda v: length(v)))),
       sum(list_sum(map_values(stages)))
FROM history
"""  # noqa: S608


class History:
    """The facts of the house in Parquet files of a million. `memory`: as DuckDB spells it."""

    def __init__(self, folder: Path, memory: str = "2GB") -> None:
        self._folder = folder
        self._duck = duckdb.connect(str(folder / "history.duckdb"))
        self._duck.execute(f"SET memory_limit = '{memory}'")
        self._duck.execute("SET preserve_insertion_order = false")
        self._duck.execute(f"SET temp_directory = '{folder / 'spilled'}'")

    def export(self) -> int:
        """Write the facts as they stand; returns how many."""
        for old in self._folder.glob("facts-*.parquet"):
            old.unlink()
        csv, pieces, written = self._folder / "facts.csv", 0, 0
        with connection.cursor() as cursor, cursor.copy(_FACTS) as rows:
            out = csv.open("wb")
            for row in rows:
                out.write(row)
                written += 1
                if written % PIECE == 0:
                    out.close()
                    self._typed(csv, pieces := pieces + 1)
                    out = csv.open("wb")
            out.close()
        if written % PIECE or not written:
            self._typed(csv, pieces + 1)
        csv.unlink()
        files = self._folder / "facts-*.parquet"
        self._duck.execute(f"CREATE OR REPLACE TEMP VIEW history AS FROM read_parquet('{files}')")
        return int(self._one("SELECT count(*) FROM history"))

    def _typed(self, csv: Path, number: int) -> None:
        parquet = self._folder / f"facts-{number:04d}.parquet"
        self._duck.execute(_TYPED.format(parquet=parquet), {"csv": str(csv), "types": _TYPES})

    def scan(self) -> None:
        """Read every file whole, and count nothing."""
        self._duck.execute(_SCAN).fetchall()

    def recompute(self) -> int:
        """Make every sum; returns how many there are."""
        remake(self._duck)
        return int(self._one("SELECT count(*) FROM sums"))

    def keep(self) -> int:
        """Put the sums that were made in the place of those that are kept; returns how many."""
        csv = self._folder / "sums.csv"
        self._duck.execute(f"COPY sums TO '{csv}' (FORMAT csv, HEADER, FORCE_QUOTE *)")
        columns = ", ".join((*CELL, "n", "codes"))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM figures_figuresum")
            # Only names of our own tables and columns stand in it.
            statement = f"COPY figures_figuresum ({columns}) FROM STDIN (FORMAT csv, HEADER)"
            with csv.open("rb") as rows, cursor.copy(statement) as into:
                while block := rows.read(1 << 20):
                    into.write(block)
        csv.unlink()
        return int(self._one("SELECT count(*) FROM sums"))

    def _one(self, statement: str) -> int:
        row = self._duck.execute(statement).fetchone()
        return int(row[0]) if row else 0
