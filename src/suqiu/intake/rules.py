"""From the words of a row to what an appeal needs. Pure: no ORM, no clock."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid
from suqiu.base.text import clean

LONGEST_TITLE = 60
MADE_TITLE = 25
LONGEST_CONTENT = 50_000
_STANDARD_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_YES, _NO = {"是", "有", "1", "y", "yes", "true"}, {"", "否", "无", "不", "0", "n", "no", "false"}
_TRAILING = re.compile(r"[,,、;;::。.]+$")
_CLAUSE_END = re.compile(r"[,。!?;,.!?;:、\s]")


def moment(words: str, formats: Iterable[str], zone: str) -> dt.datetime | None:
    """The time on the wall clock of `zone`; None for no words. Raises Invalid for what is no time."""
    words = clean(words)
    if not words:
        return None
    for form in (*formats, *_STANDARD_TIMES):
        try:
            naive = dt.datetime.strptime(words, form)  # noqa: DTZ007 - the zone is put on below
        except ValueError:
            continue
        if not 1970 <= naive.year <= 2100:
            break
        return naive.replace(tzinfo=ZoneInfo(zone))
    raise Invalid(
        "import.time", _("时间“%(words)s”认不出，应如 2026-09-14 09:30:00") % {"words": words[:40]}
    )


def flag(words: str) -> bool:
    """Raises Invalid for what is neither yes nor no."""
    said = clean(words).lower()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise Invalid("import.flag", _("“%(words)s”不是“是”或“否”") % {"words": words[:20]})


def titled(title: str, content: str) -> tuple[str, str]:
    """A title of one line and the content. What a long title loses stands before the content; a
    missing one is the content's beginning."""
    title, content = " ".join(clean(title).split()), clean(content)
    if not title:
        return _cut(" ".join(content.split()), MADE_TITLE), content
    if len(title) <= LONGEST_TITLE:
        return title, content or title
    return _cut(title, LONGEST_TITLE), f"{title}\n{content}".strip()


def _cut(text: str, most: int) -> str:
    """At the end of a clause where one lies in the second half, else in the middle of it."""
    if len(text) <= most:
        return _TRAILING.sub("", text)
    ends = [m.start() for m in _CLAUSE_END.finditer(text[:most])]
    if ends and ends[-1] >= most // 2:
        return text[: ends[-1]]
    return text[: most - 1] + "…"


def key(source_no: str, values: Mapping[str, str]) -> str:
    """What the row is known by: its number, or the fingerprint of all it says."""
    if source_no:
        return f"no:{source_no}"
    told = "\x1f".join(f"{name}={clean(values[name])}" for name in sorted(values))
    return f"row:{hashlib.sha256(told.encode()).hexdigest()}"
