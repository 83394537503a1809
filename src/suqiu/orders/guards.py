"""What stands in the way of a verb: the situation that is judged, and the guards by their names. Pure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed, Refused, WrongState
from suqiu.orders.rules import Finding
from suqiu.orders.states import State


@dataclass(frozen=True)
class Allowed:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """A false value that carries its reason: `code` is stable, `reason` is for the screen."""

    code: str
    reason: str
    state: bool = False

    def __bool__(self) -> bool:
        return False

    def refusal(self, step: object = "", **told: object) -> Refused:
        """What an action raises for it: at another moment it might be done (WrongState), or it is not
        his to do (NotAllowed). `step` is the label of what was wanted."""
        kind = WrongState if self.state else NotAllowed
        said = _("%(step)s：%(why)s") % {"step": step, "why": self.reason} if step else self.reason
        return kind(self.code, said, **told)


@dataclass(frozen=True)
class Situation:
    """All that judging a verb needs to know of an order; no ORM behind it."""

    state: State
    source: str = ""
    seats: tuple[tuple[int, str, bool], ...] = ()  # (unit, role, open)
    hands: frozenset[str] = frozenset()
    conduct: bool = False
    has_leaf: bool = True
    findings: tuple[Finding, ...] = ()
    waiting: frozenset[str] = frozenset()
    returns: int = 0
    returns_max: int = 2
    returns_locked: bool = False
    return_in_time: bool = True
    extensions: int = 0
    extensions_max: int = 2
    clock_overdue: bool = False
    holds: int = 0
    holds_max: int = 1
    on_hold: bool = False
    unacknowledged: bool = False
    contact_tried: bool = True
    disposer: str = ""
    disposal: str = ""  # "", "waits", "passed"
    confidential: bool = False
    reply_drafted: bool = False
    replied: bool = False
    first: str = ""  # "", "ok", "bad"
    first_by: str = ""
    first_party: str = "hub"
    second: str = ""
    second_due: bool = False
    leader: str = ""
    leader_signed: bool = False
    leader_accepted: bool = False
    plan: str = ""  # "", "waits", "signed"
    deputy: str = ""  # who signs for the leader while he is away
    leader_gone: bool = False  # he is no leader any more
    leader_accused: bool = False  # he is, or was meanwhile, of the unit that is accused
    owed: frozenset[str] = frozenset({"close"})  # the signatures that the pack asks for
    # (signature, step that waits for it); nothing closes without all that are owed.
    stops: frozenset[tuple[str, str]] = frozenset({("close", "close")})
    files_withheld: bool = False
    transfers: int = 0
    transfers_max: int = 2
    askers: tuple[tuple[str, str], ...] = ()  # (kind, who asked) of what waits for a ruling
    co_waits: frozenset[int] = frozenset()
    has_merged: bool = False
    master_open: bool = False
    supervised: bool = False
    difficult: bool = False
    unreasonable: bool = False
    out_of_remit: bool = False
    discipline: bool = False
    accused: frozenset[int] = field(default_factory=frozenset)
    began: dt.date | None = None  # the day on which it was written down

    def open_units(self, role: str) -> frozenset[int]:
        return frozenset(unit for unit, seat, is_open in self.seats if seat == role and is_open)


Guard = Callable[[Situation, Actor], Denied | None]


def _no(when: bool, code: str, reason: str) -> Denied | None:
    return Denied(code, reason, state=True) if when else None


def _first(*answers: Denied | None) -> Denied | None:
    """The first refusal; `or` would pass over all of them, since a refusal is false."""
    return next((a for a in answers if a is not None), None)


def _content(it: Situation, by: Actor) -> Denied | None:
    blocks = [f for f in it.findings if f.blocks]
    if not blocks:
        return None
    return Denied(
        f"content.{blocks[0].rule}", ";".join(f"{f.rule} {f.message}" for f in blocks), state=True
    )


def _return_allowed(it: Situation, by: Actor) -> Denied | None:
    return _first(
        _no("return" in it.waiting, "return.waiting", _("退单申请正在审")),
        _no(it.returns_locked, "return.locked", _("已强制派单，不得再退")),
        _no(it.returns >= it.returns_max, "return.spent", _("已退 %d 次，到限") % it.returns),
        _no(not it.return_in_time, "return.late", _("超过可退时限")),
    )


def _extension_allowed(it: Situation, by: Actor) -> Denied | None:
    return _first(
        _no("extension" in it.waiting, "extension.waiting", _("延期申请正在审")),
        _no(
            it.extensions >= it.extensions_max,
            "extension.spent",
            _("已延 %d 次，到限") % it.extensions,
        ),
        _no(it.clock_overdue, "extension.late", _("处置已逾期，不能再延")),
    )


def _hold_allowed(it: Situation, by: Actor) -> Denied | None:
    return _first(
        _no("hold" in it.waiting, "hold.waiting", _("挂账申请正在审")),
        _no(it.on_hold, "hold.already", _("已在挂账")),
        _no(it.holds >= it.holds_max, "hold.spent", _("挂账只准一次")),
    )


def _verified(it: Situation, by: Actor) -> Denied | None:
    return _first(
        _no(it.first == "", "verify.first", _("第一次回访未做")),
        _no(it.second_due and it.second == "", "verify.second", _("二次回访未做")),
        _no(
            "bad" in (it.second or it.first),
            "verify.unsolved",
            _("回访为“未解决”或不属实(规则 D7)，须发回"),
        ),
    )


def _first_caller(it: Situation, by: Actor) -> Denied | None:
    wanted = it.open_units("callback") if it.first_party == "hub" else frozenset[int]()
    inside = bool(by.roles & {"callback_officer"})
    may = (
        inside
        if it.first_party == "centre" or not wanted
        else bool(by.units_as("hub") & wanted) or inside
    )
    return None if may else Denied("verify.party", _("策略包规定第一次回访不由您这一方做"))


def _signs(it: Situation, by: Actor) -> Denied | None:
    """The principal leader, or while he is away his deputy; neither where he may not sign himself, and
    none of them for what his own unit did."""
    return _first(
        _no(not it.leader, "leader.missing", _("还没有责任领导")),
        _no(it.leader_accused, "leader.accused", _("责任领导属被诉单位，须另行指定")),
        _no(it.leader_gone, "leader.gone", _("责任领导已不在任，须另行指定")),
        None
        if by.id in {it.leader, it.deputy}
        else Denied("leader.other", _("由指定的责任领导签批")),
        _own_unit(it, by),
    )


def _owed(kind: str, done: Callable[[Situation], bool]) -> Guard:
    """This order's pack asks for this signature, and it is not there yet."""
    return lambda it, by: _first(
        _no(not it.conduct, "leader.not_conduct", _("只有行风件须指定责任领导")),
        _no(kind not in it.owed, "signature.none", _("策略包没有要求这一道签批")),
        _no(done(it), "leader.signed", _("已签批")),
    )


def _signed_for(step: str) -> Guard:
    """Nothing that stops this step is unsigned."""

    def guard(it: Situation, by: Actor) -> Denied | None:
        if not it.conduct:
            return None
        return _first(
            _no(
                ("accept", step) in it.stops and not it.leader_accepted,
                "leader.unaccepted",
                _("责任领导还没有受理签批"),
            ),
            _no(
                ("plan", step) in it.stops and it.plan != "signed",
                "leader.plan_unsigned",
                _("处置方案未经责任领导签批"),
            ),
            _no(
                ("close", step) in it.stops and not it.leader_signed,
                "leader.unsigned",
                _("责任领导未签批"),
            ),
        )

    return guard


def _own_unit(it: Situation, by: Actor) -> Denied | None:
    """Who is, or since it began was, one of those whose work it is or was does not judge it."""
    handled = {unit for unit, seat, _open in it.seats if seat in {"lead", "co"}}
    if it.began and by.units_since(it.began, "handler", "head") & handled:
        return Denied("verify.unit", _("您在承办单位任职或任过职，这一步由别人办"))
    return None


def _by_another(kind: str, it: Situation, by: Actor) -> Denied | None:
    """Neither who asked nor one of his unit rules."""
    asked = (kind, by.id) in it.askers
    return Denied("pair.same", _("提出的人不能自己裁定")) if asked else _own_unit(it, by)


def _unasked(kind: str) -> Guard:
    return lambda it, by: _no(kind in it.waiting, "pair.waiting", _("已经提出，等另一人裁定"))


def _asked(kind: str) -> Guard:
    """Something of this kind waits, and another than who asked for it rules."""
    return lambda it, by: _first(
        _no(kind not in it.waiting, "pair.none", _("没有等裁定的申请")),
        _by_another(kind, it, by),
    )


GUARDS: dict[str, Guard] = {
    "transfer_allowed": lambda it, by: _no(
        it.transfers >= it.transfers_max, "transfer.spent", _("已转派 %d 次，到限") % it.transfers
    ),
    "co_unasked": _unasked("co"),
    "co_asked": _asked("co"),
    "co_waits": lambda it, by: _no(
        not by.units_as("handler", "head") & it.co_waits, "co.none", _("没有等您单位回复的协办")
    ),
    "force_unasked": _unasked("force"),
    "force_asked": _asked("force"),
    "unreasonable_unasked": lambda it, by: _first(
        _no(it.unreasonable, "unreasonable.already", _("已认定不合理")),
        _unasked("unreasonable")(it, by),
    ),
    "unreasonable_asked": _asked("unreasonable"),
    "remit_unasked": lambda it, by: _first(
        _no(it.out_of_remit, "remit.already", _("已认定超出职责")),
        _unasked("out_of_remit")(it, by),
    ),
    "remit_asked": _asked("out_of_remit"),
    "no_merged": lambda it, by: _no(it.has_merged, "merge.leads", _("有并入的单子，先撤销并单")),
    "master_open": lambda it, by: _no(
        not it.master_open, "merge.ended", _("主单已经结束，请重新提起")
    ),
    "supervised": lambda it, by: _no(not it.supervised, "supervise.none", _("不在督办")),
    "unsupervised": lambda it, by: _no(it.supervised, "supervise.already", _("已在督办")),
    "difficult": lambda it, by: _no(not it.difficult, "difficult.none", _("没有标为疑难")),
    "not_difficult": lambda it, by: _no(it.difficult, "difficult.already", _("已标为疑难")),
    "content_passes": _content,
    "has_leaf": lambda it, by: _no(not it.has_leaf, "content.C4", _("类别还没选到末级")),
    "leader_named": lambda it, by: _no(
        it.conduct and not it.leader, "leader.missing", _("行风件先指定责任领导与科室")
    ),
    "conduct": lambda it, by: _no(
        not it.conduct, "leader.not_conduct", _("只有行风件须指定责任领导")
    ),
    "signs": _signs,
    "acceptance_owed": _owed("accept", lambda it: it.leader_accepted),
    "plan_owed": _owed("plan", lambda it: it.plan == "signed"),
    "plan_waits": lambda it, by: _first(
        _no(it.plan == "", "plan.none", _("没有等签批的方案")),
        _no(it.plan == "signed", "leader.signed", _("已签批")),
    ),
    "own_to_sign": lambda it, by: _first(
        _no(not it.leader, "leader.missing", _("还没有责任领导")),
        _no(it.leader_signed, "leader.signed", _("已签批")),
    ),
    "signed_for_dispatch": _signed_for("dispatch"),
    "signed_for_dispose": _signed_for("dispose"),
    "signed_for_sign_off": _signed_for("sign_off"),
    "leader_has_signed": _signed_for("close"),
    "unacknowledged": lambda it, by: _no(not it.unacknowledged, "ack.none", _("没有等回执的传送")),
    "return_allowed": _return_allowed,
    "return_waiting": lambda it, by: _first(
        _no("return" not in it.waiting, "return.none", _("没有待审的退单申请")),
        _by_another("return", it, by),
    ),
    "extension_allowed": _extension_allowed,
    "extension_waiting": lambda it, by: _first(
        _no("extension" not in it.waiting, "extension.none", _("没有待审的延期申请")),
        _by_another("extension", it, by),
    ),
    "hold_allowed": _hold_allowed,
    "hold_waiting": lambda it, by: _first(
        _no("hold" not in it.waiting, "hold.none", _("没有待审的挂账申请")),
        _by_another("hold", it, by),
    ),
    "files_withheld": lambda it, by: _no(
        not it.files_withheld, "files.none", _("没有待放行的附件")
    ),
    "no_withdraw_asked": lambda it, by: _no(
        "withdraw" in it.waiting, "withdraw.waiting", _("已经要求撤回，派单员正在核实")
    ),
    "on_hold": lambda it, by: _no(not it.on_hold, "hold.none", _("不在挂账")),
    "not_on_hold": lambda it, by: _no(it.on_hold, "hold.on", _("挂账中，先恢复办理")),
    "contact_tried": lambda it, by: _no(
        not it.contact_tried, "contact.missing", _("还没有先行联系(D3)")
    ),
    "disposal_waits": lambda it, by: _no(
        it.disposal != "waits", "disposal.none", _("没有待审的处置")
    ),
    "not_own_disposal": lambda it, by: (
        Denied("disposal.own", _("不能审自己提交的处置")) if it.disposer == by.id else None
    ),
    "disposal_passed": lambda it, by: _no(
        it.disposal != "passed", "disposal.unpassed", _("处置未经单位审核通过")
    ),
    "confidential": lambda it, by: _no(
        not it.confidential, "secret.none", _("不是保密件，由承办单位直接答复")
    ),
    "not_confidential": lambda it, by: _no(
        it.confidential, "secret.centre", _("保密件只由中心联系诉求人")
    ),
    "reply_undrafted": lambda it, by: _no(
        it.reply_drafted, "secret.drafted", _("答复已拟好，由中心转告")
    ),
    "reply_drafted": lambda it, by: _no(
        not it.reply_drafted, "secret.undrafted", _("承办单位还没有拟好答复")
    ),
    "feedback_given": lambda it, by: _no(not it.replied, "reply.missing", _("还没有答复诉求人")),
    "never_handled": lambda it, by: (
        Denied("verify.own", _("经手过这件的人不能审核、核实它"))
        if by.id in it.hands
        else _own_unit(it, by)
    ),
    "first_unverified": lambda it, by: _no(it.first != "", "verify.done", _("第一次回访已做")),
    "second_unverified": lambda it, by: _no(it.second != "", "verify.done", _("二次回访已做")),
    "not_first_verifier": lambda it, by: (
        Denied("verify.same", _("两次回访不能是同一人")) if it.first_by == by.id else None
    ),
    "first_caller": _first_caller,
    "verified": _verified,
}
