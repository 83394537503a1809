"""What time does to decisions. Each may run at any moment, any number of times."""

from django.db import transaction

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.orders import due as clocks_due
from suqiu.supervision.meetings.models import Meeting, Obligation

BY = system("supervision")
BATCH = 500


def remind() -> int:
    """A reminder before a decision's day, a red mark after it, each once."""
    return _mark("reminded_at") + _mark("red_at")


def _mark(column: str) -> int:
    pick = clocks_due.overdue if column == "red_at" else clocks_due.soon
    done = 0
    for pk in list(pick(Obligation.objects.all()).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            meeting = Obligation.objects.values_list("decision__meeting", flat=True).get(pk=pk)
            Meeting.objects.select_for_update().get(pk=meeting)  # one pen on a meeting's chain
            rows = pick(Obligation.objects.filter(pk=pk)).select_related("decision__meeting")
            fresh = rows.first()
            if fresh is None:
                continue
            late = {"late": True} if column == "red_at" else {}
            Obligation.objects.filter(pk=pk).update(**{column: clock.now()}, **late)
            kind = "clock.red" if column == "red_at" else "clock.soon"
            data = {"code": fresh.code, "decision": fresh.decision_id, "due": fresh.due.isoformat()}
            row = fresh.decision
            journal.append(row.meeting.chain, kind, by=BY, data=data, unit=row.owner_id)
        done += 1
    return done
