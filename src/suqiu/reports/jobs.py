"""What the house does for reports by itself."""

from suqiu.base.actors import system
from suqiu.reports import actions
from suqiu.reports.models import Report
from suqiu.reports.states import ISSUED

BY = system("reports")


def produce() -> int:
    """Make the files of issued reports and freeze them. Returns how many."""
    waiting = list(Report.objects.filter(state=ISSUED).order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        actions.freeze(pk, by=BY)
    return len(waiting)
