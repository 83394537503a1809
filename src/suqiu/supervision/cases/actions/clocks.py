"""The clocks of a case: counted by the calendar as those of orders are (docs/adr/0011)."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Min
from django.utils import translation

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders.actions.clocks import end, until, within
from suqiu.orders.clocked import Clock
from suqiu.orders.models import NEVER
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.cases.models import Case, Measure, Obligation
from suqiu.supervision.cases.states import CLOCKS

OF_UNIT = frozenset({"plan", "measure"})


def start(case: Case, code: str, at: dt.datetime) -> journal.Fact:
    """The clock of a step, by the limit that the case's pack gives it."""
    spec = pack_of(case.pack_id).supervision.limits[code]
    row = Obligation.objects.create(
        case=case,
        unit=case.unit if code in OF_UNIT else None,
        code=code,
        name=_name(code),
        round=case.round,
        **within(at, Limit(spec.n, spec.unit)),
    )
    return _told(row)


def start_measure(case: Case, measure: Measure, at: dt.datetime) -> journal.Fact:
    """A measure's clock runs to the end of the day that the plan itself named."""
    row = Obligation.objects.create(
        case=case, unit=case.unit, measure=measure, code="measure", name=_name("measure"),
        round=case.round, **until(at, measure.until),
    )  # fmt: skip
    return _told(row)


def stop(case: Case, codes: tuple[str, ...], at: dt.datetime, measure: int | None = None) -> None:
    """These clocks have been met, late where their moment had passed."""
    rows = Obligation.objects.filter(case=case, code__in=codes, outcome="open")
    for row in rows if measure is None else rows.filter(measure=measure):
        end(row, at, "late" if at > row.due else "met")


def end_all(case: Case, at: dt.datetime) -> None:
    for row in Obligation.objects.filter(case=case, outcome="open"):
        end(row, at, "cancelled")


def hand_over(case: Case, rows: Iterable[Clock]) -> None:
    """An order of the case went to discipline inspection and is looked into there: from that moment on
    nobody owes these any more; what was due before stays late."""
    gone = case.orders.filter(exit="discipline")
    left = gone.aggregate(at=Min("ended_at"))["at"] or clock.now()
    for row in rows:
        end(row, max(left, row.started), "cancelled")


def put_off(case: Case, code: str, hour: dt.datetime) -> None:
    """The step waits for a moment that the citizen named: its effective due moment follows, the
    original stays."""
    rows = Obligation.objects.filter(case=case, code=code, outcome="open")
    for row in rows:
        spec = pack_of(case.pack_id).supervision.limits[code]
        row.due = max(calendar().due(hour, Limit(spec.n, spec.unit)).moment, row.due)
        row.moves = [*row.moves, {"why": "hour", "until": hour.isoformat()}]
        row.save(update_fields=["due", "moves"])


def nearest(case: Case) -> dt.datetime:
    rows = Obligation.objects.filter(case=case, outcome="open")
    return min(rows.values_list("due", flat=True), default=NEVER)


def _name(code: str) -> str:
    """Stored as the house speaks, whoever started it; a page says it in the reader's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(CLOCKS[code])


def _told(row: Obligation) -> journal.Fact:
    data = {"code": row.code, "round": row.round, "due": row.due.isoformat()}
    return journal.Fact(row.case.chain, "clock.started", data, row.unit_id)
