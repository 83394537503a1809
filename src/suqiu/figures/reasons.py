"""Why an order is left out of an adjusted rate, or not counted at all. Pure.

REASONS are the codes that a pack may list, GROUNDS the facts behind them; UNCOUNTED says of each rate
what an order lacks that is not below its line."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Of one rate and of one unit: said by `OrderFact.exempted`, not among the order's own reasons.
EXEMPTED = "exempted"
# The same where the pack counts it as met: it takes nothing out, and is told beside what does.
AS_MET = "exempted_met"
REASONS: "dict[str, StrPromise]" = {
    "merged": pgettext_lazy("剔除理由", "并单"),
    "withdrawn": pgettext_lazy("剔除理由", "撤回"),
    "void": pgettext_lazy("剔除理由", "作废"),
    "rejected": pgettext_lazy("剔除理由", "不予受理"),
    "returned": pgettext_lazy("剔除理由", "退单成立"),
    EXEMPTED: pgettext_lazy("剔除理由", "申诉免计"),
    AS_MET: pgettext_lazy("剔除理由", "申诉免计、按达标计"),
    "held": pgettext_lazy("剔除理由", "挂账"),
    "anonymous": pgettext_lazy("剔除理由", "匿名"),
    "no_phone": pgettext_lazy("剔除理由", "无电话"),
    "reply_waived": pgettext_lazy("剔除理由", "不需答复"),
    "not_reached": pgettext_lazy("剔除理由", "未联系上"),
    "refused": pgettext_lazy("剔除理由", "拒绝评价"),
    "unanswered": pgettext_lazy("剔除理由", "未评价"),
    "handed_over": pgettext_lazy("剔除理由", "移送信访、纪检"),
    "forced": pgettext_lazy("剔除理由", "强制办结"),
    "unreasonable": pgettext_lazy("剔除理由", "复核为不合理"),
    "out_of_remit": pgettext_lazy("剔除理由", "超出职责"),
}
# What each rests on: the fact in the house that sets it, in the reader's language.
GROUNDS: "dict[str, StrPromise]" = {
    "merged": _("单子的结局是并单"),
    "withdrawn": _("单子的结局是撤回"),
    "void": _("单子的结局是作废"),
    "rejected": _("单子的结局是不予受理"),
    "returned": _("退单经派单员同意，尚未派给下一家"),
    EXEMPTED: _("这一项的考核申诉经终审同意，只免这一项、这一家"),
    AS_MET: _("同上，规则包对这一项不剔除：留在分母里，按达标计，原始率不动"),
    "held": _("挂账经批准，尚未恢复办理"),
    "anonymous": _("诉求人不留姓名，也没有电话"),
    "no_phone": _("留了姓名，没有电话"),
    "reply_waived": _("诉求人说过不需要答复"),
    "not_reached": _("回访各次都没有联系上"),
    "refused": _("回访时拒绝评价"),
    "unanswered": _("回访联系上了，没有评价"),
    "handed_over": _("单子的结局是移送"),
    "forced": _("强制办结，由两个岗位的人先后同意"),
    "unreasonable": _("认定不合理，由两个岗位的人先后同意"),
    "out_of_remit": _("认定超出职责，由两个岗位的人先后同意"),
}
# Moved to another unit: this one answers for its own clocks and for nothing else.
LOST: "StrPromise" = _("已移给别的单位，本单位只计自己的时限")
UNCOUNTED: "dict[str, StrPromise]" = {
    "timely": _("还没有一项时限义务有结果"),
    "disposal": _("处置没有审核通过，处置时限也没有结果"),
    "reply": _("本轮处置没有审核通过"),
    "satisfaction": _("本轮没有核实过"),
    "solved": _("本轮处置没有审核通过"),
    "first_time": _("本轮处置没有审核通过"),
    "disposal_timely": _("处置时限没有结果"),
    "first_contact": _("先行联系时限没有结果，或不须先行联系"),
    "sign_in": _("没有到期该回执的传送"),
    "rework": _("本轮处置没有审核通过"),
    "return": _("没有派到过承办单位"),
    "repeat": _("没有受理过"),
    "coverage": _("没有答复过"),
    "false_report": _("没有随机抽中，或二次回访没有做"),
}
