"""The month's report: drafted, reviewed by another hand, issued by the leader, frozen with its files."""

import datetime as dt
from contextlib import suppress

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.demo.people import holders, in_unit
from suqiu.reports import actions, jobs, sending
from suqiu.reports.models import Report


def report(month: dt.date) -> Report | None:
    """On the month that begins on this day; None where it is not over or nobody is there to write it.

    Where this machine cannot lay out a PDF it stays issued, and the worker says what is missing.
    """
    writers, checkers = holders("assessor"), holders("inspector")
    after = (month + dt.timedelta(days=31)).replace(day=1)
    if after > clock.today() or not writers or not checkers:
        return None
    row = actions.draft("monthly", month, after, by=writers[0])
    actions.review(row.pk, by=checkers[0])
    actions.issue(row.pk, by=holders("leader")[0])
    with suppress(Refused):
        jobs.produce()
    row.refresh_from_db()
    for place, receiver in enumerate(row.recipients.filter(role="hub").order_by("pk")):
        if receiver.unit_id and place % 3:  # some have not opened it yet
            sending.opened(row, by=in_unit(receiver.unit_id, "hub"))
    return row
