"""What time does to what was promised on a visit. It may run at any moment, any number of times."""

from suqiu.audit import journal
from suqiu.base.actors import system
from suqiu.orders.actions.marking import mark
from suqiu.supervision.visits.models import Obligation, Visit

BY = system("supervision")


def remind() -> int:
    """A reminder before a commitment's day ends, a red mark after it, each once."""
    rows = Obligation.objects.select_related("commitment__stop__visit")
    return mark(rows, hold=lambda row: _held(row.commitment.stop.visit_id), tell=_tell)


def _held(visit: int) -> Visit:
    return Visit.objects.select_for_update().get(pk=visit)


def _tell(row: Obligation, red: bool) -> None:
    one = row.commitment
    data = {"code": row.code, "commitment": one.pk, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(one.stop.visit.chain, kind, by=BY, data=data, unit=one.owner_id)
