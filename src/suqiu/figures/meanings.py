"""What each rate means, in words: for the page of definitions and for docs/figures.md. Pure.

The words say what the functions of `rules.DEFINITIONS` do, and `rests_on` which entries of an order's
journal each is counted from. A test demands a row for every rate; another, that the entries are there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suqiu.audit.models import Entry
from suqiu.orders.states import VERBS
from suqiu.policy.rules import Pack

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

CLOCK = "clock:"
OF_CLOCKS = frozenset(
    {"clock.started", "clock.shifted", "clock.paused", "clock.resumed", "order.turn_red"}
)


@dataclass(frozen=True)
class Meaning:
    """`calendar`: counted by clocks of the pack; else by calendar days of the city. `source`: whose
    definition it is. `rests_on`: kinds of entries; "clock:<code>" is what starts, moves and stops the
    clock of this code; where it names none, every clock that the pack counts. `variant`: of which rate
    it is a narrower reading."""

    below: "StrPromise"
    above: "StrPromise"
    source: "StrPromise"
    rests_on: tuple[str, ...]
    calendar: bool = False
    variant: str = ""


_OURS = _("推定；行业通行读法，未见成文定义")
_TRADE = _("上海热线的四率（先行联系、按时办结、实际解决、市民满意）的读法，条文未见，推定")
_PASSED = ("order.pass_disposal", "order.dispose")
_CHECKED = ("order.verify_first", "order.verify_second", "callback.attempted")

# fmt: off
MEANINGS: dict[str, Meaning] = {
    "timely": Meaning(
        _("至少有一项时限义务已有结果的单子（按时、超时，或已过期仍未完成）"),
        _("规则包所列义务（未列即全部）没有一项超时"),
        _("推定：“三个二”原文未找到，按规则包的读法"), ("clock:",), calendar=True),
    "disposal": Meaning(
        _("处置已经本单位审核通过，或处置时限已有结果的单子"), _("本轮处置已经本单位审核通过"),
        _("推定：“三个二”原文未找到，按规则包的读法"), ("clock:dispose", *_PASSED), calendar=True),
    "reply": Meaning(
        _("本轮处置已审核通过的单子"), _("已答复到人；或在规则包要求的天数里打够了次数，每次留有记录"),
        _OURS, (*_PASSED, "order.reply", "order.convey_reply", "order.contact")),
    "satisfaction": Meaning(
        _("本轮已经核实的单子"), _("核实所得评价按规则包的权重折算；从来没有默认的“满意”"),
        _("权重取自上海一镇的做法（满意 1、基本满意 0.8、一般 0.6、不满意 0）"), _CHECKED),
    "solved": Meaning(
        _("本轮处置已审核通过的单子"), _("承办单位报“实际解决”，且核实属实；解释说明不算解决"),
        _TRADE, (*_PASSED, *_CHECKED)),
    "first_time": Meaning(
        _("本轮处置已审核通过的单子"), _("第一轮就实际解决，事后也没有为同一件事再来"),
        _OURS, (*_PASSED, *_CHECKED, "order.rework"), variant="solved"),
    "disposal_timely": Meaning(
        _("处置时限已有结果的单子"), _("没有一次处置超时"),
        _("及时率的窄读：2013 年的专项检查看的“处置及时率”"), ("clock:dispose",),
        calendar=True, variant="timely"),
    "first_contact": Meaning(
        _("先行联系时限已有结果的单子（有电话的才有这一时限）"), _("没有一次先行联系超时"),
        _TRADE, ("clock:first_contact", "order.contact"), calendar=True, variant="timely"),
    "sign_in": Meaning(
        _("系统传送给承办单位、回执期限已有结果的单子"), _("每次传送都在期限内回执，没有升级"),
        _OURS, ("order.transmitted", "order.acknowledge", "order.sign", "order.climb"),
        calendar=True, variant="timely"),
    "rework": Meaning(
        _("本轮处置已审核通过的单子"), _("发回重办过一次以上"), _OURS, (*_PASSED, "order.rework")),
    "return": Meaning(
        _("派到过承办单位的单子"), _("退单成立过一次以上"), _OURS,
        ("order.dispatch", "order.transfer", "order.ask_return", "order.uphold_return")),
    "repeat": Meaning(
        _("受理了的单子"), _("登记时或受理时认定为重复诉求"), _OURS, ("order.accept", "order.register")),
    "coverage": Meaning(
        _("已答复的单子"), _("本轮做过第一次回访"), _OURS,
        ("order.reply", "order.convey_reply", *_CHECKED)),
    "false_report": Meaning(
        _("随机抽中、做过二次回访的单子；因疑点另查的不在内"), _("承办单位报“实际解决”，核实没有解决"),
        _OURS, _CHECKED),
}
# fmt: on


def resting(code: str, entries: Iterable[Entry], pack: Pack) -> list[Entry]:
    """Of an order's entries, those that this rate is counted from, under the order's own pack."""
    kinds, clocks = _wanted(code, pack)
    return [
        entry
        for entry in entries
        if entry.kind in kinds
        or (entry.kind == "figures.exempted" and entry.data.get("rate") == code)
        or (entry.kind in OF_CLOCKS and entry.data.get("code") in clocks)
    ]


def _wanted(code: str, pack: Pack) -> tuple[set[str], set[str]]:
    """The kinds of entries, and the obligations: what starts and what stops these counts too."""
    kinds = {one for one in MEANINGS[code].rests_on if not one.startswith(CLOCK)}
    named = {one.removeprefix(CLOCK) for one in MEANINGS[code].rests_on if one.startswith(CLOCK)}
    if not named:
        return kinds, set()
    of_pack = set(pack.figures.timely) if code == "timely" else set()
    owed = [one for one in pack.obligations if one.id in (named - {""} or of_pack or {one.id})]
    events = {event for one in owed for event in (*one.start, *one.stop)}
    kinds |= {f"order.{verb.name}" for verb in VERBS.values() if events & set(verb.events)}
    return kinds, {one.id for one in owed}
