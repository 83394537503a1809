"""The life cycle as one table. Menus, the API's verbs, the printed diagram and the permission
tests are read from it; `actions.advance` is the only code that obeys it.

`who` is a role of the centre ("dispatcher"), a role held in the unit that sits in a seat
("lead:handler", "callback:hub"), or "system". `events` start and stop the clocks of the pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(StrEnum):
    DRAFT = "draft"
    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    DISPOSED = "disposed"
    REPLIED = "replied"
    CALLBACK = "callback"
    SECOND_CHECK = "second_check"
    CLOSED = "closed"
    ARCHIVED = "archived"
    ANSWERED = "answered"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    HANDED_OVER = "handed_over"


S = State
LABELS: dict[State, StrPromise] = {
    S.DRAFT: _("登记中"),
    S.REGISTERED: _("已登记"),
    S.ACCEPTED: _("待派单"),
    S.DISPATCHED: _("待签收"),
    S.SIGNED: _("处理中"),
    S.DISPOSED: _("待单位审核"),
    S.REPLIED: _("待中心审核"),
    S.CALLBACK: _("待回访"),
    S.SECOND_CHECK: _("二次回访"),
    S.CLOSED: _("已办结"),
    S.ARCHIVED: _("已归档"),
    S.ANSWERED: pgettext_lazy("状态", "直接答复"),
    S.REJECTED: pgettext_lazy("状态", "不予受理"),
    S.MERGED: _("已并单"),
    S.WITHDRAWN: _("已撤回"),
    S.VOID: _("作废"),
    S.HANDED_OVER: _("已移送"),
}
ENDS = frozenset(
    {S.CLOSED, S.ARCHIVED, S.ANSWERED, S.REJECTED, S.MERGED, S.WITHDRAWN, S.VOID, S.HANDED_OVER}
)
OPEN = tuple(s for s in S if s not in ENDS)
AT_UNIT = (S.DISPATCHED, S.SIGNED)
AFTER_DISPATCH = (S.DISPATCHED, S.SIGNED, S.DISPOSED, S.REPLIED, S.CALLBACK, S.SECOND_CHECK)


@dataclass(frozen=True)
class Verb:
    """One row: what may be done, from where, to where, by whom, if what, and why it is so.

    An empty `to` keeps the state. Several `to` mean that the action's findings choose one of them.
    Who does a verb from the lead's or a co-handler's seat, or one that `handles`, has handled the
    order and never verifies it.
    """

    name: str
    label: StrPromise
    at: tuple[State, ...]
    to: tuple[State, ...]
    who: tuple[str, ...]
    why: StrPromise
    guards: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    key: str = ""
    accuses: bool = False
    handles: bool = False


HANDLER = ("lead:handler", "lead:head")
UNIT = (*HANDLER, "lead:hub", "callback:hub")

# One row, one verb: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Verb("correct", _("补正"), (S.DRAFT, S.REGISTERED), (), ("call_taker", "dispatcher", "system"),
         _("内容有误，派单前改正；每次改动都留痕"), key="E"),
    Verb("register", _("登记"), (S.DRAFT,), (S.REGISTERED,), ("call_taker", "dispatcher", "system"),
         _("诉求先记下来，再看能不能受理；内容规则不拦登记"), events=("registered",),
         required=("source", "content"), key="G"),
    Verb("void", _("作废"), (S.DRAFT,), (S.VOID,), ("call_taker",),
         _("误录的草稿不留在待办里"), required=("reason",)),
    Verb("answer", _("直接答复"), (S.REGISTERED,), (S.ANSWERED,), ("call_taker", "dispatcher"),
         _("咨询当场能答的不派单"), ("no_merged",), events=("answered",), required=("answer",), key="A"),
    Verb("reject", _("不予受理"), (S.REGISTERED,), (S.REJECTED,), ("call_taker", "dispatcher"),
         _("不属本行业的，告知该找的门"), ("no_merged",), events=("rejected",), required=("door",),
         notices=("rejected",), key="J"),
    Verb("accept", _("受理"), (S.REGISTERED,), (S.ACCEPTED,), ("call_taker", "dispatcher", "system"),
         _("内容审核通过才受理(工单内容严格审核)"), ("content_passes", "has_leaf"), ("accepted",),
         notices=("accepted",), key="S"),
    Verb("send_back", _("退回补正"), (S.ACCEPTED,), (S.REGISTERED,), ("dispatcher",),
         _("审核发现问题及时纠正，并计入个人"), events=("sent_back",), required=("reason",), key="B"),
    Verb("dispatch", _("派单"), (S.ACCEPTED,), (S.DISPATCHED,), ("dispatcher", "system"),
         _("第一时间准确派送；时限自派单起算，不待签收"), ("leader_named", "signed_for_dispatch"), ("dispatched",),
         ("to",), ("dispatched",), key="D"),
    Verb("acknowledge", _("值班回执"), AFTER_DISPATCH, (), (*UNIT, "system"),
         _("第二次传送要有值班员的回执"), ("unacknowledged",), ("acknowledged",), key="K"),
    Verb("climb", _("回执催升"), AFTER_DISPATCH, (), ("system",),
         _("无人回执的，逐级上找"), ("unacknowledged",)),
    Verb("sign", _("签收"), (S.DISPATCHED,), (S.SIGNED,), HANDLER,
         _("承办单位接单"), events=("signed",), key="S"),
    Verb("ask_return", _("申请退单"), AT_UNIT, (), HANDLER,
         _("不属本单位的，限时限次凭据申请，期间照常办理"), ("return_allowed",), required=("reason_code", "reason"),
         key="B"),
    Verb("uphold_return", _("准予退单"), AT_UNIT, (S.ACCEPTED,), ("dispatcher",),
         _("异议成立，改派；原单位的时限记为移出"), ("return_waiting",), ("returned",), key="Y"),
    Verb("refuse_return", _("驳回退单"), AT_UNIT, (), ("dispatcher",),
         _("异议不成立，照原派办理；退满次数即强制派单，不得再退"), ("return_waiting",), required=("reason",), key="N"),
    Verb("contact", _("先行联系"), (S.SIGNED, S.DISPOSED), (), HANDLER,
         _("承办人先和诉求人说上话；联系不上的如实记录"), ("not_confidential",), required=("way",), key="C"),
    Verb("be_on_site", _("到场"), (S.SIGNED,), (), HANDLER, _("到现场看过再处置"), events=("on_site",), key="O"),
    Verb("report_interim", _("中途汇报"), (S.SIGNED,), (), HANDLER, _("一时办不完的，先说进展"),
         required=("words",), key="I"),
    Verb("ask_extension", _("申请延期"), (S.SIGNED,), (), HANDLER,
         _("到期前申请；准了只改有效期限，原期限不改"), ("extension_allowed",), required=("days", "reason"), key="X"),
    Verb("grant_extension", _("准予延期"), AFTER_DISPATCH, (), ("dispatcher",),
         _("延期由中心审批"), ("extension_waiting",)),
    Verb("refuse_extension", _("不准延期"), AFTER_DISPATCH, (), ("dispatcher",),
         _("不准的，时限从未停过"), ("extension_waiting",), required=("reason",)),
    Verb("ask_hold", _("申请挂账"), (S.SIGNED,), (), HANDLER,
         _("条件不具备、须长期解决的，申请挂账"), ("hold_allowed",), required=("until", "reason"), key="H"),
    Verb("grant_hold", _("准予挂账"), (S.SIGNED,), (), ("dispatcher",), _("挂账由中心批，到期复核"), ("hold_waiting",)),
    Verb("refuse_hold", _("不准挂账"), (S.SIGNED,), (), ("dispatcher",), _("不准的照常办理"), ("hold_waiting",),
         required=("reason",)),
    Verb("release_hold", _("恢复办理"), (S.SIGNED,), (), (*HANDLER, "dispatcher", "system"),
         _("条件具备或复核日到，接着办"), ("on_hold",), key="R"),
    Verb("dispose", _("提交处置"), (S.SIGNED,), (S.DISPOSED,), HANDLER,
         _("件件有处置"), ("not_on_hold", "contact_tried", "signed_for_dispose"), ("disposal_submitted",),
         ("result", "fact", "words"),
         key="F"),
    Verb("pass_disposal", _("单位审核通过"), (S.DISPOSED,), (), ("lead:head",),
         _("承办单位自己先审：负责人审，经办人不审自己的"), ("disposal_waits", "not_own_disposal"),
         ("disposal_passed",), key="P"),
    Verb("refuse_disposal", _("单位退改"), (S.DISPOSED,), (S.SIGNED,), ("lead:head",),
         _("单位负责人认为处置不到位，退经办人"), ("disposal_waits",), required=("reason",), key="N"),
    Verb("reply", _("答复诉求人"), (S.DISPOSED,), (S.REPLIED,), HANDLER,
         _("件件有反馈"), ("not_confidential", "disposal_passed"), ("citizen_replied",), ("words",),
         ("result",), key="Y"),
    Verb("draft_reply", _("拟写答复"), (S.DISPOSED,), (), HANDLER,
         _("保密件的身份只在中心：承办单位写答复，不打电话"), ("confidential", "disposal_passed", "reply_undrafted"),
         ("reply_drafted",), ("words",), key="Y"),
    Verb("convey_reply", _("转告诉求人"), (S.DISPOSED,), (S.DISPOSED, S.REPLIED),
         ("call_taker", "callback_officer", "dispatcher"),
         _("保密件由中心把答复告知诉求人；没有联系上的按次数如实记录"), ("confidential", "reply_drafted"),
         notices=("result",), key="T", handles=True),
    Verb("review", _("中心审核通过"), (S.REPLIED,), (S.CALLBACK,), ("dispatcher",),
         _("处置与反馈一并审"), ("never_handled",), ("review_passed",), key="P"),
    Verb("verify_first", _("第一次回访"), (S.CALLBACK,), (S.CALLBACK, S.SECOND_CHECK),
         ("callback:hub", "callback_officer"), _("由没有经手的人问诉求人"),
         ("first_unverified", "never_handled", "first_caller"), ("verified_first",), key="V"),
    Verb("verify_second", _("二次回访"), (S.SECOND_CHECK,), (), ("callback_officer", "inspector"),
         _("中心自己的人独立核实：说了的做了没有"), ("second_unverified", "never_handled", "not_first_verifier"),
         ("verified_second",), key="V"),
    Verb("rework", _("发回重办"), (S.REPLIED, S.CALLBACK, S.SECOND_CHECK), (S.SIGNED,),
         ("dispatcher", "callback_officer", "inspector", "system"),
         _("没有办好的回到承办单位，新一轮时限"), ("never_handled",), ("reworked",), ("reason",), key="R",
         accuses=True),
    Verb("close", _("办结"), (S.CALLBACK, S.SECOND_CHECK), (S.CLOSED,),
         ("dispatcher", "callback_officer", "inspector"), _("件件有结果：处置、反馈、核实齐了才办结"),
         ("disposal_passed", "feedback_given", "verified", "leader_has_signed", "never_handled"),
         ("closed",), key="Z"),
    Verb("archive", _("归档"), (S.CLOSED,), (S.ARCHIVED,), ("system",), _("办结满期归档"), events=("archived",)),
    Verb("reopen", _("重新提起"), (S.CLOSED, S.ARCHIVED), (), ("call_taker", "dispatcher", "system"),
         _("诉求人再提，另立新单并记重复；原单不动"), required=("reason",), key="O"),
    Verb("withdraw", _("撤回"), (S.REGISTERED, S.ACCEPTED, *AT_UNIT), (S.WITHDRAWN,), ("dispatcher",),
         _("诉求人撤回，由派单员核后办"), ("no_merged",), events=("withdrawn",), required=("reason",)),
    Verb("urge", _("催办"), AFTER_DISPATCH, (), ("call_taker", "dispatcher", "callback_officer", "leader"),
         _("诉求人来催或将到期，催承办单位"), required=("reason",), notices=("urged",), key="U"),
    Verb("name_leader", _("指定责任领导"), OPEN, (), ("dispatcher", "leader"),
         _("行风件由主要领导把关、科室具体落实"), ("conduct",), ("leader_named",), ("leader", "section"), key="L"),
    Verb("sign_acceptance", _("受理签批"), (S.ACCEPTED, *AFTER_DISPATCH), (), ("leader",),
         _("责任领导看过诉求，写明要求，再派下去"), ("acceptance_owed", "signs"), ("leader_accepted",), ("words",)),
    Verb("report_plan", _("报处置方案"), AFTER_DISPATCH[1:], (), HANDLER,
         _("行风件先报打算怎么办，责任领导签了再办"), ("plan_owed",), ("plan_reported",), ("words",)),
    Verb("sign_plan", _("方案签批"), AFTER_DISPATCH[1:], (), ("leader",),
         _("方案由责任领导把关，签了才提交处置"), ("plan_waits", "signs"), ("plan_signed",), ("words",)),
    Verb("return_plan", _("退回处置方案"), AFTER_DISPATCH[1:], (), ("leader",),
         _("方案不对症的，写明理由退单位重报"), ("plan_waits", "signs"), ("plan_returned",), ("reason",)),
    Verb("sign_off", _("领导签批"), AFTER_DISPATCH[2:], (), ("leader",),
         _("主要领导亲自把关，签了才办结；先有单位审过的处置，才有可签的"),
         ("own_to_sign", "signs", "signed_for_sign_off", "disposal_passed"), ("leader_signed",), ("words",), key="Q"),
    Verb("protect", _("保密"), (S.DRAFT, S.REGISTERED, S.ACCEPTED), (), ("call_taker", "dispatcher"),
         _("要求保密的，承办单位只见转述，不见身份与详址"), required=("paraphrase",)),
    Verb("set_urgency", _("改紧急程度"), (S.REGISTERED, S.ACCEPTED, *AT_UNIT), (), ("dispatcher",),
         _("紧急程度变了，时限重算并留痕"), required=("urgency",)),
    Verb("attach", _("补充材料"), OPEN, (),
         ("call_taker", "dispatcher", "callback_officer", "inspector", *UNIT, "system"),
         _("照片、录音和说明随单留存，存原件指纹；诉求人也可补充"), key="M"),
    Verb("release_files", _("放行附件"), OPEN, (), ("dispatcher",),
         _("保密件诉求人的附件，中心看过、确认不露身份，承办单位才看得到"), ("files_withheld",)),
    Verb("ask_withdraw", _("诉求人要求撤回"), (S.REGISTERED, S.ACCEPTED, *AT_UNIT), (), ("call_taker", "system"),
         _("诉求人想撤，先记下来，由派单员核实后办；不停时限"), ("no_withdraw_asked",), required=("reason",)),
    Verb("transfer", _("转派"), AT_UNIT, (S.DISPATCHED,), ("lead:head", "lead:hub"),
         _("区内转给更合适的单位，时限接着走，不因转派多出时间"), ("transfer_allowed", "not_on_hold"),
         ("transferred",), ("to", "reason"), ("dispatched",)),
    Verb("ask_co", _("申请协办"), (S.SIGNED,), (), (*HANDLER, "lead:hub"),
         _("一家办不了的请别家协助，主办仍是一家"), ("co_unasked",), required=("unit", "reason")),
    Verb("grant_co", _("准予协办"), (S.SIGNED,), (), ("dispatcher",),
         _("协办由中心定，协办单位自有时限"), ("co_asked",), ("co_asked",)),
    Verb("refuse_co", _("不准协办"), AFTER_DISPATCH, (), ("dispatcher",),
         _("不准的，主办单位自己办"), ("co_asked",), required=("reason",)),
    Verb("answer_co", _("协办回复"), AFTER_DISPATCH, (), ("co:handler", "co:head"),
         _("协办单位办完自己那一份，回复主办单位"), ("co_waits",), ("co_answered",), ("words",), handles=True),
    Verb("merge", _("并单"), (S.REGISTERED, S.ACCEPTED, *AT_UNIT), (S.MERGED,), ("dispatcher",),
         _("同一件事只办一次；并进去的诉求人照样告知，单子照样计数"), ("no_merged",), ("merged",),
         ("master", "reason"), ("merged",)),
    Verb("unmerge", _("撤销并单"), (S.MERGED,), (S.ACCEPTED, S.REGISTERED), ("dispatcher",),
         _("并错了的拆回来：受理过的重新派单，没受理的再受理"), ("master_open",), ("unmerged",), ("reason",)),
    Verb("split", _("拆单"), (S.REGISTERED, S.ACCEPTED), (), ("call_taker", "dispatcher"),
         _("一通电话几件事，各立一单，互相关联"), required=("title", "content")),
    Verb("to_petition", _("转信访"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (S.HANDED_OVER,),
         ("dispatcher", "leader"), _("属信访事项的移送信访，不再按热线工单办"), ("no_merged",), ("handed_over",),
         ("reason",), ("handed_over",)),
    Verb("to_discipline", _("转纪检"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (S.HANDED_OVER,),
         ("dispatcher", "inspector", "leader"),
         _("反映违纪的移送纪检，材料不给被反映的人和单位，各单位从此不见"), ("no_merged",), ("handed_over",),
         ("reason",), ("handed_over",), accuses=True),
    Verb("ask_force", _("申请强制办结"), AFTER_DISPATCH, (), ("dispatcher", "callback_officer", "inspector"),
         _("办不下去又不能再办的，写明依据，由另一岗位的人裁定"), ("force_unasked", "never_handled"),
         required=("reason", "evidence")),
    Verb("grant_force", _("准予强制办结"), AFTER_DISPATCH, (S.CLOSED,), ("leader",),
         _("两人两岗才成；结果记强制办结，不进各率，剔除公布"), ("force_asked", "no_merged"), ("closed",)),
    Verb("refuse_force", _("不准强制办结"), AFTER_DISPATCH, (), ("leader",),
         _("不准的照常办理"), ("force_asked",), required=("reason",)),
    Verb("supervise", _("督办"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (),
         ("dispatcher", "inspector", "leader"), _("盯到办结：标红，承办单位另有通知"), ("unsupervised",),
         required=("reason",), notices=("supervised",)),
    Verb("unsupervise", _("解除督办"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (),
         ("inspector", "leader"), _("督办的事由没有了"), ("supervised",), required=("reason",)),
    Verb("mark_difficult", _("标记疑难"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (),
         ("dispatcher", "inspector", "leader", "system"), _("一家办不下来，上会会诊"), ("not_difficult",),
         required=("reason",)),
    Verb("clear_difficult", _("解除疑难"), (S.REGISTERED, S.ACCEPTED, *AFTER_DISPATCH), (),
         ("inspector", "leader"), _("疑难的事由没有了"), ("difficult",), required=("reason",)),
    Verb("ask_unreasonable", _("认定不合理"), (*AFTER_DISPATCH[1:], S.CLOSED), (),
         ("dispatcher", "callback_officer"), _("诉求不合理的，一人提出，另一岗位的人复核"),
         ("unreasonable_unasked",), required=("reason",)),
    Verb("grant_unreasonable", _("确认不合理"), (*AFTER_DISPATCH[1:], S.CLOSED), (), ("inspector", "leader"),
         _("两人两岗才成；满意率、解决率剔除并公布"), ("unreasonable_asked",)),
    Verb("refuse_unreasonable", _("不认定不合理"), (*AFTER_DISPATCH[1:], S.CLOSED), (), ("inspector", "leader"),
         _("不认定的照常计入"), ("unreasonable_asked",), required=("reason",)),
    Verb("ask_out_of_remit", _("认定超出职责"), (*AFTER_DISPATCH[1:], S.CLOSED), (),
         ("dispatcher", "callback_officer"), _("不在行业职责内的，一人提出，另一岗位的人复核"),
         ("remit_unasked",), required=("reason",)),
    Verb("grant_out_of_remit", _("确认超出职责"), (*AFTER_DISPATCH[1:], S.CLOSED), (), ("inspector", "leader"),
         _("两人两岗才成；实际解决率剔除并公布"), ("remit_asked",)),
    Verb("refuse_out_of_remit", _("不认定超出职责"), (*AFTER_DISPATCH[1:], S.CLOSED), (), ("inspector", "leader"),
         _("仍属职责之内，照常计入"), ("remit_asked",), required=("reason",)),
    Verb("remind", _("临期提醒"), OPEN, (), ("system",), _("到期前提醒")),
    Verb("turn_red", _("逾期亮红"), OPEN, (), ("system",), _("过期即亮红，事实不再改")),
    Verb("recompute", _("日历重算"), OPEN, (), ("system",), _("新年日历发布，暂定期限重算，只延不提前")),
)
# fmt: on
VERBS: dict[str, Verb] = {row.name: row for row in _ROWS}


def label_for(state: str, *, inside: bool) -> str:
    """The state's name. Units do not see which of two verifications an order is in: the draw is secret."""
    if not inside and state in {S.CALLBACK, S.SECOND_CHECK}:
        return str(_("中心核实中"))
    return str(LABELS[State(state)])
