"""The rows that were not taken, with the reason, in a table that can be mended and brought again."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROW, REASON = "行号", "原因"
# A spreadsheet runs cells that begin so. In the report an apostrophe goes before them.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Rejected:
    """One row that became no order."""

    number: int
    cells: list[str]
    reason: str


def write(path: Path, columns: Sequence[str], rejected: Iterable[Rejected]) -> Path:
    """Write the report beside the file. One that is there already and says something else is kept:
    someone may be mending it. Readable by its owner only, since it holds what citizens wrote."""
    plain = list(columns[:-2] if is_report(columns) else columns)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([*plain, _fresh(ROW, plain), _fresh(REASON, plain)])
    for row in rejected:
        kept = [guarded(cell) for cell in row.cells[: len(plain)]]
        sheet.writerow([*kept, *[""] * (len(plain) - len(kept)), row.number, row.reason])
    body = out.getvalue().encode("utf-8-sig")
    target = _free(path, body)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(body)
    return target


def is_report(columns: Sequence[str]) -> bool:
    """Do these columns end as our own report's do?"""
    return [c.rstrip("*") for c in columns[-2:]] == [ROW, REASON]


def _fresh(name: str, columns: Sequence[str]) -> str:
    while name in columns:
        name += "*"
    return name


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_RUNS, "'")) else cell


def bare(cell: str) -> str:
    """The cell without the apostrophe that `guarded` put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith((*_RUNS, "'")) else cell


def _free(path: Path, body: bytes) -> Path:
    candidate, turn = path, 2
    while candidate.exists() and candidate.read_bytes() != body:
        candidate = path.with_name(f"{path.stem}-{turn}{path.suffix}")
        turn += 1
    return candidate
