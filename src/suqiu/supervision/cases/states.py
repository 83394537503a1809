"""A case's way as one table; `actions.advance` is the only code that obeys it.

`who` is a role of the centre, "unit:head" and "unit:handler" for the unit told to rectify, or
"system". `checks`: only one who is independent of the orders may (never one's own work).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suqiu.steps import states as steps

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(StrEnum):
    OPENED = "opened"
    SURVEYED = "surveyed"
    PLANNING = "planning"
    REVIEWING = "reviewing"
    RECTIFYING = "rectifying"
    CHECKING = "checking"
    REPORTING = "reporting"
    FILING = "filing"
    FILED = "filed"
    DROPPED = "dropped"


S = State
LABELS: dict[State, StrPromise] = {
    S.OPENED: _("待踏勘"),
    S.SURVEYED: _("待交办"),
    S.PLANNING: _("待整改方案"),
    S.REVIEWING: _("方案待审"),
    S.RECTIFYING: _("整改中"),
    S.CHECKING: _("待现场复核"),
    S.REPORTING: _("待分析报告"),
    S.FILING: _("待备案"),
    S.FILED: _("已备案"),
    S.DROPPED: _("已撤销"),
}
ENDS = frozenset({S.FILED, S.DROPPED})
OPEN = tuple(s for s in S if s not in ENDS)
# What a unit may know of: before the demand nobody tells it that it is looked at.
TOLD = (S.PLANNING, S.REVIEWING, S.RECTIFYING, S.CHECKING, S.REPORTING, S.FILING, S.FILED)

LEVELS: dict[int, StrPromise] = {1: _("科室督办"), 2: _("中心督察"), 3: _("提级督办")}
REASONS: dict[str, StrPromise] = {
    "conduct": _("政风行风件"),
    "rework": _("多次发回"),
    "bounced": _("多次退转"),
    "overdue": _("长期逾期"),
    "leader": _("领导交办"),
    "warning": _("预警"),
    "again": _("二次投诉"),
    "hand": _("人工立案"),
}
CAUSES: dict[str, StrPromise] = {
    "duty": _("责任不清"),
    "effort": _("处置不到位"),
    "law": _("执法手段不足"),
    "works": _("设施或规划缺口"),
    "talk": _("沟通解释不够"),
    "conduct": _("作风问题"),
    "other": _("其他原因"),
}
RULINGS: dict[str, StrPromise] = {
    "citizen": _("诉求成立"),
    "partly": _("部分成立"),
    "unit": _("处置无误"),
}
CLOCKS: dict[str, StrPromise] = {
    "survey": _("现场踏勘"),
    "demand": _("交办"),
    "plan": _("报整改方案"),
    "plan_review": _("审方案"),
    "measure": _("整改措施"),
    "visit": _("跟踪回访"),
    "recheck": _("现场复核"),
    "report": _("分析报告"),
    "filing": _("备案"),
}


# The clock that begins when a case comes into a state.
STARTS: dict[State, str] = {
    S.OPENED: "survey",
    S.SURVEYED: "demand",
    S.PLANNING: "plan",
    S.REVIEWING: "plan_review",
    S.RECTIFYING: "visit",
    S.CHECKING: "recheck",
    S.REPORTING: "report",
    S.FILING: "filing",
}


@dataclass(frozen=True)
class Verb(steps.Verb):
    """The clocks in `stops` end with it; what is `required` may not be empty."""

    guards: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    checks: bool = False


CENTRE = ("inspector", "leader")
UNIT = ("unit:head", "unit:handler")

# One row, one verb: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Verb("assign", _("指定督察员"), OPEN, (), CENTRE, _("谁去查、谁负责，写明是谁"), required=("inspector",)),
    Verb("name_hour", _("约定到场时间"), (S.OPENED,), (), (*CENTRE, "callback_officer"),
         _("二次投诉按诉求人指定的时间到场，由指名的人当场裁定"), required=("hour", "inspector")),
    Verb("survey", _("现场踏勘"), (S.OPENED,), (S.SURVEYED,), ("inspector",),
         _("督办人员第一时间赶到现场"), ("named", "hour_come"), ("survey",), ("words",), True),
    Verb("find", _("记问题与建议"), (S.SURVEYED,), (), ("inspector",),
         _("汇总信息，分析原因，提出建议"), required=("cause", "words", "advice"), checks=True),
    Verb("demand", _("下达督办"), (S.SURVEYED,), (S.PLANNING,), CENTRE,
         _("督促承办单位制定整改方案"), ("found",), ("demand",), ("unit",), True),
    Verb("clear", _("未发现问题"), (S.SURVEYED,), (S.REPORTING,), CENTRE,
         _("现场没有问题的，如实写进报告"), ("nothing_found",), ("demand",), ("reason",), True),
    Verb("plan", _("报整改方案"), (S.PLANNING,), (S.REVIEWING,), ("unit:head",),
         _("措施、责任人、期限，由单位负责人报"), (), ("plan",), ("words", "measures")),
    Verb("return_plan", _("退回方案"), (S.REVIEWING,), (S.PLANNING,), CENTRE,
         _("措施不对症的退回重报"), ("ranking",), ("plan_review",), ("reason",), True),
    Verb("approve_plan", _("批准方案"), (S.REVIEWING,), (S.RECTIFYING,), CENTRE,
         _("批了才算数，每条措施自有期限；二级以上由领导批"), ("ranking",), ("plan_review",), checks=True),
    Verb("do_measure", _("措施完成"), (S.RECTIFYING,), (S.RECTIFYING, S.CHECKING), UNIT,
         _("逐条销项，全部完成后现场复核"), required=("measure", "words")),
    Verb("visit", _("跟踪回访"), (S.RECTIFYING, S.CHECKING), (), ("inspector", "callback_officer"),
         _("对处置结果跟踪回访"), (), ("visit",), required=("words",), checks=True),
    Verb("recheck", _("现场复核"), (S.CHECKING,), (S.REPORTING, S.PLANNING), ("inspector",),
         _("复核属实才出报告；不属实的重报方案并提一级"), (), ("recheck",), required=("good", "words"), checks=True),
    Verb("report", _("写分析报告"), (S.REPORTING,), (S.FILING,), ("inspector",),
         _("撰写详细分析报告"), ("visited",), ("report", "visit"), ("words",), True),
    Verb("return_report", _("退回报告"), (S.FILING,), (S.REPORTING,), CENTRE,
         _("报告由另一人审"), ("not_writer", "ranking"), ("filing",), ("reason",), True),
    Verb("file", _("备案"), (S.FILING,), (S.FILED,), CENTRE,
         _("编号进备案簿，按期限保存"), ("not_writer", "ranking"), ("filing",), checks=True),
    Verb("raise_level", _("提级"), OPEN, (), ("leader", "system"),
         _("逾期或难办的提一级督办"), ("not_highest",), required=("reason",)),
    Verb("drop", _("撤销"), OPEN, (S.DROPPED,), ("leader",), _("立错了或已无必要"), required=("reason",), checks=True),
)
# fmt: on
VERBS: dict[str, Verb] = {row.name: row for row in _ROWS}
