"""A city's own lines of the duty catalogue (派单目录), from a sheet.

Columns, in Chinese or English: 类别 category (the leaf's code), 区 district, 街镇 street (a unit's
code, or empty for the whole district), 单位 unit. Every line goes before the one that the trades
would give.
"""

import csv
import io

from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.catalogue.actions import Place
from suqiu.catalogue.models import Category
from suqiu.organisations.models import Region, Unit

COLUMNS = {"类别": "category", "区": "district", "街镇": "street", "单位": "unit"}
Finding = tuple[str, str, str]  # line, rule, in words


def read(content: bytes) -> dict[Place, Unit]:
    """The lines. Raises Invalid with every line that cannot be, and why."""
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    reader.fieldnames = [COLUMNS.get(clean(n), clean(n)) for n in reader.fieldnames or []]
    lacking = [zh for zh, n in COLUMNS.items() if n != "street" and n not in reader.fieldnames]
    if lacking:
        said = _("第 1 行缺少列：%s") % _("、").join(lacking)
        raise Invalid("duties.file", said, findings=[("1", "columns", said)])
    known = _Known()
    own: dict[Place, Unit] = {}
    findings: list[Finding] = []
    for row in reader:
        given = {name: clean(row.get(name) or "") for name in COLUMNS.values()}
        if any(given.values()):
            wrong = known.wrong(given)
            place = known.place(given)
            if not wrong and place in own:
                wrong = _("这一处已经写过一行")
            if wrong:
                said = _("第 %(line)d 行：%(why)s") % {"line": reader.line_num, "why": wrong}
                findings.append((str(reader.line_num), "line", said))
            else:
                own[place] = known.units[given["unit"]]
    if findings:
        raise Invalid("duties.file", findings[0][2], findings=findings)
    return own


class _Known:
    """What a line may name today."""

    def __init__(self) -> None:
        self.leaves = set(Category.objects.filter(active=True).values_list("code", flat=True))
        self.units = {u.code: u for u in Unit.objects.filter(valid_to=None)}
        regions = list(Region.objects.filter(valid_to=None, tile_row__isnull=False))
        self.places = {r.code: r.code for r in regions} | {r.name: r.code for r in regions}

    def wrong(self, given: dict[str, str]) -> str:
        street = self.units.get(given["street"])
        looks = (
            (given["category"] not in self.leaves, _("没有类别“%s”") % given["category"]),
            (given["district"] not in self.places, _("没有区“%s”") % given["district"]),
            (given["unit"] not in self.units, _("没有单位“%s”") % given["unit"]),
            (bool(given["street"]) and (street is None or street.kind != "street"),
             _("没有街镇“%s”") % given["street"]),
        )  # fmt: skip
        return next((said for is_wrong, said in looks if is_wrong), "")

    def place(self, given: dict[str, str]) -> Place:
        street = self.units.get(given["street"]) if given["street"] else None
        region = self.places.get(given["district"], "")
        return given["category"], region, street.pk if street else None


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in Chinese saves the latter
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("duties.file", _("文件不是 UTF-8，也不是 GB 18030"), findings=[])
