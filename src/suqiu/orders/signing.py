"""What waits for a principal leader's signature, whose it is, and which orders have nobody to sign."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from suqiu.accounts.queries import signs_for, standing
from suqiu.base.actors import Actor
from suqiu.orders.models import OPEN, Disposal, Obligation, Order, Plan, Signature
from suqiu.orders.queries import visible_to
from suqiu.orders.states import State
from suqiu.policy.queries import pack as pack_of

SHOWN = ("category", "region", "street", "source", "section")
VERB_OF = {"accept": "sign_acceptance", "plan": "sign_plan", "close": "sign_off"}
# What stops a signature's clock tells which clock it is, whatever the pack calls it.
_STOPS = {"accept": "leader_accepted", "plan": "plan_signed", "close": "leader_signed"}
# Before the unit has replied there is nothing yet that a leader could answer for.
_DONE = frozenset({State.REPLIED, State.CALLBACK, State.SECOND_CHECK})
_EARLY = frozenset({State.DRAFT, State.REGISTERED})


@dataclass(frozen=True)
class Waiting:
    """One signature that waits. `clock`: where the pack has one for it."""

    order: Order
    kind: str
    clock: Obligation | None

    @property
    def verb(self) -> str:
        return VERB_OF[self.kind]


def led_by(by: Actor, leaders: Collection[str] | None = None) -> QuerySet[Order]:
    """The open conduct orders that this person, or one whom he stands in for, answers for."""
    of = signs_for(by) if leaders is None else leaders
    rows = visible_to(by).filter(OPEN, conduct=True, leader__in=of)
    plans = Plan.objects.filter(
        order=OuterRef("pk"), round=OuterRef("round"), seat__role="lead", seat__closed=None,
        sent_back_at=None,
    )  # fmt: skip
    passed = Disposal.objects.filter(
        order=OuterRef("pk"), round=OuterRef("round"), sent_back_at=None
    ).exclude(passed_at=None)
    return rows.annotate(
        planned=Exists(plans),
        plan_signed=Exists(plans.exclude(signed_at=None)),
        passed=Exists(passed),
        waits_until=F("next_due"),
    ).select_related(*SHOWN)


def to_sign(by: Actor) -> list[Waiting]:
    """What waits for this person's signature, the worst clock first; what runs on none, last."""
    if "leader" not in by.roles:
        return []
    return waiting(led_by(by))


def waiting(rows: Iterable[Order]) -> list[Waiting]:
    """The signatures that wait on these orders (as `led_by` gives them), the worst clock first."""
    found = [(order, kind) for order in rows for kind in kinds(order)]
    clocks = _clocks([order.pk for order, _kind in found])
    shown = [Waiting(order, kind, clocks.get((order.pk, kind))) for order, kind in found]
    return sorted(shown, key=lambda w: (w.clock is None, w.clock and w.clock.due, w.order.pk))


def kinds(order: Order) -> list[str]:
    """Which signatures wait on an order that `led_by` gave."""
    owed = {spec.id for spec in pack_of(order.pack_id).signatures}
    plan, signed = order.planned, order.plan_signed  # type: ignore[attr-defined]
    accepted = order.leader_accepted_at is not None or "accept" not in owed
    found = []
    if not accepted and order.state not in _EARLY:
        found.append("accept")
    if "plan" in owed and plan and not signed:
        found.append("plan")
    ready = accepted and (signed or "plan" not in owed)
    passed = order.passed and order.state in _DONE  # type: ignore[attr-defined]
    if "close" in owed and order.leader_signed_at is None and ready and passed:
        found.append("close")
    return found


def _clocks(order_ids: list[int]) -> dict[tuple[int, str], Obligation]:
    rows = Obligation.objects.filter(order__in=order_ids, outcome="open").select_related("order")
    found: dict[tuple[int, str], Obligation] = {}
    for row in rows:
        for spec in pack_of(row.order.pack_id).obligations:
            if spec.id == row.code and spec.owes == "leader":
                kind = next((k for k, stop in _STOPS.items() if stop in spec.stop), "")
                found[row.order_id, kind] = row
    return found


def signed_by(by: Actor, top: int = 50) -> list[Signature]:
    """What this person signed, the newest first, as far as he may still see the order."""
    rows = Signature.objects.filter(by=by.id, order__in=visible_to(by))
    return list(rows.select_related("order").order_by("-at", "-pk")[:top])


def without_leader(by: Actor | None = None) -> list[Order]:
    """Open conduct orders whose principal leader has left his post: another must be named. `by`: as
    far as this person sees them; None: all, for the house's own checks."""
    rows = Order.objects.all() if by is None else visible_to(by)
    named: dict[str, list[Order]] = defaultdict(list)
    for order in rows.filter(OPEN, conduct=True).exclude(leader="").order_by("pk"):
        named[order.leader].append(order)
    gone = [who for who in named if (it := standing(who)) is None or "leader" not in it.actor.roles]
    return sorted((o for who in gone for o in named[who]), key=lambda o: o.pk)
