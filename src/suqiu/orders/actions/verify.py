"""The centre's review, the two verifications, rework, and the close that needs them all.

callbacks and supervision own the attempts and the answers; the outcome comes here.
"""

from dataclasses import dataclass

from django.db import transaction

from suqiu.base.actors import Actor, system
from suqiu.base.text import clean
from suqiu.orders.access import verification_of
from suqiu.orders.actions import draws
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.models import Order, Verification
from suqiu.orders.rules import SIGNALLED, drawn
from suqiu.orders.situations import verdict
from suqiu.orders.states import State


@dataclass(frozen=True)
class Outcome:
    """What an independent person found. None means that it could not be learned (not reached)."""

    reached: bool
    solved: bool | None = None
    satisfaction: str = ""
    disposal_true: bool | None = None
    feedback_true: bool | None = None


def review(order: Order, *, by: Actor) -> Order:
    """The centre has read disposal and feedback together; now the citizen is asked."""
    with advance(order.pk, "review", by=by):
        pass
    order.refresh_from_db()
    return order


def verify(order: Order, outcome: Outcome, *, by: Actor) -> Order:
    """Record an outcome at the stage in which the order stands, and send back what is not so.

    A claim that the second check finds untrue (虚报) marks the order and starts a new round. A first
    callback that finds the matter unsolved sends it back as well; who was not reached does not.
    """
    verb = verification_of(by, order.state)
    second = verb == "verify_second"
    with transaction.atomic():
        with advance(order.pk, verb, by=by) as step:
            row = _record(step, outcome, "second" if second else "first")
            bad = verdict(row) == "bad"
            lie = second and bad and _claimed_solved(step)
            if not second:
                _draw(step)
            if lie:
                step.change(false_report=True)
            step.data |= {"verdict": "bad" if bad else "ok", "false_report": lie}
        if bad:
            # The verdict sends it back, not the caller: a hub may find, and may not order (推定).
            said = "核实为虚报" if lie else "核实为未解决"
            return rework(step.order, reason=said, by=system("verification"), false_report=lie)
    return step.order


def _record(step: Step, outcome: Outcome, stage: str) -> Verification:
    unit = next(iter(step.by.units_as("hub", "callback_officer", "inspector")))
    row = Verification.objects.create(
        order=step.order,
        round=step.order.round,
        stage=stage,
        by=step.by.id,
        unit_id=unit,
        at=step.at,
        reached=outcome.reached,
        solved=outcome.solved,
        satisfaction=outcome.satisfaction,
        disposal_true=outcome.disposal_true,
        feedback_true=outcome.feedback_true,
    )
    step.data = {
        "verification": row.pk,
        "stage": stage,
        "reached": outcome.reached,
        "solved": outcome.solved,
        "satisfaction": outcome.satisfaction,
        "unit": unit,
    }
    return row


def _claimed_solved(step: Step) -> bool:
    disposal = step.order.disposals.filter(round=step.order.round, sent_back_at=None).last()
    return bool(disposal and disposal.result == "solved")


def _draw(step: Step) -> None:
    """Second check: mandatory for some, drawn for the rest; called for beside the draw where a question
    was raised. The unit is not told which (access)."""
    spec, order = step.pack.callback, step.order
    facts = {"conduct": order.conduct, "urgent": order.urgency == "紧急", "rework": order.round > 1}
    must: list[str] = [name for name in spec.second_mandatory if facts[name]]
    period, seed = draws.seed_at(step.at)
    sampled = bool(must) or drawn(seed, order.number, spec.second_rate)
    due = sampled or order.signalled
    step.change(second_due=due)
    step.data["draw"] = {"period": period, "rate": spec.second_rate, "must": must}
    if order.signalled:
        must.append(SIGNALLED)
        step.data["draw"]["beside"] = beside = not sampled
        if beside and not order.verifications.filter(stage="second").exists():
            step.change(checked_beside=True)
    step.to = State.SECOND_CHECK if due else State.CALLBACK


def rework(order: Order, *, reason: str, by: Actor, false_report: bool = False) -> Order:
    """Back to the unit for another round, with a fresh clock for the disposal."""
    with advance(order.pk, "rework", by=by, given={"reason": reason}) as step:
        # What the leader signed is what is sent back: the next round wants his signature again.
        step.change(round=step.order.round + 1, second_due=None, leader_signed_at=None)
        lead = step.seat("lead")
        step.data = {"false_report": false_report, "unit": lead.unit_id if lead else None}
        step.words = {"reason": clean(reason)}
    return step.order


def close(order: Order, *, by: Actor) -> Order:
    """Disposal, feedback and result are there and verified. The result is what was verified, not
    what was claimed: a claim that nobody could confirm stays "unconfirmed"."""
    with advance(order.pk, "close", by=by) as step:
        disposal = step.order.disposals.get(round=step.order.round, sent_back_at=None)
        checks = step.order.verifications.filter(round=step.order.round)
        confirmed = any(c.solved for c in checks)
        result = disposal.result if disposal.result != "solved" or confirmed else "unconfirmed"
        step.change(result=result)
        step.data = {"result": result, "disposal": disposal.pk}
        step.close_seats()
    return step.order


def archive(order_id: int, *, by: Actor) -> Order:
    with advance(order_id, "archive", by=by) as step:
        pass
    return step.order
