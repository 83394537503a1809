"""The end of a case: its report, the register; and going up a level, or being dropped."""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.text import clean
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.cases import rules
from suqiu.supervision.cases.actions.advance import advance
from suqiu.supervision.cases.models import Case, Measure, Report
from suqiu.supervision.cases.states import CAUSES, REASONS, RULINGS

_LOCK = 0x46494C45  # "FILE": the year's register numbers are given one after the other


def facts(case: Case) -> str:
    """The part of the report that writes itself, from what was recorded."""
    visits = list(case.visits.order_by("pk"))
    measures = Measure.objects.filter(plan__case=case, plan__ruling="approved").order_by("pk")
    looked = {
        k: [f"{_day(v.at)} {v.words}" for v in visits if v.kind == k]
        for k in ("survey", "visit", "recheck")
    }
    if case.ruling:
        looked["survey"].append(_("当场裁定：%s") % RULINGS[case.ruling])
    return rules.report_text(
        {
            _("立案缘由"): [
                f"{_day(g.at)} {REASONS[g.reason]} {g.words}".strip()
                for g in case.grounds.order_by("pk")
            ],
            _("现场踏勘"): looked["survey"],
            _("问题、原因与建议"): [
                f"{f.words}({CAUSES[f.cause]}){f.advice}" for f in case.findings.order_by("pk")
            ],
            _("整改措施"): [
                f"{m.words}({m.owner}, ≤ {m.until:%Y-%m-%d}){m.done_words}" for m in measures
            ],
            _("跟踪回访"): looked["visit"],
            _("现场复核"): looked["recheck"],
        }
    )


def _day(at: dt.datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def report(case: Case, *, words: str, by: Actor) -> Case:
    """The generated facts as they are now, and the analysis by hand."""
    with advance(case, "report", by=by, given={"words": words}) as step:
        Report.objects.update_or_create(
            case=step.row,
            defaults={
                "facts": facts(step.row), "words": clean(words), "by": by.id, "at": step.at,
            },
        )  # fmt: skip
        step.say(words=words)
    return step.row


def return_report(case: Case, *, reason: str, by: Actor) -> Case:
    with advance(case, "return_report", by=by, given={"reason": reason}) as step:
        step.say(reason=reason)
    return step.row


def file(case: Case, *, by: Actor) -> Case:
    """Another than the writer files it: a number of the year's register, and a day to keep it to."""
    with advance(case, "file", by=by, given={}) as step:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        today = clock.today()
        n = Report.objects.filter(register_no__startswith=f"{today.year}-").count() + 1
        years = pack_of(step.row.pack_id).supervision.keep_years
        row = step.row.report
        row.register_no = f"{today.year}-{n:04d}"
        row.filed_at, row.filed_by = step.at, by.id
        row.keep_until = dt.date(today.year + years, 12, 31)
        row.save(update_fields=["register_no", "filed_at", "filed_by", "keep_until"])
        step.data |= {"register": row.register_no, "keep_until": row.keep_until.isoformat()}
    return step.row


def raise_level(case: Case, *, reason: str, by: Actor) -> Case:
    with advance(case, "raise_level", by=by, given={"reason": reason}) as step:
        step.row.level += 1
        step.say(reason=reason)
    return step.row


def drop(case: Case, *, reason: str, by: Actor) -> Case:
    with advance(case, "drop", by=by, given={"reason": reason}) as step:
        step.say(reason=reason)
    return step.row
