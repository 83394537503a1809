"""Replying to one who asked for secrecy: the unit writes the words, the centre says them."""

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean, identities_in
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.dispose import attempt
from suqiu.orders.actions.links import tell_merged
from suqiu.orders.locks import family
from suqiu.orders.models import Disposal, Feedback, Order
from suqiu.orders.rules import exhausted
from suqiu.orders.states import State


def draft_reply(order: Order, *, words: str, by: Actor) -> Order:
    """What the unit wants the citizen told. It has no number to call, and learns none by this."""
    if identities_in(words):
        raise Invalid("N3", _("答复里有电话或证件号"), findings=[("words", "N3", "")])
    with advance(order.pk, "draft_reply", by=by, given={"words": words}) as step:
        row = _disposal(step)
        row.reply_words, row.reply_drafted_by, row.reply_drafted_at = clean(words), by.id, step.at
        row.save(update_fields=["reply_words", "reply_drafted_by", "reply_drafted_at"])
        step.data = {"disposal": row.pk, "unit": step.own_seat().unit_id}
        step.words = {"words": row.reply_words}
    return step.order


def convey_reply(
    order: Order,
    *,
    reached: bool,
    by: Actor,
    words: str = "",
    way: str = "电话",
    reason: str = "",
    citizen_said: str = "",
) -> Order:
    """One attempt of the centre to tell the citizen what the unit wrote (`words`, where not empty, are
    what was said instead). Reached, or tried as often and on as many days as the pack says: the reply
    is given and the order goes to review; else it waits for the next attempt.

    `citizen_said`: satisfied, dissatisfied or "" (not asked). Who was not reached needs a `reason`.
    """
    with family(order.pk), advance(order.pk, "convey_reply", by=by) as step:
        seat = step.seat("centre")
        if seat is None:
            raise RuntimeError("an order without the centre's seat")
        if not reached:
            attempt(step, seat, reached=False, way=way, reason=reason)
        done = reached or _tried_enough(step)
        step.to = State.REPLIED if done else State.DISPOSED
        step.data = {"reached": reached, "way": way, "said": citizen_said, "unit": seat.unit_id}
        if not done:
            step.words = {"reason": clean(reason)}
            return step.order
        told = Feedback.objects.create(
            order=step.order,
            seat=seat,
            round=step.order.round,
            by=by.id,
            at=step.at,
            reached=reached,
            words=clean(words) or _disposal(step).reply_words,
            citizen_said=citizen_said if reached else "",
        )
        step.events.append("citizen_replied")
        step.data["feedback"] = told.pk
        step.words = {"words": told.words}
        tell_merged(step)
    return step.order


def _disposal(step: Step) -> Disposal:
    return step.order.disposals.get(round=step.order.round, sent_back_at=None)


def _tried_enough(step: Step) -> bool:
    """Attempts since the words were ready, this one among them."""
    since = _disposal(step).reply_drafted_at or step.at
    missed = step.order.contacts.filter(seat__role="centre", at__gte=since, reached=False)
    appellant = step.order.appellant
    return exhausted(
        [clock.local(at).date() for at in missed.values_list("at", flat=True)],
        attempts=step.pack.contact_attempts,
        min_days=step.pack.callback.min_days,
        has_phone=bool(appellant and appellant.has_phone),
    )
