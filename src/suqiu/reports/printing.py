"""The report's forms: PDF in the layout of an official document, DOCX (`document`), XLSX (`workbook`).

After GB/T 9704 as far as it is known here (推定 where it is a reading): A4, margins 37/35/28/26 mm,
a red header with the issuer, the number under it, a red rule, the title centred, the body in 16 pt
with 28 pt lines and two characters' indent, the signer and the date at the lower right, the page
number with dashes on both sides. The wheel's Noto Serif stands for 仿宋 and 小标宋, which are not free.
"""

import datetime as dt
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.reports import document, rules, workbook
from suqiu.reports.models import Report

MIME = {"pdf": "application/pdf", "docx": document.MIME, "xlsx": workbook.MIME}
NO_LETTERS = "report.pango"
_DIGITS = "〇一二三四五六七八九十"


def all_forms(report: Report, issuer: str) -> dict[str, bytes]:
    """All of them say the same frozen figures; made again they may differ in bytes, not in content."""
    with translation.override("zh-hans"):
        shown = _shown(report, issuer)
    made_at = report.issued_at or clock.now()
    return {
        "pdf": pdf(report, issuer),
        "docx": document.docx_of(shown, made_at),
        "xlsx": workbook.xlsx_of(shown, made_at),
    }


def pdf(report: Report, issuer: str) -> bytes:
    """The report as PDF; before it is issued it says on each page that it is a draft."""
    with translation.override("zh-hans"):
        html = render_to_string("reports/official.html", _shown(report, issuer))
    return _press(html)


def paper_of(html: str) -> bytes:
    """Any other paper of the house as PDF. Raises Refused as `_press` does."""
    return _press(html)


def _press(html: str) -> bytes:
    """Raises Refused where the machine lacks the library that lays out letters: all else of the house
    works without it, so it is asked for only here."""
    try:
        from suqiu.reports import paper
    except OSError as error:
        raise Refused(
            "report.pango",
            _("这台机器缺 Pango，出不了 PDF：apt-get install libpango-1.0-0 libpangoft2-1.0-0"),
        ) from error
    return paper.pdf(html)


def _shown(report: Report, issuer: str) -> dict[str, Any]:
    day = clock.local(report.issued_at).date() if report.issued_at else None
    return {
        "one": report,
        "draft": _("（未编号）"),
        "addressee": report.template.body.get("addressee", ""),
        "foot": _foot(report),
        "issuer": issuer,
        "day": chinese_day(day) if day else "",
        "sections": [
            {"ordinal": ordinal(place), **section, "laid": laid(section["table"])}
            for place, section in enumerate(report.sections, 1)
        ],
    }


def laid(table: dict[str, Any] | None) -> list[list[tuple[str, str]]]:
    """The table's lines, its head first, each cell with how its column stands: "num" or "text"; none
    where it has nothing to say."""
    if not table or not table["rows"]:
        return []
    kinds = ["num" if figures else "text" for figures in rules.numeric(table)]
    return [list(zip(line, kinds, strict=True)) for line in (table["head"], *table["rows"])]


def _foot(report: Report) -> str:
    """What the figures were counted from, and how to find them again."""
    last = report.end - dt.timedelta(days=1)
    said = [
        _("统计期 %(first)s – %(last)s")
        % {"first": report.start.isoformat(), "last": last.isoformat()},
        _("模板 %s") % report.template,
        _("规则包 %s") % (report.figures.get("pack") or "—"),
        _("流水位置 %s") % report.position
        + (_("，检查点 %s") % report.root if report.root else ""),
    ]
    if report.corrects:
        said.append(_("更正：") + str(report.corrects))
    return "；".join(said)


def ordinal(n: int) -> str:
    """1 → 一, 11 → 十一, 21 → 二十一; up to 99."""
    tens, ones = divmod(n, 10)
    front = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return front + (_DIGITS[ones] if ones else "")


def chinese_day(day: dt.date) -> str:
    """成文日期 in Arabic numerals, without leading zeros (GB/T 9704—2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
