"""Reading an order's situation, on which every verb is judged."""

from typing import Any

from suqiu.base import clock
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders.access import Situation
from suqiu.orders.models import Obligation, Order, Request, Seat, Verification
from suqiu.orders.rules import Draft, Finding, findings
from suqiu.orders.states import State
from suqiu.policy.queries import pack as pack_of
from suqiu.policy.rules import Pack


def of(order: Order, *, content: bool = True) -> tuple[Situation, list[Seat]]:
    """The situation as the database has it now, and the order's seats. Content rules are run only
    when asked for, and only before acceptance."""
    pack = pack_of(order.pack_id)
    seats = list(Seat.objects.filter(order=order).select_related("unit").order_by("pk"))
    early = order.state in {State.DRAFT, State.REGISTERED}
    # Before its first dispatch an order has had no unit, and so none of what units leave behind.
    work = _work(order, seats, pack) if order.dispatched_at else {}
    situation = Situation(
        state=State(order.state),
        source=order.source_id,
        seats=tuple((s.unit_id, s.role, s.closed is None) for s in seats),
        conduct=order.conduct,
        confidential=order.confidential,
        has_leaf=order.category_id is not None,
        findings=content_of(order, pack) if content and early else (),
        returns=order.returns,
        returns_max=pack.returns.max,
        returns_locked=order.returns_locked,
        extensions_max=pack.extension.max,
        holds_max=pack.hold.max,
        on_hold=order.held_until is not None,
        first_party=pack.callback.first_by,
        second_due=bool(order.second_due),
        leader=order.leader,
        leader_signed=order.leader_signed_at is not None,
        transfers=order.transfers,
        transfers_max=pack.transfers.max,
        has_merged=order.merged.exists(),
        master_open=bool(order.master and order.master.ended_at is None),
        supervised=order.supervised,
        unreasonable=order.unreasonable,
        discipline=order.exit == "discipline",
        files_withheld=order.confidential
        and order.attachments.filter(unit=None, released=False).exists(),
        accused=frozenset(s.unit_id for s in seats if s.role == "accused"),
        **work,
    )
    return situation, seats


def newborn(order: Order, seats: list[Seat]) -> Situation:
    """That of an order which is being written down: it has its first seats and no past."""
    pack = pack_of(order.pack_id)
    return Situation(
        state=State(order.state),
        seats=tuple((s.unit_id, s.role, True) for s in seats),
        conduct=order.conduct,
        source=order.source_id,
        has_leaf=order.category_id is not None,
        first_party=pack.callback.first_by,
        accused=frozenset(s.unit_id for s in seats if s.role == "accused"),
    )


def bare(order: Order) -> Situation:
    """What the clock's own verbs are judged on, which have no guards: no query is needed."""
    return Situation(state=State(order.state))


def _work(order: Order, seats: list[Seat], pack: Pack) -> dict[str, Any]:
    """What units and verifiers have done, asked and left open."""
    requests = list(Request.objects.filter(order=order))
    checks = {c.stage: c for c in Verification.objects.filter(order=order, round=order.round)}
    first, second = checks.get("first"), checks.get("second")
    disposal = order.disposals.filter(round=order.round, sent_back_at=None).order_by("-pk").first()
    dispose = Obligation.objects.filter(order=order, code="dispose", outcome="open").first()
    lead = next((s for s in seats if s.role == "lead" and s.closed is None), None)
    granted = [r.kind for r in requests if r.ruling == "granted"]
    return {
        "hands": frozenset(order.hands.values_list("actor", flat=True)),
        "waiting": frozenset(r.kind for r in requests if r.ruled_at is None),
        "askers": tuple((r.kind, r.asked_by) for r in requests if r.ruled_at is None),
        "co_waits": frozenset(
            order.assists.filter(answered_at=None, seat__closed=None).values_list(
                "seat__unit", flat=True
            )
        )
        if any(s.role == "co" for s in seats)
        else frozenset(),
        "return_in_time": _return_in_time(lead, pack),
        "extensions": granted.count("extension"),
        "clock_overdue": bool(
            dispose and dispose.paused_since is None and dispose.due < clock.now()
        ),
        "holds": granted.count("hold"),
        "unacknowledged": order.transmissions.filter(acked_at=None, seat__closed=None).exists(),
        "contact_tried": _contact_tried(order, lead),
        "disposer": disposal.by if disposal else "",
        "disposal": ("passed" if disposal.passed_at else "waits") if disposal else "",
        "reply_drafted": bool(disposal and disposal.reply_drafted_at),
        "replied": order.feedbacks.filter(round=order.round).exists(),
        "first": verdict(first),
        "first_by": first.by if first else "",
        "second": verdict(second),
    }


def verdict(check: Verification | None) -> str:
    """ "" not made; "bad" when the citizen or the street says no, or the claim was untrue; else "ok".

    One who could not be reached proves nothing against the unit (推定): the attempts are evidence.
    """
    if check is None:
        return ""
    untrue = check.disposal_true is False or check.feedback_true is False
    return "bad" if check.solved is False or untrue else "ok"


def _contact_tried(order: Order, lead: Seat | None) -> bool:
    appellant = order.appellant
    # A secret caller is spoken with by the centre; the unit has no number and owes no call.
    if appellant is None or not appellant.has_phone or order.confidential:
        return True
    return lead is None or order.contacts.filter(seat=lead).exists()


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
