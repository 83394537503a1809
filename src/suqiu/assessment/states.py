"""The lives of schemes, upstreams, entries, sheets and appeals as one table; `actions.step` obeys it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LABELS: dict[str, StrPromise] = {
    "draft": _("草案"),
    "published": _("已发布"),
    "entered": _("待确认"),
    "confirmed": _("已确认"),
    "drawn": _("已出表，待审核"),
    "reviewed": _("已审核，待冻结"),
    "frozen": _("已冻结"),
    "asked": _("待初审"),
    "weighed": _("已初审，待终审"),
    "granted": _("同意，不计入"),
    "refused": _("不同意"),
    "withdrawn": _("已撤回"),
    "dropped": _("已作废"),
}
# Where the order's pack counts the exempted as met.
GRANTED_AS_MET: StrPromise = _("同意，按达标计")
FIRST = {
    "scheme": "draft",
    "upstream": "draft",
    "entry": "entered",
    "sheet": "drawn",
    "appeal": "asked",
}
# How the mark of an expert from outside came.
WAYS: dict[str, StrPromise] = {"own": _("本人打分"), "proxy": pgettext_lazy("打分", "代录")}
# In these nothing waits for anybody any more.
OVER = frozenset({"published", "confirmed", "frozen", "granted", "refused", "withdrawn", "dropped"})


@dataclass(frozen=True)
class Verb:
    """`at` empty: it makes the row. `other`: by a hand that has not been on it. `own`: by a person of
    the unit that it is about; every other verb is closed to such a person."""

    what: str
    name: str
    label: StrPromise
    at: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    why: StrPromise
    other: bool = False
    own: bool = False


_A, _AI, _L, _U = ("assessor",), ("assessor", "inspector"), ("leader",), ("hub", "head")
_X = ("external_supervisor",)
# One row, one verb: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Verb("scheme", "propose", _("拟考核办法"), (), "draft", _A, _("从哪天起、依据什么、各项怎么计分")),
    Verb("scheme", "simulate", _("试算"), ("draft", "published"), None, (*_A, *_L), _("先拿过去的月份算一遍")),
    Verb("scheme", "publish", _("发布"), ("draft",), "published", _L, _("拟的人不能自己发布"), other=True),
    Verb("scheme", "drop", _("作废"), ("draft",), "dropped", (*_A, *_L), _("没有发布的可以作废")),
    Verb("upstream", "propose", _("拟上级口径"), (), "draft", _A, _("上级怎样算分：写明出处，没有公开的注明推定")),
    Verb("upstream", "publish", _("发布"), ("draft",), "published", _L, _("拟的人不能自己发布"), other=True),
    Verb("upstream", "drop", _("作废"), ("draft",), "dropped", (*_A, *_L), _("没有发布的可以作废")),
    Verb("entry", "enter", _("记一笔"), (), "entered", _AI, _("写明凭据；不给自己待过的单位记")),
    Verb("entry", "mark", _("打分"), (), "entered", _X, _("办法对外部专家开放的几项，被邀请的本人打")),
    Verb("entry", "confirm", _("确认"), ("entered",), "confirmed", _AI, _("记的人不能自己确认"), other=True),
    Verb("entry", "refuse", _("不予确认"), ("entered",), "refused", _AI, _("凭据不足"), other=True),
    Verb("entry", "add", _("补凭据"), ("entered", "confirmed"), None, _AI,
         _("后来才有的凭据，分数不动；补的人不再确认这一笔，冻结以后补的列为更正")),
    Verb("entry", "bring", _("补凭据"), ("entered", "confirmed"), None, _X,
         _("打分的本人后来才有的凭据，分数不动；冻结以后补的列为更正")),
    Verb("sheet", "draw", _("出考核表"), (), "drawn", _A, _("期满才出")),
    Verb("sheet", "review", _("审核"), ("drawn",), "reviewed", _AI, _("出表的人不能自己审核"), other=True),
    Verb("sheet", "freeze", _("冻结"), ("reviewed",), "frozen", _L, _("冻结后不再改，有变化列在旁边"), other=True),
    Verb("sheet", "drop", _("作废"), ("drawn", "reviewed"), "dropped", (*_A, *_L), _("没有冻结的可以重出")),
    Verb("appeal", "ask", _("提出考核申诉"), (), "asked", _U, _("写明哪一件、哪一项、凭什么"), own=True),
    Verb("appeal", "withdraw", _("撤回"), ("asked",), "withdrawn", _U, _("初审前可以撤"), own=True),
    Verb("appeal", "support", _("初审：建议同意"), ("asked",), "weighed", _A, _("初审不是最后的决定")),
    Verb("appeal", "oppose", _("初审：建议不同意"), ("asked",), "weighed", _A, _("初审不是最后的决定")),
    Verb("appeal", "grant", _("终审：同意"), ("weighed",), "granted", _L,
         _("不计入这一项，或按规则包按达标计；事实照旧"), other=True),
    Verb("appeal", "refuse", _("终审：不同意"), ("weighed",), "refused", _L, _("照旧计入"), other=True),
)
# fmt: on
VERBS: dict[tuple[str, str], Verb] = {(row.what, row.name): row for row in _ROWS}


def steps(what: str) -> list[Verb]:
    """What may be done with a row that is there."""
    return [row for row in _ROWS if row.what == what and row.at]
