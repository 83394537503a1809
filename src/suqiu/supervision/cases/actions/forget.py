"""What was said in a case leaves with the words of its orders; what was done, and when, stays.

A case may be about several orders: what cannot be told apart leaves with the last of them. Called under
the order's lock by `retention`.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from suqiu.audit import journal
from suqiu.audit.queries import chain, spoken
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.orders.actions import picturing
from suqiu.orders.actions.forget import GONE
from suqiu.orders.models import Order
from suqiu.supervision.cases.models import (
    ENDED,
    Case,
    CaseOrder,
    Finding,
    Ground,
    Measure,
    Photo,
    Plan,
    Report,
    Visit,
)

BY = system("retention")
# The report and its way into the register are kept as long as the register says.
OF_REPORT = {"case.report", "case.return_report"}


def is_open(order: Order) -> bool:
    """Whether a case still works on this order."""
    return Case.objects.exclude(ENDED).filter(orders=order).exists()


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let them go, from the tables and from beside the journal's entries."""
    Ground.objects.filter(order=order).update(words="")
    ids = list(Case.objects.filter(orders=order).order_by("pk").values_list("pk", flat=True))
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        others = case.orders.exclude(pk=order.pk).exclude(title=GONE)
        said = set(spoken(case.chain))
        if others.exists():
            said &= {e.pk for e in chain(case.chain) if e.data.get("order") == order.pk}
        else:
            _empty(case)
            picturing.drop(Photo.objects.filter(visit__case=case), by=by)
            kept = (
                {e.pk for e in chain(case.chain) if e.kind in OF_REPORT}
                if _on_file(case)
                else set()
            )
            said -= kept
        if said:
            journal.erase(sorted(said), by=by, chain=case.chain, basis=basis)


def _empty(case: Case) -> None:
    Visit.objects.filter(case=case).update(words="")
    Finding.objects.filter(case=case).update(words="", advice="")
    Plan.objects.filter(case=case).update(words="", note="")
    Measure.objects.filter(plan__case=case).update(words="", done_words="")
    if not _on_file(case):
        Report.objects.filter(case=case).update(facts="", words="")


def _on_file(case: Case) -> bool:
    rows = Report.objects.filter(case=case, keep_until__gte=clock.today())
    return rows.exists()


def reports_over() -> int:
    """Empty the filed reports whose day has passed, where all orders of the case have lost their words.
    Returns how many."""
    over = Report.objects.filter(keep_until__lt=clock.today()).exclude(facts="", words="")
    spoken_of = CaseOrder.objects.filter(case=OuterRef("case")).exclude(order__title=GONE)
    over = over.exclude(Exists(spoken_of))
    ids, done = list(over.order_by("pk").values_list("case", flat=True)[:200]), 0
    for pk in ids:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
            done += Report.objects.filter(case=case).update(facts="", words="")
            if said := spoken(case.chain):
                journal.erase(said, by=BY, chain=case.chain, basis="keep_until")
    return done
