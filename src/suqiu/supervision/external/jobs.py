"""What time does to terms and opinions. Each may run at any moment, any number of times."""

from django.db import transaction

from suqiu.audit import journal
from suqiu.base.actors import system
from suqiu.orders.actions.marking import mark
from suqiu.supervision.cases.actions.clocks import hand_over
from suqiu.supervision.external.actions import terms
from suqiu.supervision.external.models import Obligation, Opinion

BY = system("external")


def remind() -> int:
    """Answers that are due: a reminder before, a red mark after, each once. First the clocks end of
    those on a case that went to discipline inspection: the unit cannot read them any more."""
    ended = _hand_over()
    rows = Obligation.objects.select_related("opinion")
    return ended + mark(rows, hold=lambda row: _held(row.opinion_id), tell=_tell)


def keep_terms() -> int:
    """Terms that end soon, and that are over: each told once."""
    return terms.remind_ending(by=BY) + terms.close_over(by=BY)


def _hand_over() -> int:
    gone = "opinion__invitation__case__orders__exit"
    rows = Obligation.objects.filter(outcome="open", **{gone: "discipline"}).order_by("pk")
    found = list(rows.values_list("pk", "opinion").distinct())
    for pk, opinion in found:
        with transaction.atomic():
            case = _held(opinion).invitation.case
            owed = (
                Obligation.objects.filter(pk=pk, outcome="open").select_related("opinion").first()
            )
            if case is None or owed is None:
                continue
            hand_over(case, [owed])
            data = {"code": owed.code, "round": owed.round, "why": "discipline"}
            chain = owed.opinion.chain
            journal.append(chain, "clock.ended", by=BY, data=data, unit=owed.unit_id)
    return len(found)


def _held(opinion: int) -> Opinion:
    return Opinion.objects.select_for_update(of=("self",)).get(pk=opinion)


def _tell(row: Obligation, red: bool) -> None:
    data = {"code": row.code, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(row.opinion.chain, kind, by=BY, data=data, unit=row.unit_id)
