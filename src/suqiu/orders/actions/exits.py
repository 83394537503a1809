"""Leaving the hotline: to the petition office (信访), or to discipline inspection (纪检)."""

from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.orders.actions.advance import advance
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit


def to_petition(order: Order, *, reason: str, by: Actor) -> Order:
    """It is a petition (信访工作条例): the hotline hands it over and owes nothing more."""
    with advance(order.pk, "to_petition", by=by, given={"reason": reason}) as step:
        step.change(exit="petition", result="handed_over", held_until=None)
        step.data = {"exit": "petition"}
        step.words = {"reason": clean(reason)}
        step.close_seats()
    return step.order


def to_discipline(order: Order, *, reason: str, by: Actor, accused: Unit | None = None) -> Order:
    """It accuses people of breaking discipline: from now on no unit sees it, least of all the one
    accused (信访工作条例: material and accuser are never passed to the accused)."""
    with advance(order.pk, "to_discipline", by=by, given={"reason": reason}) as step:
        step.change(exit="discipline", result="handed_over", held_until=None)
        step.data = {"exit": "discipline"}
        step.words = {"reason": clean(reason)}
        step.close_seats()
        if accused and accused.pk not in step.situation.accused:
            step.open_seat(accused, "accused")
    return step.order
