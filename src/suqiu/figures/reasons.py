"""Why an order is left out of an adjusted rate: the codes that a pack may list. Pure."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Of one rate and of one unit: said by `OrderFact.exempted`, not among the order's own reasons.
EXEMPTED = "exempted"
REASONS: "dict[str, StrPromise]" = {
    "merged": _("并单"),
    "withdrawn": _("撤回"),
    "void": _("作废"),
    "rejected": _("不予受理"),
    "returned": _("退单成立"),
    EXEMPTED: _("申诉免计"),
    "held": _("挂账"),
    "anonymous": _("匿名"),
    "no_phone": _("无电话"),
    "reply_waived": _("不需答复"),
    "not_reached": _("未联系上"),
    "refused": _("拒绝评价"),
    "unanswered": _("未评价"),
    "handed_over": _("移送信访、纪检"),
    "forced": _("强制办结"),
    "unreasonable": _("复核为不合理"),
    "out_of_remit": _("超出职责"),
}
# What each rests on: the fact in the house that sets it, in the reader's language.
GROUNDS: "dict[str, StrPromise]" = {
    "merged": _("单子的结局是并单"),
    "withdrawn": _("单子的结局是撤回"),
    "void": _("单子的结局是作废"),
    "rejected": _("单子的结局是不予受理"),
    "returned": _("退单经派单员同意，尚未派给下一家"),
    EXEMPTED: _("这一项的考核申诉经终审同意，只免这一项、这一家"),
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
