"""A city on one sheet: its districts, the centre and every unit, a line each. Pure.

Columns, in Chinese or English: 类别 kind, 代码 code, 名称 name, 简称 short, 区 district, 上级 parent,
行业 trade, 邮箱 email, 方格 tile (a district's place on the tile map, "row,column"). Only the first three
must be there; what can be told from the rest is filled in.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid
from suqiu.base.text import clean

COLUMNS = {
    "类别": "kind", "代码": "code", "名称": "name", "简称": "short", "区": "district",
    "上级": "parent", "行业": "trade", "邮箱": "email", "方格": "tile",
}  # fmt: skip
KINDS = {
    "市": "city", "区": "district", "受理中心": "centre", "中心科室": "section",
    "区受理部门": "hub", "区职能部门": "department", "街镇": "street", "中队": "squad",
}  # fmt: skip
TRADES = {
    "绿化": "GB", "市容环卫": "SB", "林业": "LF", "城管执法": "CG", "街镇": "ST", "综合": "CC",
}  # fmt: skip
PLACES = frozenset({"city", "district"})
LINES = {"GB": "G", "SB": "S", "LF": "L", "CG": "C"}
LONGEST = {"名称": 64, "简称": 16, "邮箱": 254}
MOST_BYTES = 5_000_000
_CODE = re.compile(r"[\w.-]{1,32}")
_PLACE = re.compile(r"\w{1,12}")
_TRADE = re.compile(r"[A-Z]{0,4}")
_TILE = re.compile(
    r"([1-9]|1[0-2])[,，.、 ]([1-9]|1[0-2])"
)  # twelve by twelve: what a page can show
_EMAIL = re.compile(r"([^@\s]+@[^@\s]+)?")

Finding = tuple[str, str, str]  # line, rule, in words


@dataclass(frozen=True)
class Row:
    """One line as it is given; `district` and `parent` are codes, or "" where nothing was said."""

    line: int
    kind: str
    code: str
    name: str
    short: str = ""
    district: str = ""
    parent: str = ""
    trade: str = ""
    email: str = ""
    tile: str = ""

    @property
    def place(self) -> tuple[int, int] | None:
        """(row, column) on the tile map, counted from 1 at the top left."""
        found = _TILE.fullmatch(self.tile)
        return (int(found.group(1)), int(found.group(2))) if found else None

    @property
    def is_place(self) -> bool:
        return self.kind in PLACES


def read(content: bytes) -> list[Row]:
    """The lines of a CSV. Raises Invalid with every line that cannot be read, and why."""
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    reader.fieldnames = [COLUMNS.get(clean(n), clean(n)) for n in reader.fieldnames or []]
    lacking = [zh for zh, n in COLUMNS.items() if n in {"kind", "code", "name"}
               and n not in reader.fieldnames]  # fmt: skip
    if lacking:
        raise _wrong([("1", "columns", _("第 1 行缺少列：%s") % _("、").join(lacking))])
    rows: list[Row] = []
    findings: list[Finding] = []
    try:
        for given in reader:
            values = {n: clean(given.get(n) or "") for n in COLUMNS.values()}
            if any(values.values()):
                row = _row(reader.line_num, values)
                findings += _look(row, rows)
                rows.append(row)
    except csv.Error as error:
        findings.append((str(reader.line_num), "csv", _at(reader.line_num, str(error))))
    if not rows and not findings:
        findings.append(("1", "empty", _("文件里没有一行单位")))
    if findings:
        raise _wrong(findings)
    return rows


def _row(line: int, values: Mapping[str, str]) -> Row:
    trade = TRADES.get(values["trade"], values["trade"])
    kind = KINDS.get(values["kind"], values["kind"])
    short = values["short"] or (values["name"][:16] if kind in PLACES else "")
    return Row(line, **{**values, "kind": kind, "trade": trade, "short": short})


def _look(row: Row, before: list[Row]) -> list[Finding]:
    twin = next((r for r in before if r.code == row.code and r.is_place == row.is_place), None)
    form = _PLACE if row.is_place else _CODE
    beside = next((r for r in before if row.place and r.place == row.place), None)
    looks = (
        ("kind", row.kind not in KINDS.values(),
         _("类别“%(kind)s”应为%(all)s之一") % {"kind": row.kind, "all": _("、").join(KINDS)}),
        ("code", not form.fullmatch(row.code), _("代码“%s”不能用") % row.code),
        ("name", not row.name, _("没有名称")),
        *(("long", len(getattr(row, COLUMNS[n])) > most, _("%(what)s超过 %(most)s 字") % {"what": n, "most": most})
          for n, most in LONGEST.items()),
        ("trade", not _TRADE.fullmatch(row.trade), _("行业“%s”不认识") % row.trade),
        ("email", not _EMAIL.fullmatch(row.email), _("“%s”不是邮箱") % row.email),
        ("tile", bool(row.tile) and (row.kind != "district" or not row.place),
         _("方格“%s”应为“行，列”，各从 1 到 12，只有区有") % row.tile),
        ("tile", beside is not None,
         _("方格 %(tile)s 第 %(line)s 行的区已经占了")
         % {"tile": row.tile, "line": beside.line if beside else ""}),
        ("twice", twin is not None,
         _("代码 %(code)s 第 %(line)s 行已经有了")
         % {"code": row.code, "line": twin.line if twin else ""}),
    )  # fmt: skip
    return [(str(row.line), rule, _at(row.line, said)) for rule, wrong, said in looks if wrong]


def _at(line: int, why: str) -> str:
    """`line` 0: a single unit, not on a sheet."""
    return why if line == 0 else _("第 %(line)d 行：%(why)s") % {"line": line, "why": why}


def wrong_at(row: Row, rule: str, why: str) -> Finding:
    """What is wrong with a line, with its number."""
    return str(row.line), rule, _at(row.line, why)


def _wrong(findings: list[Finding]) -> Invalid:
    return Invalid("unit.file", findings[0][2], findings=findings)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Invalid("unit.file", _("文件太大，最多 5 MB"), findings=[])
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in Chinese saves the latter
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("unit.file", _("文件不是 UTF-8，也不是 GB 18030"), findings=[])
