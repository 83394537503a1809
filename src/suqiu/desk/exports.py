"""Tables for other programs: CSV and XLSX. Numbers are numbers, and no text is ever a formula. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from suqiu.base.text import clean
from suqiu.intake.reports import guarded
from suqiu.reports.workbook import MIME, PLAIN

Cell = str | float | None
CSV, XLSX = "text/csv; charset=utf-8", MIME
_LONGEST = 31  # of a sheet's name, and these may not stand in it
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Sheet:
    """One table: its name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(sheets: Sequence[Sheet]) -> bytes:
    """All tables below each other, each under its name. With a byte order mark, or a spreadsheet
    program in Chinese reads it as GB 18030."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for sheet in sheets:
        writer.writerow([guarded(clean(sheet.name))])
        writer.writerow([guarded(clean(head)) for head in sheet.heads])
        writer.writerows([[_text(cell) for cell in row] for row in sheet.rows])
        writer.writerow([])
    return ("\ufeff" + out.getvalue()).encode()


def _text(cell: Cell) -> str | float:
    if cell is None:
        return ""
    return guarded(clean(cell)) if isinstance(cell, str) else cell


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A sheet for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for number, sheet in enumerate(sheets, 1):
            page = book.add_worksheet(_named(number, sheet.name))
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 28)
            for column, said in enumerate(sheet.heads):
                page.write_string(0, column, clean(said), head)
            for line, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(line, column, clean(cell))
                    elif cell is not None:
                        page.write_number(line, column, cell)
    return out.getvalue()


def _named(number: int, name: str) -> str:
    return f"{number} {clean(name).translate(_UNFIT)}"[:_LONGEST].strip()
