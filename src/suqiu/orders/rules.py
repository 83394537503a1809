"""Content rules: what makes an order accurate, complete and well-formed. Pure: no ORM, no clock.

The rules and their ids are of the house (推定 where the pack says so); limits come from the pack.
Blocking ones stop `accept`, never registration.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base.text import identities_in

URGENT_WORDS = ("倒伏", "坠落", "起火", "着火", "漏气", "燃气泄漏", "轻生", "扬言", "触电", "砸到")
_EMPTY_TALK = re.compile(r"^(同上|如题|转办|见附件|详见附件)[。.]?$")


@dataclass(frozen=True)
class Finding:
    """One thing to mend: which field, which rule, what is wrong, and whether it stops acceptance."""

    field: str
    rule: str
    message: str
    blocks: bool


@dataclass(frozen=True)
class Draft:
    """What the content rules look at."""

    title: str = ""
    content: str = ""
    demand: str = ""
    address: str = ""
    kind: str = "投诉"
    urgency: str = "一般"
    has_leaf: bool = False
    has_region: bool = False
    street_in_region: bool = True
    has_name: bool = False
    has_phone: bool = False
    anonymous: bool = False
    occurred_at: dt.datetime | None = None
    registered_at: dt.datetime | None = None


def findings(
    draft: Draft, severities: Mapping[str, str], limits: Mapping[str, tuple[int, int]]
) -> tuple[Finding, ...]:
    """What the pack's rules find. `severities` maps rule id to "B" (block), "W" (warn) or "off"."""
    found = []
    for field, rule, wrong, message in _checks(draft, limits):
        severity = severities.get(rule, "W")
        if wrong and severity != "off":
            found.append(Finding(field, rule, message, severity == "B"))
    return tuple(found)


def _checks(d: Draft, limits: Mapping[str, tuple[int, int]]) -> list[tuple[str, str, bool, str]]:
    low, high = limits.get("title", (10, 25))
    least, most = limits.get("content", (30, 600))
    missing = [
        name
        for name, there in (
            (_("诉求人"), d.has_name or d.anonymous),
            (_("时间"), d.occurred_at is not None),
            (_("地点"), bool(d.address) and d.has_region),
            (_("经过"), bool(d.content)),
        )
        if not there
    ]
    urgent = [w for w in URGENT_WORDS if w in d.title + d.content]
    late = d.occurred_at and d.registered_at and d.occurred_at > d.registered_at
    return [
        ("content", "C1", bool(missing), _("缺要素：%s") % _("、").join(missing)),
        ("phone", "C2", not d.has_phone and not d.anonymous, _("没有电话，且不是匿名")),
        (
            "address",
            "C3",
            bool(d.address) and not re.search(r"[路街道弄号口园站桥村]", d.address),
            _("地点没有路名、门牌或地标"),
        ),
        ("category", "C4", not d.has_leaf, _("类别还没选到末级")),
        ("demand", "C6", not d.demand, _("没有写期望结果，回访将无从核对")),
        ("occurred_at", "A2", bool(late), _("发生时间晚于登记时间")),
        ("street", "A3", not d.street_in_region, _("街镇不在所选的区")),
        (
            "kind",
            "A6",
            d.kind == "咨询" and bool(re.search(r"要求(查处|处理|整治)", d.content)),
            _("正文要求查处，类型却是咨询"),
        ),
        (
            "urgency",
            "A7",
            bool(urgent) and d.urgency == "一般",
            _("有“%s”，没有标紧急") % _("、").join(urgent),
        ),
        (
            "title",
            "N1",
            not low <= len(d.title) <= high,
            _("标题应为 %(low)d 至 %(high)d 字，现 %(n)d 字")
            % {"low": low, "high": high, "n": len(d.title)},
        ),
        (
            "content",
            "N2",
            not least <= len(d.content) <= most,
            _("正文宜为 %(low)d 至 %(high)d 字，现 %(n)d 字")
            % {"low": least, "high": most, "n": len(d.content)},
        ),
        (
            "content",
            "N3",
            bool(identities_in(d.title + "\n" + d.content)),
            _("正文里有电话或证件号，会随单下发"),
        ),
        ("content", "N6", bool(_EMPTY_TALK.match(d.content.strip())), _("正文只有套话")),
    ]


def disposal_findings(
    *,
    result: str,
    fact: str,
    words: str,
    basis: str,
    sent_at: dt.datetime,
    on_site_at: dt.datetime | None,
    now: dt.datetime,
) -> tuple[Finding, ...]:
    """What is wrong with a disposal as the unit wrote it (D1, D2, D4, N3)."""
    found = []
    if words.strip() in {result, fact, "属实", "已处理", "已处置", ""} or len(words.strip()) < 10:
        found.append(
            Finding("words", "D1", _("处置经过不能只是选项的名字，写明做了什么(10 字以上)"), True)
        )
    if on_site_at and not sent_at <= on_site_at <= now:
        found.append(Finding("on_site_at", "D2", _("到场时间须在派单之后，且不在将来"), True))
    if result == "解释说明" and not basis.strip():
        found.append(Finding("basis", "D4", _("“解释说明”须写政策或法律依据"), True))
    if identities_in(words):
        found.append(Finding("words", "N3", _("处置经过里有电话或证件号"), True))
    return tuple(found)


def exhausted(
    missed: Sequence[dt.date], *, attempts: int, min_days: int, has_phone: bool = True
) -> bool:
    """Has the citizen been tried often enough, on enough different local days, and not reached?

    Who left no telephone cannot be called again: one record says it all.
    """
    if not has_phone:
        return bool(missed)
    return len(missed) >= attempts and len(set(missed)) >= min_days


def fingerprint_of(seed: str) -> str:
    """What is published of a seed before its period: SHA-256 in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


# Among the reasons of a draw: a question was raised about the order. It is no part of the sample.
SIGNALLED = "signal"


def drawn(seed: str, number: str, rate: float) -> bool:
    """Is the order drawn for a second check? Anyone with the period's seed can draw it again.

    `rate` is a ratio 0–1; the draw is HMAC-SHA256(seed, number) read as a fraction of 2**64.
    """
    digest = hmac.new(seed.encode(), number.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") < rate * 2**64
