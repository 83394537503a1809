"""Reading an order's situation, on which every verb is judged."""

from typing import Any

from suqiu.accounts.queries import standing
from suqiu.base import clock
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders.access import Situation
from suqiu.orders.models import Order, Seat, Verification
from suqiu.orders.past import Past, read
from suqiu.orders.rules import Draft, Finding, findings
from suqiu.orders.states import State
from suqiu.policy.queries import pack as pack_of
from suqiu.policy.rules import Pack


def of(order: Order, *, content: bool = True) -> tuple[Situation, list[Seat]]:
    """The situation as the database has it now, and the order's seats. Content rules are run only
    when asked for, and only before acceptance."""
    past = read(order)
    return judge_by(order, past, content=content), past.seats


def judge_by(order: Order, past: Past, *, content: bool = True) -> Situation:
    """The situation that follows from what was read."""
    pack = pack_of(order.pack_id)
    early = order.state in {State.DRAFT, State.REGISTERED}
    return Situation(
        findings=content_of(order, pack) if content and early else (),
        returns=order.returns,
        returns_max=pack.returns.max,
        returns_locked=order.returns_locked,
        extensions_max=pack.extension.max,
        holds_max=pack.hold.max,
        on_hold=order.held_until is not None,
        first_party=pack.callback.first_by,
        second_due=bool(order.second_due),
        transfers=order.transfers,
        transfers_max=pack.transfers.max,
        has_merged=bool(past.merged),
        master_open=bool(order.master and order.master.ended_at is None),
        supervised=order.supervised,
        difficult=order.difficult,
        unreasonable=order.unreasonable,
        files_withheld=order.confidential
        and order.attachments.filter(unit=None, released=False).exists(),
        **_at_door(order, past.seats),
        **(_signing(order, past, pack) if order.conduct else {}),
        **(_work(order, past, pack) if order.dispatched_at else {}),
    )


def at_door(order: Order, seats: list[Seat]) -> Situation:
    """As much as tells who may see the order: no verb is judged on it."""
    return Situation(**_at_door(order, seats))


def _at_door(order: Order, seats: list[Seat]) -> dict[str, Any]:
    return {
        "state": State(order.state),
        "source": order.source_id,
        "seats": tuple((s.unit_id, s.role, s.closed is None) for s in seats),
        "conduct": order.conduct,
        "confidential": order.confidential,
        "has_leaf": order.category_id is not None,
        "discipline": order.exit == "discipline",
        "accused": frozenset(s.unit_id for s in seats if s.role == "accused"),
        "began": clock.local(order.drafted_at).date(),
    }


def newborn(order: Order, seats: list[Seat]) -> Situation:
    """That of an order which is being written down: it has its first seats and no past."""
    first_party = pack_of(order.pack_id).callback.first_by
    return Situation(first_party=first_party, **_at_door(order, seats))


def bare(order: Order) -> Situation:
    """What the clock's own verbs are judged on, which have no guards: no query is needed."""
    return Situation(state=State(order.state))


def _signing(order: Order, past: Past, pack: Pack) -> dict[str, Any]:
    """Whose signature is owed, what he has signed, and who signs for him today."""
    owed: set[str] = {spec.id for spec in pack.signatures}
    urgent = order.urgency == "紧急"
    waiting = (s for s in pack.signatures if not (s.urgent_first and urgent))
    stops: set[tuple[str, str]] = {(s.id, s.before) for s in waiting}
    # The last signature stands for the whole: those before it come before it.
    stops |= {(kind, "close") for kind in owed} | {(kind, "sign_off") for kind in owed - {"close"}}
    accused = {s.unit_id for s in past.seats if s.role == "accused"}
    person = standing(order.leader) if order.leader else None
    since = clock.local(order.drafted_at).date()
    return {
        "owed": frozenset(owed),
        "stops": frozenset(stops),
        "leader": order.leader,
        "leader_accepted": order.leader_accepted_at is not None,
        "leader_signed": order.leader_signed_at is not None,
        "plan": plan_state(order, past),
        "deputy": person.deputy if person else "",
        "leader_gone": person is not None and "leader" not in person.actor.roles,
        "leader_accused": person is not None and bool(person.actor.units_since(since) & accused),
    }


def plan_state(order: Order, past: Past) -> str:
    """ "" none, "waits", "signed": the plan of the unit that leads now, of this round."""
    lead = past.lead
    standing_plans = [
        p
        for p in past.plans
        if lead and p.seat_id == lead.pk and p.round == order.round and p.sent_back_at is None
    ]
    if not standing_plans:
        return ""
    return "signed" if standing_plans[-1].signed_at else "waits"


def _work(order: Order, past: Past, pack: Pack) -> dict[str, Any]:
    """What units and verifiers have done, asked and left open."""
    checks = {c.stage: c for c in past.verifications if c.round == order.round}
    first, second = checks.get("first"), checks.get("second")
    standing = [d for d in past.disposals if d.round == order.round and d.sent_back_at is None]
    disposal = standing[-1] if standing else None
    waiting = [r for r in past.requests if r.ruled_at is None]
    granted = [r.kind for r in past.requests if r.ruling == "granted"]
    unanswered = [a.seat for a in past.assists if a.answered_at is None]
    return {
        "hands": past.hands,
        "waiting": frozenset(r.kind for r in waiting),
        "askers": tuple((r.kind, r.asked_by) for r in waiting),
        "co_waits": frozenset(seat.unit_id for seat in unanswered if seat.closed is None),
        "return_in_time": _return_in_time(past.lead, pack),
        "extensions": granted.count("extension"),
        "clock_overdue": _disposal_overdue(past),
        "holds": granted.count("hold"),
        "out_of_remit": "out_of_remit" in granted,
        "unacknowledged": any(
            t.acked_at is None and t.seat.closed is None for t in past.transmissions
        ),
        "contact_tried": _contact_tried(order, past),
        "disposer": disposal.by if disposal else "",
        "disposal": ("passed" if disposal.passed_at else "waits") if disposal else "",
        "reply_drafted": bool(disposal and disposal.reply_drafted_at),
        "replied": any(f.round == order.round for f in past.feedbacks),
        "first": verdict(first),
        "first_by": first.by if first else "",
        "second": verdict(second),
    }


def _disposal_overdue(past: Past) -> bool:
    running = (o for o in past.obligations if o.code == "dispose" and o.outcome == "open")
    return any(o.paused_since is None and o.due < clock.now() for o in running)


def verdict(check: Verification | None) -> str:
    """ "" not made; "bad" when the citizen or the street says no, or the claim was untrue; else "ok".

    One who could not be reached proves nothing against the unit (推定): the attempts are evidence.
    """
    if check is None:
        return ""
    untrue = check.disposal_true is False or check.feedback_true is False
    return "bad" if check.solved is False or untrue else "ok"


def _contact_tried(order: Order, past: Past) -> bool:
    appellant = order.appellant
    # A secret caller is spoken with by the centre; the unit has no number and owes no call.
    if appellant is None or not appellant.has_phone or order.confidential:
        return True
    lead = past.lead
    return lead is None or any(c.seat_id == lead.pk for c in past.contacts)


def _return_in_time(lead: Seat | None, pack: Pack) -> bool:
    within = pack.returns.within
    if lead is None or within is None:
        return True
    return clock.now() <= calendar().due(lead.opened, Limit(within.n, within.unit)).moment


def content_of(order: Order, pack: Pack) -> tuple[Finding, ...]:
    """What the pack's content rules find in the order as it stands."""
    appellant = order.appellant
    draft = Draft(
        title=order.title,
        content=order.content,
        demand=order.demand,
        address=order.address,
        kind=order.kind,
        urgency=order.urgency,
        has_leaf=order.category_id is not None,
        has_region=order.region_id is not None,
        street_in_region=order.street is None or order.street.region_id == order.region_id,
        has_name=bool(appellant and appellant.masked_name),
        has_phone=bool(appellant and appellant.has_phone),
        anonymous=bool(appellant and appellant.anonymous),
        occurred_at=order.occurred_at,
        registered_at=order.registered_at or clock.now(),
    )
    return findings(draft, pack.content, pack.lengths)
