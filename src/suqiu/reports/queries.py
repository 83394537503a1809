"""Counting what a report is about, and finding reports for those who may read them."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.clock import midnight
from suqiu.base.errors import Missing
from suqiu.figures import boards
from suqiu.figures import queries as figures
from suqiu.figures.cohorts import Cohort, before, orders
from suqiu.figures.rules import OrderFact, Rate
from suqiu.reports.access import OUT, addresses, may_read
from suqiu.reports.models import Recipient, Report
from suqiu.reports.rules import MAIN, MEASURED
from suqiu.reports.states import CHECKERS
from suqiu.supervision.external import queries as external
from suqiu.supervision.external.states import KINDS
from suqiu.supervision.rechecks import queries as rechecks

# Counted by nobody in particular: what a report says does not depend on who drafts it.
BY = system("reports")
DISTRICT_RATES = ("timely", "satisfaction", "solved")
LOOK_BACK = dt.timedelta(days=400)


def again(row: Report) -> dict[str, Any]:
    """Its period counted now, of what was counted then: a house that has learned to count more since
    has not changed what stands in an issued report."""
    counted = count(row.start, row.end, row.scope)
    return {key: value for key, value in counted.items() if key in row.figures}


def count(start: dt.date, end: dt.date, scope: dict[str, str]) -> dict[str, Any]:
    """Everything that a report on [start, end) may say, as plain values. The same journal gives the
    same figures: nothing here depends on the moment or on the reader."""
    with translation.override("zh-hans"):
        return _counted(Cohort("closed_in", midnight(start), midnight(end), **scope))  # type: ignore[arg-type]


def _counted(closed: Cohort) -> dict[str, Any]:
    taken = replace(closed, basis="accepted_in")
    rows = figures.facts(closed, BY)
    whole = figures.grouped(rows, closed, None)[""]
    against, then = _before(closed)
    parts = figures.grouped(rows, closed, "region")
    names = figures.names("region", parts)
    closings = Counter(fact.region for fact in rows)
    return {
        "volume": {
            "now": orders(taken, BY).count(),
            "period": orders(before(taken), BY).count(),
            "year": orders(before(taken, "year"), BY).count(),
            "closed": len(rows),
        },
        "composition": _composition(taken),
        "rates": [_row(whole[code]) for code in MAIN],
        "against": against,
        "before": [_row(then[code]) for code in MAIN] if against else [],
        "districts": [
            {"code": key, "name": names.get(key, key), "closed": closings[key],
             **{code: _part(made[code]) for code in DISTRICT_RATES}}
            for key, made in parts.items() if key
        ],
        "hot": [
            {k: row[k] for k in ("street", "category", "now", "before")}
            for row in boards.hot(taken, BY)
        ],
        "overdue": _overdue(closed),
        "units": _units(rows, closed),
        "lasting": _lasting(closed),
        "outside": _outside(closed),
        "pack": whole["timely"].pack,
    }  # fmt: skip


def _before(cohort: Cohort) -> tuple[str, dict[str, Rate]]:
    """A year ago where anything ended then; else the period before; else nothing to compare with."""
    for against in boards.AGAINST:
        rows = figures.facts(before(cohort, against), BY)
        if rows:
            return against, figures.grouped(rows, before(cohort, against), None)[""]
    return "", {}


def _row(rate: Rate) -> dict[str, Any]:
    return {
        "code": rate.code,
        "name": str(rate.name),
        "top": rate.numerator,
        "n": rate.denominator,
        "low": rate.low,
        "high": rate.high,
        "raw": rate.raw_value,
        "excluded": sum(rate.excluded.values()),
        "weighting": rate.weighting,
        # Not said where there is none: a report that was frozen before there were any runs to the same.
        **({"met": rate.met} if rate.met else {}),
    }


def _part(rate: Rate) -> dict[str, Any]:
    return {"top": rate.numerator, "n": rate.denominator}


def _composition(taken: Cohort) -> list[dict[str, Any]]:
    now, then = (
        Counter(orders(cohort, BY).exclude(category=None).values_list("category", flat=True))
        for cohort in (taken, before(taken))
    )
    names = figures.names("category", now)
    ranked = sorted(now.items(), key=lambda kv: (-kv[1], kv[0]))
    return [
        {"code": code, "name": names.get(code, code), "n": n, "before": then[code]}
        for code, n in ranked
    ]


def _units(rows: list[OrderFact], closed: Cohort) -> list[dict[str, Any]]:
    """Every unit by what it handled, those with few orders too: they are in the rest that another is
    compared with."""
    parts = figures.grouped(rows, closed, "unit")
    names = figures.names("unit", parts)
    return [
        {"code": key, "name": _bare(names.get(key)),
         **{code: _part(made[code]) for code in MEASURED}}
        for key, made in parts.items() if key
    ]  # fmt: skip


def _bare(name: str | None) -> str:
    """A unit's name without the code before it."""
    return (name or "").partition(" ")[2] or "—"


def _lasting(closed: Cohort) -> dict[str, Any]:
    """The looks of the period at what was closed before: solved at the close, and still so."""
    if closed.region or closed.line or closed.source or closed.category:
        return {}  # they are looked at across the city
    span = (closed.start, closed.end)
    shown = ("code", "name", "n", "of")
    return {
        "days": [asdict(row) for row in rechecks.lasting(BY, span)],
        "leaves": [{k: getattr(s, k) for k in shown} for s in rechecks.by_leaf(BY, span)],
        "places": [{k: getattr(s, k) for k in shown} for s in rechecks.by_place(BY, span)],
    }


def _outside(closed: Cohort) -> list[dict[str, Any]]:
    """What those from outside did in the period, by what they are appointed as: nobody by name."""
    if closed.region or closed.line or closed.source or closed.category:
        return []  # they look across the city
    first, after = clock.local(closed.start).date(), clock.local(closed.end).date()
    done = external.activity(closed.start, closed.end, external.held_within(first, after))
    rows = []
    for kind, name in KINDS.items():
        own = [one for one in done if one.kind == kind]
        counts = {
            key: sum(getattr(one, key) for one in own)
            for key in ("joined", "opinions", "due", "in_time")
        }
        rows.append({"code": kind, "name": str(name), "people": len(own), **counts})
    return rows if done else []


def _overdue(closed: Cohort) -> dict[str, Any]:
    """Disposals due by the end of the period that had not ended by then, by the unit that owed."""
    wide = replace(closed, basis="due_in", start=closed.start - LOOK_BACK)
    due, late = 0, Counter[str]()
    for fact in figures.facts(wide, BY):
        for one in fact.clocks:
            if one.code != "dispose" or one.role != "lead":
                continue
            due += closed.start <= one.due < closed.end
            running = one.ended is None or one.ended >= closed.end
            if one.due < closed.end and running and one.outcome not in {"moved", "cancelled"}:
                late[str(one.unit or "")] += 1
    names = figures.names("unit", late)
    rows = sorted(late.items(), key=lambda kv: (-kv[1], kv[0]))
    return {
        "due": due,
        "n": late.total(),
        "units": [{"code": k, "name": _bare(names.get(k)), "n": n} for k, n in rows],
    }


def digest(body: object) -> str:
    """The mark of figures or text: equal marks, equal content."""
    told = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def readable(by: Actor) -> QuerySet[Report]:
    """The reports that this person may read, newest first."""
    rows = Report.objects.select_related("template").order_by("-end", "-pk")
    if by.is_system or by.roles & CHECKERS:
        return rows
    return rows.filter(state__in=OUT, pk__in=own_recipients(by).values("report"))


def own_recipients(by: Actor) -> QuerySet[Recipient]:
    """What was sent to this person, or to a unit where he holds the post that reads."""
    mine = Q(pk__in=[])
    for to, role in addresses(by):
        mine |= Q(to=to, role=role)
    return Recipient.objects.filter(mine)


def receipts(row: Report, by: Actor) -> list[Recipient]:
    """Who has read it and who has not; those who write and check see all, a receiver what is his."""
    whole = by.is_system or by.roles & CHECKERS
    rows = row.recipients.all() if whole else own_recipients(by).filter(report=row)
    return list(rows.select_related("unit").order_by("ended", "unit__code", "to"))


def read_counts(reports: Collection[Report]) -> dict[int, tuple[int, int]]:
    """{report: (how many have read it, of how many)}."""
    rows = Recipient.objects.filter(report__in=reports).values_list("report")
    done = rows.annotate(n=Count("ended"), all=Count("pk"))
    return {pk: (n, whole) for pk, n, whole in done}


def get_for(pk: int, by: Actor) -> Report:
    """One report. Raises Missing where there is none or it is not his: the same answer."""
    row = Report.objects.select_related("template", "corrects").filter(pk=pk).first()
    sent = row.recipients.values_list("to", "role") if row else []
    if row is None or not may_read(row.state, sent, by):
        raise Missing("missing", _("没有这份报告，或不归您看"))
    return row
