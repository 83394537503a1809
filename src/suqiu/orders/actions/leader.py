"""Conduct orders: a principal leader signs, a responsible section carries out.

He signs what the order's pack asks for: that it is accepted, the unit's plan, the close. While he is
away his deputy signs in his name, and the journal says for whom.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.accounts.queries import standing
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.orders.access import can
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.models import Order, Plan, Signature
from suqiu.orders.situations import of
from suqiu.orders.states import State
from suqiu.organisations.models import Unit


def name_leader(order: Order, *, leader: str, section: Unit, by: Actor) -> Order:
    """`leader` is the actor id of the principal leader. Raises Invalid for one who holds no leader's
    post today, and for one who is, or since the appeal came was, of the unit that is accused."""
    with advance(
        order.pk, "name_leader", by=by, given={"leader": leader, "section": section.pk}
    ) as step:
        _check(step, leader)
        if step.order.state in {State.DRAFT, State.REGISTERED}:
            step.events.clear()  # before acceptance there is nothing to sign: his clock waits for it
        if leader != step.order.leader:
            # What he is to stand for at the end another cannot have signed for him; what was rightly
            # signed before (that it was accepted, its plan) stays as it is.
            if step.order.leader_signed_at:
                step.events.append("leader_changed")
            step.change(leader_signed_at=None)
        step.change(leader=leader, section=section)
        step.data = {"leader": leader, "unit": section.pk}
    return step.order


def _check(step: Step, leader: str) -> None:
    person = standing(leader)
    if person is None or "leader" not in person.actor.roles:
        raise Invalid("leader.unknown", _("此人今天没有领导岗位"), field="leader")
    since = clock.local(step.order.drafted_at).date()
    if person.actor.units_since(since) & step.situation.accused:
        raise Invalid("leader.of_accused", _("被诉单位的人不能作责任领导"), field="leader")


def sign_acceptance(order: Order, *, words: str, by: Actor) -> Order:
    """The leader has read the appeal, signs that it is taken up, and says what he asks for."""
    with advance(order.pk, "sign_acceptance", by=by, given={"words": words}) as step:
        step.change(leader_accepted_at=step.at)
        _sign(step, "accept", words)
    return step.order


def report_plan(order: Order, *, words: str, by: Actor, case: str = "") -> Order:
    """What the unit means to do, for the leader's signature; it replaces one that still waits.
    `case`: the number of the supervision case whose plan it is."""
    with advance(order.pk, "report_plan", by=by, given={"words": words}) as step:
        seat = next(s for s in step.seats if s.role == "lead" and s.closed is None)
        _standing(step).update(sent_back_at=step.at)
        row = Plan.objects.create(
            order=step.order, seat=seat, round=step.order.round, by=by.id, at=step.at,
            words=clean(words), case=case,
        )  # fmt: skip
        step.data = {"plan": row.pk, "unit": seat.unit_id, **({"case": case} if case else {})}
        step.words = {"words": row.words}
    return step.order


def sign_plan(order: Order, *, words: str, by: Actor) -> Order:
    """The plan that waits is signed: now the unit may do it."""
    with advance(order.pk, "sign_plan", by=by, given={"words": words}) as step:
        row = _standing(step).get()
        row.signed_at = step.at
        row.save(update_fields=["signed_at"])
        _sign(step, "plan", words)
        step.data["plan"] = row.pk
    return step.order


def return_plan(order: Order, *, reason: str, by: Actor) -> Order:
    """The plan does not meet the case: the unit has to write another."""
    with advance(order.pk, "return_plan", by=by, given={"reason": reason}) as step:
        _standing(step).update(sent_back_at=step.at)
        step.data = _in_whose_name(step)
        step.words = {"reason": clean(reason)}
    return step.order


def sign_off(order: Order, *, words: str, by: Actor) -> Order:
    """The leader has read what was done and signs; without it a conduct order does not close.

    What he signs is this round's disposal, which its unit has passed: rework takes the signature away.
    """
    with advance(order.pk, "sign_off", by=by, given={"words": words}) as step:
        step.change(leader_signed_at=step.at)
        _sign(step, "close", words)
    return step.order


def adopt_plan(order: Order, *, words: str, case: str, by: Actor) -> bool:
    """A case's rectification plan is the plan of its order, where that owes one and waits for it;
    else nothing is done. One paper, one signature."""
    return _if_may(order, "report_plan", by) and bool(
        report_plan(order, words=words, case=case, by=by)
    )


def adopt_signature(order: Order, *, words: str, case: str, by: Actor) -> bool:
    """Who approves a case's plan as its order's principal leader has signed that plan with it."""
    waits = order.plans.filter(case=case, signed_at=None, sent_back_at=None).exists()
    return waits and _if_may(order, "sign_plan", by) and bool(sign_plan(order, words=words, by=by))


def _if_may(order: Order, verb: str, by: Actor) -> bool:
    order.refresh_from_db()
    return bool(can(by, verb, of(order, content=False)[0]))


def _standing(step: Step) -> QuerySet[Plan]:
    """The plan of the unit that leads now, of this round, that waits for a signature."""
    return step.order.plans.filter(
        round=step.order.round,
        seat__role="lead",
        seat__closed=None,
        signed_at=None,
        sent_back_at=None,
    )


def _in_whose_name(step: Step) -> dict[str, object]:
    """Where the deputy signs, for whom."""
    return {} if step.by.id == step.order.leader else {"for": step.order.leader}


def _sign(step: Step, kind: str, words: str) -> None:
    Signature.objects.create(
        order=step.order, kind=kind, round=step.order.round, leader=step.order.leader,
        by=step.by.id, at=step.at,
    )  # fmt: skip
    step.data = _in_whose_name(step)
    step.words = {"words": clean(words)}
