"""What the house does for reports by itself."""

import datetime as dt
import logging

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.clock import midnight
from suqiu.base.errors import Refused
from suqiu.calendars.queries import calendar
from suqiu.figures.cohorts import Cohort, orders
from suqiu.reports import actions
from suqiu.reports.models import KINDS, Report
from suqiu.reports.printing import NO_LETTERS
from suqiu.reports.states import ISSUED

BY = system("reports")
log = logging.getLogger(__name__)
_lettered: dict[str, bool] = {}  # of this process: {"lacks": True} once a PDF could not be laid out


def produce() -> int:
    """Make the files of issued reports and freeze them. Returns how many.

    Where this machine cannot lay out letters the reports stay issued, each is told so once in its own
    past, and this process tries no more: what is installed later is loaded by the next one.
    """
    waiting = list(Report.objects.filter(state=ISSUED).order_by("pk").values_list("pk", flat=True))
    if _lettered.get("lacks"):
        return sum(actions.leave_unprinted(pk, by=BY) for pk in waiting)
    for done, pk in enumerate(waiting):
        try:
            actions.freeze(pk, by=BY)
        except Refused as error:
            if error.code != NO_LETTERS:
                raise
            _lettered["lacks"] = True
            log.error("%s", error.message)
            return done + sum(actions.leave_unprinted(pk, by=BY) for pk in waiting[done:])
    return len(waiting)


def draft_due() -> int:
    """From the month's first working day on, draft the month that is over, once for every kind whose
    template says so: a draft that somebody dropped is not written again. A month in which the house
    had no appeal is passed over. Returns how many.
    """
    first = clock.today().replace(day=1)
    last = (first - dt.timedelta(days=1)).replace(day=1)
    if clock.today() < first_working_day(first):
        return 0
    kinds = [kind for kind in KINDS if _by_itself(kind)]
    there = Report.objects.filter(start=last, end=first, scope={}, corrects=None)
    done = set(there.values_list("kind", flat=True))
    owed = [kind for kind in kinds if kind not in done]
    taken = Cohort("accepted_in", midnight(last), midnight(first))
    if not owed or not orders(taken, BY).exists():
        return 0
    for kind in owed:
        actions.draft(kind, last, first, by=BY)
    return len(owed)


def first_working_day(first: dt.date) -> dt.date:
    """Of the month that begins on this day, by the calendar."""
    days, day = calendar(), first
    while not days.is_work(day):
        day += dt.timedelta(days=1)
    return day


def _by_itself(kind: str) -> bool:
    template = actions.newest(kind)
    return template is not None and bool(template.body.get("drafted"))
