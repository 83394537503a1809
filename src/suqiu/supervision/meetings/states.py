"""The life of a meeting as one table; `actions.advance` is the only code that obeys it.

`who`: roles of the centre, or "party": a person of a unit that is called, "owner": of the unit that has
to fulfil.
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
    CALLED = "called"
    HELD = "held"
    CIRCULATED = "circulated"
    CANCELLED = "cancelled"


S = State
LABELS: dict[State, StrPromise] = {
    S.PLANNED: _("筹备中"),
    S.CALLED: _("已通知"),
    S.HELD: _("已开，待印发纪要"),
    S.CIRCULATED: _("纪要已印发"),
    S.CANCELLED: _("已取消"),
}
# What a party may know of: before the call there is nothing to come to.
TOLD = (S.CALLED, S.HELD, S.CIRCULATED)

ITEMS: dict[str, StrPromise] = {
    "hot": _("热点"),
    "difficult": _("疑难件"),
    "overdue": _("未落实的决定"),
    "figures": _("各区指标"),
    "directive": _("传达上级要求"),
    "experience": _("经验交流"),
    "other": _("其他"),
}
OUTCOMES: dict[str, StrPromise] = {
    "plan": _("按对策办"),
    "hold": _("暂缓，定期复看"),
    "transfer": _("转有权部门"),
    "explain": _("向诉求人说明"),
}

LEADS = ("inspector", "assessor", "dispatcher")
_EARLY, _AFTER = (S.PLANNED, S.CALLED), (S.HELD, S.CIRCULATED)

# One row, one verb: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Verb("propose", _("按数据拟议程"), _EARLY, None, LEADS, _("热点、疑难、未落实的决定自动列出，再由人增减")),
    Verb("add", _("加议题"), _EARLY, None, (*LEADS, "leader"), _("上级要求在这里传达，限期的写成决定")),
    Verb("offer", _("报经验"), (S.CALLED,), None, ("party",), _("区里做得好的，会上讲，好的进案例库")),
    Verb("drop", _("撤议题"), _EARLY, None, LEADS, _("撤下的也留记录")),
    Verb("invite", _("加参会单位"), _EARLY, None, LEADS, _("请到的单位看得到议程，也收纪要")),
    Verb("call", _("发会议通知"), (S.PLANNED,), S.CALLED, LEADS, _("议程和参会单位定了才发")),
    Verb("hold", _("开会"), (S.CALLED,), S.HELD, LEADS, _("先记谁到会")),
    Verb("say", _("记发言"), (S.HELD,), None, LEADS, _("哪家说了什么，原样留着")),
    Verb("study", _("记研讨结论"), (S.HELD,), None, LEADS, _("原因、对策、结论，写回工单")),
    Verb("decide", _("记决定"), (S.HELD,), None, LEADS, _("谁办、哪天前办完；到期没办的下次会再议")),
    Verb("recommend", _("荐为案例"), _AFTER, None, (*LEADS, "leader"), _("讲得好的经验、有教益的疑难件")),
    Verb("minute", _("写纪要"), (S.HELD,), None, LEADS, _("印发前都可以改")),
    Verb("circulate", _("批准印发纪要"), (S.HELD,), S.CIRCULATED, ("leader",), _("领导批了才发给各参会单位")),
    Verb("acknowledge", _("签收纪要"), (S.CIRCULATED,), None, ("party",), _("每家签收一次")),
    Verb("fulfil", _("报落实"), _AFTER, None, ("owner",), _("写明怎么落实的")),
    Verb("confirm", _("确认落实"), _AFTER, None, (*LEADS, "leader"), _("报的人和确认的人不是同一个")),
    Verb("refuse", _("退回重办"), _AFTER, None, (*LEADS, "leader"), _("没落实的退回，期限不变")),
    Verb("cancel", _("取消"), _EARLY, S.CANCELLED, (*LEADS, "leader"), _("写明原因")),
)
# fmt: on
VERBS: dict[str, Verb] = {row.name: row for row in _ROWS}
