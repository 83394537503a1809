"""A CSV or XLSX file as one stream of rows. A file that is no sound table is refused whole, with
the place, before anything is written."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from suqiu.base.errors import Invalid
from suqiu.intake.reports import bare, is_report

MOST_BYTES = 200_000_000
LONGEST_CELL = 200_000
MOST_COLUMNS = 500
_XLSX = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Table:
    """Column names, and rows as (number in the file, cells); the header is row 1."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]


def table(path: Path) -> Table:
    """Read the file. Raises Invalid with what is wrong and where."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise Invalid("import.file", f"{path.name} 有 {size:,} 字节,最多 {MOST_BYTES:,},请拆开")
        body = path.read_bytes()
    except OSError as error:
        raise Invalid("import.file", f"打不开 {path.name}:{error.strerror}") from error
    if not body.strip():
        raise Invalid("import.empty", f"{path.name} 是空的")
    if body.startswith((_XLSX, _OLD_EXCEL)):
        lines = _sheet(body, path.name)
    else:
        lines = _separated(_decoded(body, path.name), path.name)
    return _checked(lines, path.name)


def _decoded(body: bytes, name: str) -> str:
    """UTF-8 with or without a mark, else GB18030. What is nearly UTF-8 is broken, not GB18030."""
    if (nul := body.find(b"\0")) >= 0:
        line = body.count(b"\n", 0, nul) + 1
        raise Invalid("import.nul", f"{name} 第 {line} 行有空字符(NUL),不是文本表格", line=line)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = body.decode("utf-8", "replace")
        foreign = sum(ch > "\x7f" for ch in text)
        line = body.count(b"\n", 0, error.start) + 1
        if text.count("\ufffd") < foreign / 10:
            raise Invalid(
                "import.encoding", f"{name} 第 {line} 行有坏掉的 UTF-8 字节", line=line
            ) from error
    try:
        return body.decode("gb18030")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Invalid(
            "import.encoding", f"{name} 第 {line} 行既不是 UTF-8 也不是 GB18030", line=line
        ) from error


def _separated(text: str, name: str) -> list[list[str]]:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    mark = max(",\t;", key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        what = {
            "field larger than field limit": f"有超过 {LONGEST_CELL:,} 字的格子",
            "unexpected end of data": "起的引号没有收尾",
        }
        said = next((w for start, w in what.items() if str(error).startswith(start)), str(error))
        raise Invalid(
            "import.table", f"{name} 第 {reader.line_num} 行{said}", line=reader.line_num
        ) from error


def _sheet(body: bytes, name: str) -> list[list[str]]:
    """The first sheet that is not empty."""
    if body.startswith(_XLSX):
        _not_a_bomb(body, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if rows:
                return [[_text(cell) for cell in row] for row in rows]
    except CalamineError as error:
        raise Invalid("import.file", f"{name} 不是读得出的 Excel 表:{error}") from error
    raise Invalid("import.empty", f"{name} 里没有数据")


def _not_a_bomb(body: bytes, name: str) -> None:
    """A small archive may unpack into all the memory there is."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Invalid("import.file", f"{name} 是坏的压缩文件") from error
    if unpacked > 2 * MOST_BYTES:
        raise Invalid("import.file", f"{name} 展开有 {unpacked:,} 字节,太大,请拆开")


def _text(cell: object) -> str:
    """A typed cell as a person would have typed it: 188006, not 188006.0."""
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(cell)


def _checked(lines: list[list[str]], name: str) -> Table:
    first = next((i for i, line in enumerate(lines) if any(c.strip() for c in line)), None)
    if first is None:
        raise Invalid("import.empty", f"{name} 是空的")
    columns = [c.strip() for c in lines[first]]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise Invalid("import.table", f"{name} 有 {len(columns)} 列,不像一张诉求表")
    for at, column in enumerate(columns, 1):
        if not column:
            raise Invalid("import.column", f"{name} 第 {at} 列没有表头", column=at)
        if columns.index(column) != at - 1:
            raise Invalid("import.column", f"{name} 有两列都叫“{column}”", column=column)
    report = is_report(columns)
    rows = []
    for number, line in enumerate(lines[first + 1 :], first + 2):
        longest = max(map(len, line), default=0)
        if longest > LONGEST_CELL:
            raise Invalid(
                "import.table", f"{name} 第 {number} 行有 {longest:,} 字的格子", line=number
            )
        if any(c.strip() for c in line):
            rows.append((number, [bare(c) for c in line] if report else line))
    if not rows:
        raise Invalid("import.empty", f"{name} 只有表头,没有数据行")
    return Table(columns, rows)
