"""The month's report: drafted, reviewed by another hand, issued by the leader, frozen with its files."""

import datetime as dt
from contextlib import suppress

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.demo.people import holders, in_unit
from suqiu.reports import actions, instructing, jobs, sending
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
    _instruct(row)
    for place, receiver in enumerate(row.recipients.filter(role="hub").order_by("pk")):
        if receiver.unit_id and place % 3:  # some have not opened it yet
            sending.opened(row, by=in_unit(receiver.unit_id, "hub"))
    return row


def _instruct(row: Report) -> None:
    """The leader writes on it what a district has to do; its hub has reported, and nobody has looked
    at it yet."""
    first = row.recipients.filter(role="hub").select_related("unit").order_by("pk").first()
    if first is None or first.unit is None:
        return
    given = instructing.instruct(
        row.pk, words="请对本期退回重办的件逐件说明原因，列出整改时限。", owner=first.unit,
        until=clock.today() + dt.timedelta(days=10), by=holders("leader")[0],
    )  # fmt: skip
    words = "已逐件复核，原因和整改时限列表附后，由专人跟到办结。"
    instructing.fulfil(given.pk, words=words, by=in_unit(first.unit.pk, "hub"))
