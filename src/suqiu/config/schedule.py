"""Every job of the house, in the order in which one hands on to the next.

A job is a plain function without arguments that may be run at any moment, by anybody, any number of
times; it answers how many things it did. Why there is no queue: docs/adr/0001.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """Run `function` (dotted, for what it imports needs Django) every so many seconds."""

    name: str
    every_seconds: float
    function: str


JOBS = (
    Job("seal", 0.2, "suqiu.audit.jobs.seal"),
    Job("calendar", 5, "suqiu.orders.jobs.follow_calendar"),
    Job("remind", 30, "suqiu.orders.jobs.remind"),
    Job("climb", 30, "suqiu.orders.jobs.climb"),
    Job("archive", 3600, "suqiu.orders.jobs.archive"),
    Job("release_holds", 60, "suqiu.orders.jobs.release_holds"),
    Job("draws", 3600, "suqiu.orders.jobs.keep_draws"),
    Job("cases", 5, "suqiu.supervision.cases.jobs.follow_orders"),
    Job("cases_overdue", 60, "suqiu.supervision.cases.jobs.find_overdue"),
    Job("cases_remind", 30, "suqiu.supervision.cases.jobs.remind"),
    Job("external_remind", 30, "suqiu.supervision.external.jobs.remind"),
    Job("external_terms", 600, "suqiu.supervision.external.jobs.keep_terms"),
    Job("rechecks", 60, "suqiu.supervision.rechecks.jobs.follow_orders"),
    Job("file_looks", 10, "suqiu.files.jobs.take_looks"),
    Job("signals", 30, "suqiu.supervision.signals.jobs.follow_orders"),
    Job("signals_remind", 30, "suqiu.supervision.signals.jobs.remind"),
    Job("difficult", 5, "suqiu.supervision.meetings.jobs.follow_orders"),
    Job("meetings_remind", 30, "suqiu.supervision.meetings.jobs.remind"),
    Job("visits_remind", 30, "suqiu.supervision.visits.jobs.remind"),
    Job("follow", 1, "suqiu.notifications.jobs.follow"),
    Job("figures", 1, "suqiu.figures.keeping.follow"),
    Job("trials", 2, "suqiu.figures.trials.judge_waiting"),
    Job("deliver", 1, "suqiu.notifications.jobs.deliver"),
    Job("scores", 600, "suqiu.assessment.jobs.score_yesterday"),
    Job("shadow", 600, "suqiu.assessment.shadow.jobs.foresee_today"),
    Job("reports", 5, "suqiu.reports.jobs.produce"),
    Job("reports_remind", 30, "suqiu.reports.sending.remind"),
    Job("instructions_remind", 30, "suqiu.reports.instructing.remind"),
    Job("reports_draft", 600, "suqiu.reports.jobs.draft_due"),
    Job("clean_up_files", 3600, "suqiu.files.jobs.clean_up"),
    Job("erase_due", 3600, "suqiu.retention.jobs.erase_due"),
    Job("erase_filed", 3600, "suqiu.supervision.cases.actions.forget.reports_over"),
    Job("forget_knocks", 3600, "suqiu.portal.jobs.forget_knocks"),
    Job("forget_throttles", 600, "suqiu.accounts.jobs.forget_throttles"),
    Job("checkpoint", 60, "suqiu.audit.jobs.checkpoint"),
)
