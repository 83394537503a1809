"""Recording a call. The outcome goes to the order, which alone decides what follows."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.base.text import clean, without_identities
from suqiu.callbacks.models import LEVELS, Advice, Answer, Attempt, OwnAnswer
from suqiu.callbacks.queries import advice_to, may_answer_own
from suqiu.callbacks.rules import exhausted
from suqiu.orders import situations
from suqiu.orders.access import Denied, can, sees, verification_of
from suqiu.orders.actions.verify import Outcome, verify
from suqiu.orders.models import Order
from suqiu.orders.queries import locked
from suqiu.policy.queries import pack as pack_of

OUTCOMES = frozenset({"reached", "unreachable", "refused"})
TELLS = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True)
class AnswerGiven:
    """What the citizen said. `solved` is yes, no or unknown and must be asked; the rest may be empty."""

    solved: str
    efficiency: str = ""
    attitude: str = ""
    result: str = ""
    satisfaction: str = ""
    disposal_true: bool | None = None
    feedback_true: bool | None = None
    wants: str = ""
    advice: str = ""


def record(
    order: Order, *, by: Actor, outcome: str, answer: AnswerGiven | None = None, note: str = ""
) -> Attempt:
    """One call, by one who never handled the order.

    Reached: the answer is the verification. Refused: verified without an answer. Unreachable: only
    the attempt is kept, until the pack's number on its number of days is full.
    Raises Invalid for a missing or unknown answer, Missing, NotAllowed or WrongState as the order has it.
    """
    _check(outcome, answer)
    with transaction.atomic():
        order = locked(order.pk)
        verb = verification_of(by, order.state)
        it, _seats = situations.of(order, content=False)
        if not sees(by, it):
            raise Missing("missing", _("没有这张单子，或不归您看"))
        may = can(by, verb, it)
        if isinstance(may, Denied):
            raise may.refusal(number=order.number)
        attempt = _write(order, verb, outcome, answer, note, by)
        if outcome == "reached" and answer:
            _pass_on(order, answer, by)
        elif outcome == "refused" or _tried_enough(attempt):
            verify(order, Outcome(reached=False), by=by)
    return attempt


def answer_own(
    order: Order,
    *,
    solved: str,
    by: Actor,
    efficiency: str = "",
    attitude: str = "",
    result: str = "",
    words: str = "",
) -> OwnAnswer:
    """The citizen's own answer, once a round, through the public pages alone; it changes no state
    and verifies nothing.

    Raises NotAllowed to everybody else, WrongState before there is a reply, Invalid for no answer.
    """
    if not by.is_system:
        raise NotAllowed("post", _("评价只能由诉求人自己作"))
    if solved not in {"yes", "partly", "no"}:
        raise Invalid("callback.solved", _("先答“解决了没有”"), field="solved")
    for value in (efficiency, attitude, result):
        if value and value not in LEVELS:
            raise Invalid("callback.level", _("满意程度不在选项内：%s") % value)
    with transaction.atomic():
        order = locked(order.pk)
        if not may_answer_own(order):
            raise WrongState("callback.own", _("还没有答复，或已经评价过了"))
        row = OwnAnswer.objects.create(
            order=order, round=order.round, at=clock.now(), by=by.id, solved=solved,
            efficiency=efficiency, attitude=attitude, result=result, words=clean(words),
        )  # fmt: skip
        journal.append(
            order.chain,
            "callback.own_answer",
            by=by,
            data={"own_answer": row.pk, "round": row.round, "said": solved, "result": result},
            words={"words": row.words} if row.words else None,
        )
    return row


def answer_advice(advice: Advice, *, words: str, by: Actor) -> Advice:
    """The unit that leads, or led, answers what it was advised; once."""
    if not clean(words):
        raise Invalid("advice.empty", _("写明如何改进"))
    order = advice.attempt.order
    led = set(order.seats.filter(role="lead").values_list("unit_id", flat=True))
    if not by.units_as("handler", "head") & led:
        raise NotAllowed("post", _("由承办单位答复建议"))
    with transaction.atomic():
        locked(order.pk)
        row = advice_to(by).filter(pk=advice.pk).first()
        if row is None:
            raise Missing("missing", _("没有这条待答的建议"))
        row.answer, row.answered_by, row.answered_at = clean(words), by.id, clock.now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        journal.append(
            order.chain,
            "callback.advice_answered",
            by=by,
            data={"attempt": row.pk},
            words={"answer": row.answer},
        )
    return row


def _check(outcome: str, answer: AnswerGiven | None) -> None:
    if outcome not in OUTCOMES:
        raise Invalid(
            "callback.outcome", _("通话结果须选“接通、未接通、拒访”之一"), outcome=outcome
        )
    if outcome != "reached":
        if answer is not None:
            raise Invalid("callback.unasked", _("没有接通的，不能替诉求人作答"), field="answer")
        return
    if answer is None or answer.solved not in TELLS:
        raise Invalid("callback.solved", _("接通的，先问“解决了没有”"), field="solved")
    for field in ("efficiency", "attitude", "result", "satisfaction"):
        value = getattr(answer, field)
        if value and value not in LEVELS:
            raise Invalid("callback.level", _("满意程度不在选项内：%s") % value, field=field)


def _write(
    order: Order, verb: str, outcome: str, answer: AnswerGiven | None, note: str, by: Actor
) -> Attempt:
    stage = "second" if verb == "verify_second" else "first"
    unit = next(iter(sorted(by.units_as("hub", "callback_officer", "inspector"))))
    attempt = Attempt.objects.create(
        order=order,
        round=order.round,
        stage=stage,
        by=by.id,
        unit_id=unit,
        at=clock.now(),
        outcome=outcome,
        note=clean(note),
    )
    words = {"note": attempt.note} if attempt.note else {}
    if outcome == "reached" and answer:
        Answer.objects.create(
            attempt=attempt,
            solved=answer.solved,
            efficiency=answer.efficiency,
            attitude=answer.attitude,
            result=answer.result,
            satisfaction=answer.satisfaction,
            disposal_true=answer.disposal_true,
            feedback_true=answer.feedback_true,
            wants=clean(answer.wants),
        )
        # Advice goes to the unit, which may not learn from it who complained.
        advice = without_identities(clean(answer.advice))
        if advice:
            Advice.objects.create(attempt=attempt, words=advice)
        words |= {k: v for k, v in (("wants", clean(answer.wants)), ("advice", advice)) if v}
    journal.append(
        order.chain,
        "callback.attempted",
        by=by,
        unit=unit,
        words=words or None,
        data={"attempt": attempt.pk, "stage": stage, "round": order.round, "outcome": outcome},
    )
    return attempt


def _pass_on(order: Order, answer: AnswerGiven, by: Actor) -> None:
    verify(
        order,
        Outcome(
            reached=True,
            solved=TELLS[answer.solved],
            satisfaction=answer.satisfaction,
            disposal_true=answer.disposal_true,
            feedback_true=answer.feedback_true,
        ),
        by=by,
    )


def _tried_enough(attempt: Attempt) -> bool:
    order, spec = attempt.order, pack_of(attempt.order.pack_id).callback
    missed = Attempt.objects.filter(
        order=order, round=attempt.round, stage=attempt.stage, outcome="unreachable"
    )
    days = [clock.local(at).date() for at in missed.values_list("at", flat=True)]
    has_phone = bool(order.appellant and order.appellant.has_phone)
    return exhausted(days, attempts=spec.attempts, min_days=spec.min_days, has_phone=has_phone)


def forget_words(order: Order, *, by: Actor) -> None:
    """What was written down in words at the calls of this order leaves; what was answered stays."""
    Attempt.objects.filter(order=order).update(note="")
    Answer.objects.filter(attempt__order=order).update(wants="")
    Advice.objects.filter(attempt__order=order).update(words="", answer="")
    OwnAnswer.objects.filter(order=order).update(words="")
