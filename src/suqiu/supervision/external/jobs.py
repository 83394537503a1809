"""What time does to terms and opinions. Each may run at any moment, any number of times."""

from suqiu.audit import journal
from suqiu.base.actors import system
from suqiu.orders.actions.marking import mark
from suqiu.supervision.external.actions import terms
from suqiu.supervision.external.models import Obligation, Opinion

BY = system("external")


def remind() -> int:
    """Answers that are due: a reminder before, a red mark after, each once."""
    rows = Obligation.objects.select_related("opinion")
    return mark(rows, hold=lambda row: _held(row.opinion_id), tell=_tell)


def keep_terms() -> int:
    """Terms that end soon, and that are over: each told once."""
    return terms.remind_ending(by=BY) + terms.close_over(by=BY)


def _held(opinion: int) -> Opinion:
    return Opinion.objects.select_for_update(of=("self",)).get(pk=opinion)


def _tell(row: Obligation, red: bool) -> None:
    data = {"code": row.code, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(row.opinion.chain, kind, by=BY, data=data, unit=row.unit_id)
