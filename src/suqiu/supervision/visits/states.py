"""The life of a visit as one table; `actions.advance` is the only code that obeys it.

`who`: roles, or "visitor": one of those who go.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suqiu.steps.states import Verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(StrEnum):
    PLANNED = "planned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = State
LABELS: dict[State, StrPromise] = {
    S.PLANNED: _("在走"),
    S.CLOSED: _("已走完"),
    S.CANCELLED: _("已取消"),
}
WHYS: dict[str, StrPromise] = {
    "hot": _("热点"),
    "unvisited": _("久未走访"),
    "hand": _("自定"),
}

# The centre's who lead visits, and a hub within its district.
LEADS = ("inspector", "dispatcher", "assessor", "leader", "hub")
_NOW, _EVER = (S.PLANNED,), (S.PLANNED, S.CLOSED)

# One row, one verb: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Verb("add", _("加一站"), _NOW, None, (*LEADS, "visitor"), _("路上想到的也写进来，走没走都有数")),
    Verb("join", _("加一人"), _NOW, None, LEADS, _("同去的人都写上：现场发现的问题，去的人都不核实")),
    Verb("log", _("记这一站"), _NOW, None, ("visitor",), _("到了才记；见了谁只写哪一类人，不写姓名")),
    Verb("skip", _("这一站不去了"), _NOW, None, (*LEADS, "visitor"), _("写明原因，不去的不算走访过")),
    Verb("find", _("发现问题，转工单"), _NOW, None, ("visitor",), _("以“走访发现”登记成单，照单办到底；去的人不核实")),
    Verb("promise", _("记承诺"), _NOW, None, ("visitor",), _("谁答应了什么、哪天前办好")),
    Verb("settle", _("核对承诺"), _EVER, None, (*LEADS, "visitor"), _("到期去看兑现没有；承诺单位的人自己不核对")),
    Verb("close", _("走访结束"), _NOW, S.CLOSED, ("visitor",), _("每一站都记了，或写明为什么没去")),
    Verb("cancel", _("取消走访"), _NOW, S.CANCELLED, LEADS, _("一站都没有走的才能取消，写明原因")),
)
# fmt: on
VERBS: dict[str, Verb] = {row.name: row for row in _ROWS}
