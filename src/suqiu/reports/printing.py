"""The report on paper: PDF in the layout of an official document.

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
from suqiu.reports.models import Report

MIME = {"pdf": "application/pdf"}
_DIGITS = "〇一二三四五六七八九十"


def all_forms(report: Report, issuer: str) -> dict[str, bytes]:
    return {"pdf": pdf(report, issuer)}


def pdf(report: Report, issuer: str) -> bytes:
    """The report as PDF; before it is issued it says on each page that it is a draft."""
    with translation.override("zh-hans"):
        html = render_to_string("reports/official.html", {"one": report, **_shown(report, issuer)})
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
        "issuer": issuer,
        "day": chinese_day(day) if day else "",
        "sections": [
            {"ordinal": ordinal(place), **section}
            for place, section in enumerate(report.sections, 1)
        ],
        "last": report.end - dt.timedelta(days=1),
    }


def ordinal(n: int) -> str:
    """1 → 一, 11 → 十一, 21 → 二十一; up to 99."""
    tens, ones = divmod(n, 10)
    front = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return front + (_DIGITS[ones] if ones else "")


def chinese_day(day: dt.date) -> str:
    """成文日期 in Arabic numerals, without leading zeros (GB/T 9704—2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
