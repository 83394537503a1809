"""Appeals against a score: an order is to be left out of a rate. The assessor advises, a leader rules."""

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Appeal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, WrongState
from suqiu.figures.exempting import exempt
from suqiu.orders.models import Seat
from suqiu.orders.queries import get_for
from suqiu.organisations.models import Unit


def ask(*, unit: Unit, number: str, rate: str, words: str, by: Actor) -> Appeal:
    """A unit that led the order asks, once for a rate (推定: after its close, as the trade does).

    Raises Missing for an order that is not his, Invalid for a rate that is not scored, WrongState
    for one that has not ended or was appealed before.
    """
    reason = actions.said(words)
    order = get_for(by, number.strip())
    if order.ended_at is None:
        raise WrongState("assessment.open", _("办结以后才能申诉"))
    if not Seat.objects.filter(order=order, unit=unit, role="lead").exists():
        raise Invalid("assessment.lead", _("这一件不是这个单位承办的"), field="number")
    scheme = queries.body(queries.scheme_on(clock.local(order.ended_at).date()))
    if rate not in {one.rate for one in scheme.measures}:
        raise Invalid("assessment.rate", _("这一项不计分"), field="rate")
    with transaction.atomic():
        actions.one_by_one()
        before = Appeal.objects.filter(unit=unit, order=order, rate=rate)
        if before.exclude(state="withdrawn").exists():
            raise WrongState("assessment.again", _("这一件的这一项已经申诉过"))
        row: Appeal = actions.make(
            Appeal, "ask", Standing("appeal", own=frozenset({unit.pk})), by=by,
            values={"unit": unit, "order": order, "rate": rate, "words": reason,
                    "due": actions.end_of(scheme.first_days)},
            data={"unit": unit.pk, "order": order.pk, "rate": rate}, words={"words": reason},
        )  # fmt: skip
    return row


def advise(pk: int, *, support: bool, words: str, by: Actor) -> Appeal:
    """The first of two: what the assessor thinks of it."""
    with actions.step("appeal", pk, "support" if support else "oppose", by=by) as here:
        row = here.row
        row.advice, row.advice_words = "for" if support else "against", actions.said(words)
        scheme = queries.body(queries.scheme_on(clock.local(row.order.ended_at).date()))
        here.data["late"] = clock.now() >= row.due
        row.due = actions.end_of(scheme.second_days)
        here.words["words"] = row.advice_words
    return here.row  # type: ignore[no-any-return]


def rule(pk: int, *, grant: bool, words: str, by: Actor) -> Appeal:
    """The second and last. Granted: the order leaves the rate; the fact stays as it was."""
    with actions.step("appeal", pk, "grant" if grant else "refuse", by=by) as here:
        row = here.row
        row.ruling_words = actions.said(words)
        if grant:
            exempt(row.order_id, unit=row.unit_id, rate=row.rate, by=by)
        here.data |= {"late": clock.now() >= row.due, "rate": row.rate, "order": row.order_id}
        row.due = None
        here.words["words"] = row.ruling_words
    return here.row  # type: ignore[no-any-return]


def withdraw(pk: int, *, by: Actor) -> Appeal:
    with actions.step("appeal", pk, "withdraw", by=by) as here:
        here.row.due = None
    return here.row  # type: ignore[no-any-return]
