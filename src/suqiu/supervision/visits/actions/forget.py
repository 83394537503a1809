"""What was written at a stop where an order was found leaves with the order's own words, its pictures
too; that somebody was there, when, and what became of it stays. Called under the order's lock by
`retention`.

The summary speaks of the whole day: it leaves with the last of the orders that were found on it.
"""

from suqiu.audit import journal
from suqiu.audit.queries import chain, spoken
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.orders.actions import picturing
from suqiu.orders.actions.forget import GONE
from suqiu.orders.models import Order
from suqiu.supervision.visits.models import Commitment, Photo, Problem, Stop, Visit
from suqiu.supervision.visits.states import State


def is_open(order: Order) -> bool:
    """Whether people are still out there, or what was promised at that stop has time still."""
    out = Problem.objects.filter(order=order, stop__visit__state=State.PLANNED)
    owed = Commitment.objects.filter(
        stop__problems__order=order, kept=None, until__gte=clock.today()
    )
    return out.exists() or owed.exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the tables and from beside the journal's entries."""
    problem = Problem.objects.select_related("stop").filter(order=order).first()
    if problem is None:
        return
    visit = Visit.objects.select_for_update().get(pk=problem.stop.visit_id)
    others = Problem.objects.filter(stop__visit=visit).exclude(order=order)
    last = not others.exclude(order__title=GONE).exists()
    still, stop = set(spoken(visit.chain)), problem.stop_id
    said = [
        e.pk for e in chain(visit.chain)
        if e.pk in still and (e.data.get("stop") == stop or (last and e.kind == "visit.close"))
    ]  # fmt: skip
    if said:
        journal.erase(said, by=by, chain=visit.chain, basis=basis)
    if last:
        Visit.objects.filter(pk=visit.pk).update(summary="")
    Stop.objects.filter(pk=stop).update(seen="", aim="", place="", reason="")
    Commitment.objects.filter(stop=stop).update(words=GONE, note="")
    picturing.drop(Photo.objects.filter(stop=stop), by=by)
