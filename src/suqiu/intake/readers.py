"""A CSV or XLSX file as one stream of rows. A file that is no sound table is refused whole, with
the place, before anything is written."""

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
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
            raise Invalid(
                "import.file",
                _("%(file)s 有 %(size)s 字节，最多 %(most)s，请拆开")
                % {
                    "file": path.name,
                    "size": format(size, ","),
                    "most": format(MOST_BYTES, ","),
                },
            )
        body = path.read_bytes()
    except OSError as error:
        raise Invalid(
            "import.file",
            _("打不开 %(file)s:%(error)s") % {"file": path.name, "error": error.strerror},
        ) from error
    if not body.strip():
        raise Invalid("import.empty", _("%(file)s 是空的") % {"file": path.name})
    if body.startswith((_XLSX, _OLD_EXCEL)):
        lines = _sheet(body, path.name)
    else:
        lines = _separated(_decoded(body, path.name), path.name)
    return _checked(lines, path.name)


def _decoded(body: bytes, name: str) -> str:
    """UTF-8 with or without a mark, else GB18030. What is nearly UTF-8 is broken, not GB18030."""
    if (nul := body.find(b"\0")) >= 0:
        line = body.count(b"\n", 0, nul) + 1
        raise Invalid(
            "import.nul",
            _("%(file)s 第 %(line)s 行有空字符(NUL)，不是文本表格") % {"file": name, "line": line},
            line=line,
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = body.decode("utf-8", "replace")
        foreign = sum(ch > "\x7f" for ch in text)
        line = body.count(b"\n", 0, error.start) + 1
        if text.count("\ufffd") < foreign / 10:
            raise Invalid(
                "import.encoding",
                _("%(file)s 第 %(line)s 行有坏掉的 UTF-8 字节") % {"file": name, "line": line},
                line=line,
            ) from error
    try:
        return body.decode("gb18030")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Invalid(
            "import.encoding",
            _("%(file)s 第 %(line)s 行既不是 UTF-8 也不是 GB18030") % {"file": name, "line": line},
            line=line,
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
            "field larger than field limit": _("有超过 %(most)s 字的格子")
            % {"most": format(LONGEST_CELL, ",")},
            "unexpected end of data": _("起的引号没有收尾"),
        }
        said = next((w for start, w in what.items() if str(error).startswith(start)), str(error))
        raise Invalid(
            "import.table",
            _("%(file)s 第 %(line)s 行%(said)s")
            % {"file": name, "line": reader.line_num, "said": said},
            line=reader.line_num,
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
        raise Invalid(
            "import.file",
            _("%(file)s 不是读得出的 Excel 表：%(error)s") % {"file": name, "error": error},
        ) from error
    raise Invalid("import.empty", _("%(file)s 里没有数据") % {"file": name})


def _not_a_bomb(body: bytes, name: str) -> None:
    """A small archive may unpack into all the memory there is."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Invalid("import.file", _("%(file)s 是坏的压缩文件") % {"file": name}) from error
    if unpacked > 2 * MOST_BYTES:
        raise Invalid(
            "import.file",
            _("%(file)s 展开有 %(size)s 字节，太大，请拆开")
            % {"file": name, "size": format(unpacked, ",")},
        )


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
        raise Invalid("import.empty", _("%(file)s 是空的") % {"file": name})
    columns = _columns(lines[first], name)
    report = is_report(columns)
    rows = []
    for number, line in enumerate(lines[first + 1 :], first + 2):
        longest = max(map(len, line), default=0)
        if longest > LONGEST_CELL:
            raise Invalid(
                "import.table",
                _("%(file)s 第 %(line)s 行有 %(length)s 字的格子")
                % {"file": name, "line": number, "length": format(longest, ",")},
                line=number,
            )
        if any(c.strip() for c in line):
            rows.append((number, [bare(c) for c in line] if report else line))
    if not rows:
        raise Invalid("import.empty", _("%(file)s 只有表头，没有数据行") % {"file": name})
    return Table(columns, rows)


def _columns(line: list[str], name: str) -> list[str]:
    columns = [c.strip() for c in line]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise Invalid(
            "import.table",
            _("%(file)s 有 %(columns)s 列，不像一张诉求表")
            % {"file": name, "columns": len(columns)},
        )
    for at, column in enumerate(columns, 1):
        if not column:
            raise Invalid(
                "import.column",
                _("%(file)s 第 %(column)s 列没有表头") % {"file": name, "column": at},
                column=at,
            )
        if columns.index(column) != at - 1:
            raise Invalid(
                "import.column",
                _("%(file)s 有两列都叫“%(column)s”") % {"file": name, "column": column},
                column=column,
            )
    return columns
