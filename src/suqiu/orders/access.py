"""Who may: one pure judgement, and the one door to an order."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from suqiu.audit.models import Entry
from suqiu.base.actors import Actor
from suqiu.orders.guards import GUARDS, Allowed, Denied, Situation
from suqiu.orders.models import Obligation, Order
from suqiu.orders.states import ENDS, VERBS, State, Verb

# The judgement's own words, for whoever asks this door.
__all__ = ["Allowed", "Denied", "Situation"]

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


def can(by: Actor, verb: Verb | str, it: Situation) -> Allowed | Denied:
    """May `by` do this here and now? Post first, then state, then guards: the first "no" speaks."""
    row = VERBS[verb] if isinstance(verb, str) else verb
    it = as_seen(by, it)
    if is_of_accused(by, it):
        return Denied("accused", _("被诉单位不得经手"))
    if not _holds_post(by, row, it):
        return Denied("post", _("您的岗位不办这一步"))
    if it.state not in row.at:
        ended = it.state in ENDS and row.name not in {"reopen", "archive"}
        return Denied(
            "state", _("这件已经结束") if ended else _("还没有到这一步，或已经过了"), state=True
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


def is_of_accused(by: Actor, it: Situation) -> bool:
    """Whether this person is of a unit that the appeal accuses, or was since it came in: who is moved
    to another post does not read there what was said of his own."""
    return bool((by.units_since(it.began) if it.began else by.units) & it.accused)


def sees(by: Actor, it: Situation) -> bool:
    """Centre people see every order, a unit's people those in which it has or had a seat; the accused
    never, and no unit what went to discipline inspection. A post that handles nothing (an
    administrator's, a trainer's) shows nothing; a source's own system sees what came in by it."""
    if is_of_accused(by, it) or not _of_own_source(by, it):
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
