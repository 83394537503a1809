"""Call figures by half hour, from a sheet. Where the telephone's own records come in, they write the
same rows, and what reads them does not change.

Columns: 日期 date, 时段 half hour (09:00), 呼入 offered, 接通 answered, 平均时长 mean handling in seconds;
15 秒接通 answered within 15 seconds, where the exchange counts it.
"""

import datetime as dt
import hashlib
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.figures.models import CallSlot
from suqiu.intake.readers import table

COLUMNS = {
    "日期": "day", "时段": "slot", "呼入": "offered", "接通": "answered", "平均时长": "handling",
    "date": "day", "half_hour": "slot", "offered": "offered", "answered": "answered",
    "handling_s": "handling", "15 秒接通": "quick", "quick": "quick",
}  # fmt: skip
WANTED = ("day", "slot", "offered", "answered", "handling")
MOST_CALLS, LONGEST = 100_000, 7200
SHOWN = 20
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S")
_TIMES = ("%H:%M", "%H:%M:%S")


def read(path: Path) -> list[CallSlot]:
    """The rows of a CSV or XLSX, unsaved. Raises Invalid, naming the lines that cannot be."""
    sheet = table(path)
    names = [COLUMNS.get(clean(name), "") for name in sheet.columns]
    lacking = [zh for zh, name in list(COLUMNS.items())[:5] if name not in names]
    if lacking:
        raise Invalid("calls.file", _("第 1 行缺少列：%s") % _("、").join(lacking))
    rows: dict[tuple[dt.date, int], CallSlot] = {}
    wrong: list[str] = []
    for number, cells in sheet.rows:
        given = {name: clean(cell) for name, cell in zip(names, cells, strict=False) if name}
        try:
            row = _row(given)
            if (row.day, row.slot) in rows:
                raise ValueError(_("这半小时前面已有一行"))
            rows[row.day, row.slot] = row
        except ValueError as error:
            wrong.append(_("第 %(line)d 行：%(why)s") % {"line": number, "why": error})
    if wrong or not rows:
        said = wrong or [_("表里没有数据")]
        findings = [("", "line", one) for one in said[:SHOWN]]
        raise Invalid("calls.file", said[0], findings=findings)
    return list(rows.values())


def _row(given: dict[str, str]) -> CallSlot:
    """Raises ValueError that says which cell is wrong."""
    day, moment = _when(given["day"], _DAYS), _when(given["slot"].split("-")[0].strip(), _TIMES)
    if day is None:
        raise ValueError(_("日期“%s”不对，写作 2026-09-07") % given["day"])
    if moment is None or moment.minute % 30 or moment.second:
        raise ValueError(_("时段“%s”不对，写半小时的开头，如 09:30") % given["slot"])
    offered = _number(given["offered"], MOST_CALLS, _("呼入"))
    answered = _number(given["answered"], MOST_CALLS, _("接通"))
    if answered > offered:
        raise ValueError(_("接通比呼入还多"))
    handling = _number(given["handling"] or "0", LONGEST, _("平均时长"))
    if answered and not handling:
        raise ValueError(_("有接通，平均时长却是 0 秒"))
    quick = (
        round(_number(given["quick"], MOST_CALLS, _("15 秒接通"))) if given.get("quick") else None
    )
    if quick is not None and quick > answered:
        raise ValueError(_("15 秒内接通比接通还多"))
    return CallSlot(
        day=day.date(), slot=moment.hour * 2 + moment.minute // 30, offered=round(offered),
        answered=round(answered), handling_s=handling, quick=quick,
    )  # fmt: skip


def _when(text: str, forms: tuple[str, ...]) -> dt.datetime | None:
    for form in forms:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007 - a day or a clock's face, no moment
        except ValueError:
            continue
    return None


def _number(text: str, most: int, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise ValueError(
            _("%(name)s“%(text)s”不对，应是 0 到 %(most)d 的数")
            % {"name": name, "text": text, "most": most}
        )
    return value


def take_in(rows: list[CallSlot], *, by: Actor) -> int:
    """Write them over what is known of the same half hours, all or none. Returns how many were new."""
    if not by.is_system and "sysadmin" not in by.roles:
        raise NotAllowed("post", _("话务数据由系统管理员导入"))
    days = sorted({row.day for row in rows})
    with transaction.atomic():
        known = set(
            CallSlot.objects.select_for_update().filter(day__in=days).values_list("day", "slot")
        )
        CallSlot.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["day", "slot"],
            update_fields=["offered", "answered", "handling_s", "quick"], batch_size=2000,
        )  # fmt: skip
        said = "".join(
            f"{r.day} {r.slot} {r.offered} {r.answered} {r.handling_s:g}"
            f"{'' if r.quick is None else f' {r.quick}'}\n"
            for r in sorted(rows, key=lambda r: (r.day, r.slot))
        )
        facts = {
            "rows": len(rows), "since": days[0].isoformat(), "until": days[-1].isoformat(),
            "fingerprint": hashlib.sha256(said.encode()).hexdigest(),
        }  # fmt: skip
        journal.append("planning", "calls.imported", by=by, data=facts)
    return len(rows) - len(known & {(row.day, row.slot) for row in rows})
