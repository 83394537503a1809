"""Who may: one pure judgement, and the one door to an order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from suqiu.audit.models import Entry
from suqiu.base.actors import Actor
from suqiu.orders.models import Obligation, Order
from suqiu.orders.rules import Finding
from suqiu.orders.states import ENDS, VERBS, State, Verb

CENTRE_ROLES = frozenset(
    {"call_taker", "dispatcher", "callback_officer", "inspector", "assessor", "leader"}
)
UNIT_ROLES = ("hub", "handler", "head")
READERS = CENTRE_ROLES | {"auditor"}
# What only the centre may read until the order has ended: it tells which orders were drawn.
DRAWN = frozenset({"order.verify_second", "order.verify_first", "order.close"})
CENTRE_CLOCKS = frozenset({"second_check", "review", "first_callback"})
# Who needs a photo as it came: it may tell where the citizen lives.
ORIGINALS = frozenset({"call_taker", "dispatcher", "callback_officer", "inspector"})


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
    files_withheld: bool = False
    transfers: int = 0
    transfers_max: int = 2
    askers: tuple[tuple[str, str], ...] = ()  # (kind, who asked) of what waits for a ruling
    co_waits: frozenset[int] = frozenset()
    has_merged: bool = False
    master_open: bool = False
    supervised: bool = False
    unreasonable: bool = False
    discipline: bool = False
    accused: frozenset[int] = field(default_factory=frozenset)

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
        _no(it.returns_locked, "return.locked", _("已强制派单,不得再退")),
        _no(it.returns >= it.returns_max, "return.spent", _("已退 %d 次,到限") % it.returns),
        _no(not it.return_in_time, "return.late", _("超过可退时限")),
    )


def _extension_allowed(it: Situation, by: Actor) -> Denied | None:
    return _first(
        _no("extension" in it.waiting, "extension.waiting", _("延期申请正在审")),
        _no(
            it.extensions >= it.extensions_max,
            "extension.spent",
            _("已延 %d 次,到限") % it.extensions,
        ),
        _no(it.clock_overdue, "extension.late", _("处置已逾期,不能再延")),
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
            _("回访为“未解决”或不属实(规则 D7),须发回"),
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


def _unasked(kind: str) -> Guard:
    return lambda it, by: _no(kind in it.waiting, "pair.waiting", _("已经提出,等另一人裁定"))


def _asked(kind: str) -> Guard:
    """Something of this kind waits, and another than who asked for it rules."""
    return lambda it, by: _first(
        _no(kind not in it.waiting, "pair.none", _("没有等裁定的申请")),
        Denied("pair.same", _("提出的人不能自己裁定")) if (kind, by.id) in it.askers else None,
    )


GUARDS: dict[str, Guard] = {
    "transfer_allowed": lambda it, by: _no(
        it.transfers >= it.transfers_max, "transfer.spent", _("已转派 %d 次,到限") % it.transfers
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
    "no_merged": lambda it, by: _no(it.has_merged, "merge.leads", _("有并入的单子,先撤销并单")),
    "master_open": lambda it, by: _no(
        not it.master_open, "merge.ended", _("主单已经结束,请重新提起")
    ),
    "supervised": lambda it, by: _no(not it.supervised, "supervise.none", _("不在督办")),
    "unsupervised": lambda it, by: _no(it.supervised, "supervise.already", _("已在督办")),
    "content_passes": _content,
    "has_leaf": lambda it, by: _no(not it.has_leaf, "content.C4", _("类别还没选到末级")),
    "leader_named": lambda it, by: _no(
        it.conduct and not it.leader, "leader.missing", _("行风件先指定责任领导与科室")
    ),
    "conduct": lambda it, by: _no(
        not it.conduct, "leader.not_conduct", _("只有行风件须指定责任领导")
    ),
    "own_to_sign": lambda it, by: _first(
        _no(not it.leader, "leader.missing", _("还没有责任领导")),
        _no(it.leader_signed, "leader.signed", _("已签批")),
        None if it.leader == by.id else Denied("leader.other", _("由指定的责任领导签批")),
    ),
    "leader_has_signed": lambda it, by: _no(
        it.conduct and not it.leader_signed, "leader.unsigned", _("责任领导未签批")
    ),
    "unacknowledged": lambda it, by: _no(not it.unacknowledged, "ack.none", _("没有等回执的传送")),
    "return_allowed": _return_allowed,
    "return_waiting": lambda it, by: _no(
        "return" not in it.waiting, "return.none", _("没有待审的退单申请")
    ),
    "extension_allowed": _extension_allowed,
    "extension_waiting": lambda it, by: _no(
        "extension" not in it.waiting, "extension.none", _("没有待审的延期申请")
    ),
    "hold_allowed": _hold_allowed,
    "hold_waiting": lambda it, by: _no(
        "hold" not in it.waiting, "hold.none", _("没有待审的挂账申请")
    ),
    "files_withheld": lambda it, by: _no(
        not it.files_withheld, "files.none", _("没有待放行的附件")
    ),
    "no_withdraw_asked": lambda it, by: _no(
        "withdraw" in it.waiting, "withdraw.waiting", _("已经要求撤回,派单员正在核实")
    ),
    "on_hold": lambda it, by: _no(not it.on_hold, "hold.none", _("不在挂账")),
    "not_on_hold": lambda it, by: _no(it.on_hold, "hold.on", _("挂账中,先恢复办理")),
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
        not it.confidential, "secret.none", _("不是保密件,由承办单位直接答复")
    ),
    "not_confidential": lambda it, by: _no(
        it.confidential, "secret.centre", _("保密件只由中心联系诉求人")
    ),
    "reply_undrafted": lambda it, by: _no(
        it.reply_drafted, "secret.drafted", _("答复已拟好,由中心转告")
    ),
    "reply_drafted": lambda it, by: _no(
        not it.reply_drafted, "secret.undrafted", _("承办单位还没有拟好答复")
    ),
    "feedback_given": lambda it, by: _no(not it.replied, "reply.missing", _("还没有答复诉求人")),
    "never_handled": lambda it, by: (
        Denied("verify.own", _("经手过这件的人不能审核、核实它")) if by.id in it.hands else None
    ),
    "first_unverified": lambda it, by: _no(it.first != "", "verify.done", _("第一次回访已做")),
    "second_unverified": lambda it, by: _no(it.second != "", "verify.done", _("二次回访已做")),
    "not_first_verifier": lambda it, by: (
        Denied("verify.same", _("两次回访不能是同一人")) if it.first_by == by.id else None
    ),
    "first_caller": _first_caller,
    "verified": _verified,
}


def can(by: Actor, verb: Verb | str, it: Situation) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state, then guards: the first "no" speaks."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    it = as_seen(by, it)
    if by.units & it.accused:
        return Denied("accused", _("被诉单位不得经手"))
    if not _holds_post(by, row, it):
        return Denied("post", _("您的岗位不办这一步"))
    if it.state not in row.at:
        ended = it.state in ENDS and row.name not in {"reopen", "archive"}
        return Denied(
            "state", _("这件已经结束") if ended else _("还没有到这一步,或已经过了"), state=True
        )
    for name in row.guards:
        denied = GUARDS[name](it, by)
        if denied is not None:  # a refusal is false by design, so it is not asked for its truth
            return denied
    return Allowed()


def _holds_post(by: Actor, row: Verb, it: Situation) -> bool:
    if by.is_system:
        return "system" in row.who
    for who in row.who:
        seat, _, role = who.rpartition(":")
        if seat and by.units_as(role) & it.open_units(seat):
            return True
        if not seat and role in by.roles:
            return True
    return False


def sees(by: Actor, it: Situation) -> bool:
    """Centre people see every order, a unit's people those in which it has or had a seat; the accused
    never, and no unit what went to discipline inspection. A post that handles nothing (an
    administrator's, a trainer's) shows nothing; a source's own system sees what came in by it."""
    if by.units & it.accused or not _of_own_source(by, it):
        return False
    if by.is_system or by.roles & READERS:
        return True
    if it.discipline:
        return False
    handling = by.units_as(*UNIT_ROLES)
    return any(unit in handling for unit, _seat, _open in it.seats)


def as_seen(by: Actor, it: Situation) -> Situation:
    """The situation as this person may know it. From outside both verifications are one: whatever an
    order drawn for a second check is answered, one that was not drawn is answered as well."""
    if is_inside(by) or it.state not in {State.CALLBACK, State.SECOND_CHECK}:
        return it
    # Who stands at the second check has had the first.
    first = it.first or ("ok" if it.state == State.SECOND_CHECK else "")
    return replace(it, state=State.CALLBACK, first=first, second="", second_due=False)


def verification_of(by: Actor, state: str) -> str:
    """The verb by which this person would verify an order in this state."""
    return "verify_second" if is_inside(by) and state == State.SECOND_CHECK else "verify_first"


def _of_own_source(by: Actor, it: Situation) -> bool:
    return by.sources is None or it.source in by.sources


def acts_for_centre(by: Actor) -> bool:
    """Does what is done count as done by the centre? A source's own system hands in for it."""
    return by.is_system or bool(by.roles & READERS)


def state_shown(state: str, by: Actor) -> str:
    """Both verifications are one from outside: the draw is secret."""
    return State.CALLBACK.value if state == State.SECOND_CHECK and not is_inside(by) else state


def is_inside(by: Actor) -> bool:
    """Of the centre: sees which verification an order is in, and the full text of secret ones. The
    system of another house is outside, whatever it hands in."""
    return acts_for_centre(by) and by.sources is None


def is_secret(order: Order, by: Actor) -> bool:
    """Secret to this reader: the paraphrase is all that he reads of the citizen's words."""
    return order.confidential and not is_inside(by)


def clocks_shown(rows: Iterable[Obligation], by: Actor) -> list[Obligation]:
    """The clocks to show: a unit sees those of seats it holds or held."""
    kept = [row for row in rows if row.outcome not in {"moved", "cancelled"}]
    return kept if is_inside(by) else [row for row in kept if row.seat.unit_id in by.units]


def may_read(entry: Entry, order: Order, by: Actor) -> bool:
    """May this entry of the order's chain be shown, on a page or to a machine?"""
    if is_inside(by):
        return True
    if entry.data.get("code") in CENTRE_CLOCKS and order.state not in ENDS:
        return False  # a reminder of the second check would tell that the order was drawn
    seat_of_mine = entry.unit is None or entry.unit in by.units or entry.kind.startswith("order.")
    if entry.kind == "callback.own_answer":
        return False  # his word goes to the centre; the unit hears of it by callback and rework
    if entry.kind == "order.attach" and entry.data.get("kind") == "evidence" and not entry.unit:
        return order.state in ENDS  # what the centre gathers while it verifies
    return seat_of_mine and (entry.kind not in DRAWN or order.state in ENDS)
