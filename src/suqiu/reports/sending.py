"""Sending an issued report to those whom its template names, and their receipts: opening it is one."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from suqiu.accounts.queries import people_as
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.calendars.rules import Limit
from suqiu.orders.actions.clocks import within
from suqiu.orders.actions.marking import mark
from suqiu.organisations.queries import valid_on
from suqiu.reports import rules, templates
from suqiu.reports.access import OUT
from suqiu.reports.models import Recipient, Report
from suqiu.reports.queries import own_recipients

CLOCK = gettext_noop("阅知")
# The posts that stand for a whole unit, and the kinds of units that have them.
OF_UNITS = {"hub": ("hub",), "head": ("department", "street", "squad")}
BATCH = 500
BY = system("reports")


def send(report: Report, *, by: Actor) -> list[Recipient]:
    """To all whom the template names, but for those through whose hands it came. In the transaction of
    its issue, under the lock of its row."""
    body = templates.Template.model_validate(report.template.body)
    known = {*report.hands, report.reviewed_by, report.issued_by}
    found = dict.fromkeys(
        address for rule in body.recipients for address in _receivers(rule, report)
        if address[0] not in known
    )  # fmt: skip
    return [address_to(report, to, role, body.read_within, by=by) for to, role in found]


def address_to(report: Report, to: str, role: str, days: int, *, by: Actor) -> Recipient:
    """One receiver, who is told so by the journal; the one who has it already keeps his clock."""
    row, new = Recipient.objects.get_or_create(
        report=report, to=to, role=role,
        defaults={
            "unit_id": int(to[5:]) if to.startswith("unit:") else None, "code": "read",
            "name": CLOCK, "round": 1, **within(clock.now(), Limit(days, "work_day")),
        },
    )  # fmt: skip
    if new:
        facts = {"recipient": row.pk, "to": to, "role": role, "due": row.due.isoformat()}
        journal.append(report.chain, "report.sent", by=by, data=facts, unit=row.unit_id)
    return row


def _receivers(rule: templates.Rule, report: Report) -> Iterator[tuple[str, str]]:
    if rule.role not in OF_UNITS:
        yield from ((person.actor_id, rule.role) for person in people_as(rule.role))
        return
    units = valid_on(clock.today()).filter(kind__in=OF_UNITS[rule.role])
    about = report.scope.get("region")
    if rule.units == "own" or (rule.units == "region" and about):
        units = units.filter(region=about)
    if rule.units == "named":
        units = units.filter(pk__in=_named(report))
    yield from (
        (f"unit:{pk}", rule.role) for pk in units.order_by("code").values_list("pk", flat=True)
    )


def _named(report: Report) -> list[int]:
    """The units that the report's figures name."""
    return sorted({int(row["code"]) for row in rules.named(report.figures)})


def opened(report: Report, *, by: Actor) -> int:
    """This reader has opened it: the look is logged, and what was sent to him or to his unit is read.
    Returns how many receipts that gave."""
    journal.looked("open", report.chain, by=by)
    if report.state not in OUT or not _unread(report, by).exists():
        return 0
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=report.pk)
        now, done = clock.now(), list(_unread(report, by))
        for row in done:
            row.ended, row.read_by = now, by.id
            row.late, row.outcome = now > row.due, "late" if now > row.due else "met"
            row.save(update_fields=["ended", "read_by", "late", "outcome"])
            facts = {"recipient": row.pk, "late": row.late}
            journal.append(report.chain, "report.read", by=by, data=facts, unit=row.unit_id)
    return len(done)


def _unread(report: Report, by: Actor) -> QuerySet[Recipient]:
    return own_recipients(by).filter(report=report, ended=None)


def remind() -> int:
    """A reminder before the day until which a report is to be read, one after it, each once."""
    rows = Recipient.objects.select_related("report")
    return mark(rows, hold=lambda row: held(row.report_id), tell=_tell)


def held(report: int) -> Report:
    """The report, with one pen on its chain."""
    return Report.objects.select_for_update().get(pk=report)


def _tell(row: Recipient, red: bool) -> None:
    facts = {"recipient": row.pk, "to": row.to, "due": row.due.isoformat()}
    kind = "report.late" if red else "report.soon"
    journal.append(row.report.chain, kind, by=BY, data=facts, unit=row.unit_id)
