"""Writing reports: templates, drafts, the way to the issued number, and the frozen end."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.base.text import clean
from suqiu.files import actions as files
from suqiu.orders.access import Denied
from suqiu.organisations.models import Unit
from suqiu.reports import models, queries, rules, sending, templates
from suqiu.reports.access import can, unwritten
from suqiu.reports.states import FROZEN, ISSUED, VERBS, WRITERS

SHIPPED = Path(__file__).parent / "data"
SCOPES = ("region", "line", "source", "category")
MOST_TEXT = 8000
UNPRINTED = "report.unprinted"
_LOCK = 0x5245504F  # "REPO": two who are issued together must not take one number


def publish_shipped(*, by: Actor) -> None:
    """Publish the templates that come with the product."""
    for file in sorted(SHIPPED.glob("*.yaml")):
        publish(file.read_text("utf-8"), by=by, name=file.name)


def publish(text: str, *, by: Actor, name: str = "template") -> models.Template:
    """Validate and store a version; another text under a version that is out is refused."""
    read = templates.read(text, name)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    known = models.Template.objects.filter(code=read.id, version=read.version).first()
    if known and known.fingerprint != fingerprint:
        raise Refused("report.pinned", _("这一版报告模板已发布，改动须升版"))
    if known:
        return known
    with transaction.atomic():
        row = models.Template.objects.create(
            code=read.id,
            version=read.version,
            kind=read.kind,
            effective_from=read.effective_from,
            body=read.model_dump(mode="json"),
            fingerprint=fingerprint,
        )
        facts = {"version": read.version, "fingerprint": fingerprint}
        journal.append(f"template:{read.id}", "report.template", by=by, data=facts)
    return row


def newest(kind: str) -> models.Template | None:
    """The template that a report of this kind is made by now."""
    rows = models.Template.objects.filter(kind=kind, effective_from__lte=clock.now())
    return rows.order_by("-effective_from", "-version").first()


def draft(
    kind: str,
    start: dt.date,
    end: dt.date,
    *,
    by: Actor,
    scope: dict[str, str] | None = None,
    corrects: models.Report | None = None,
) -> models.Report:
    """Count the days [start, end) and write the draft from the newest template of this kind.

    Raises NotAllowed to all but those who write reports, Invalid for days that are not over or for
    a scope or kind that there is not.
    """
    if not (by.is_system or by.roles & WRITERS):
        raise NotAllowed("post", _("您的岗位不起草报告"))
    narrowed = {k: v for k, v in (scope or {}).items() if v}
    if start >= end or set(narrowed) - set(SCOPES):
        raise Invalid("report.period", _("起止日期或范围不对"))
    if end > clock.today():
        raise Invalid("report.period", _("这一期还没有过完，不能起草"))
    template = newest(kind)
    if template is None:
        raise Invalid("report.kind", _("没有这一种报告的模板"))
    counted = _count(start, end, narrowed)
    body = templates.Template.model_validate(template.body)
    with transaction.atomic():
        row = models.Report.objects.create(
            template=template, kind=kind, start=start, end=end, scope=narrowed,
            title=_titled(body, start, end), sections=_sections(body, counted["figures"]),
            hands=[by.id], drafted_at=clock.now(), corrects=corrects, **counted,
        )  # fmt: skip
        facts = {"template": template.pk, "figures": queries.digest(row.figures)}
        facts |= {"position": row.position, "corrects": corrects.pk if corrects else None}
        journal.append(row.chain, "report.draft", by=by, data=facts)
    return row


def _count(start: dt.date, end: dt.date, scope: dict[str, str]) -> dict[str, Any]:
    """The figures and how far the journal went, in one look at the database."""
    with transaction.atomic():
        if not connection.savepoint_ids:  # else the caller has begun, and looks as he does
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {
            "position": audit.position(),
            "root": audit.head(),
            "figures": queries.count(start, end, scope),
        }


def _titled(body: templates.Template, start: dt.date, end: dt.date) -> str:
    """Named after the month, or after the days where they are not one month."""
    last = end - dt.timedelta(days=1)
    if start.day == 1 and end.day == 1 and (start.year, start.month) == (last.year, last.month):
        return f"{start.year}年{start.month}月{body.name}"
    return f"{body.name}（{start:%Y年%m月%d日}至{last:%Y年%m月%d日}）"


def _sections(body: templates.Template, figures: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    for section in body.sections:
        said = rules.written(section, figures)
        told = rules.table(section.table, figures) if section.table else None
        one = {"heading": section.heading, "made": said, "paragraphs": said, "table": told}
        made.append({**one, "asked": section.asked} if section.asked else one)
    return made


@contextmanager
def advance(pk: int, verb: str, *, by: Actor) -> Iterator[tuple[models.Report, dict[str, Any]]]:
    """The only code that changes a report's state: lock, judge, change, tell the journal.

    The caller sets fields of the report and puts facts into the dict. Raises Missing, NotAllowed,
    WrongState; then nothing has changed.
    """
    with transaction.atomic():
        row = models.Report.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            raise Missing("missing", _("没有这份报告，或不归您看"))
        answer = can(verb, row.state, row.hands, by, unwritten(row.sections))
        if isinstance(answer, Denied):
            raise answer.refusal()
        facts: dict[str, Any] = {}
        yield row, facts
        row.state = VERBS[verb].to
        row.save()
        journal.append(row.chain, f"report.{verb}", by=by, data=facts)


def edit(pk: int, title: str, texts: list[str], *, by: Actor) -> models.Report:
    """Put a person's words in place of the rules'; an empty line parts two paragraphs.

    The figures and tables stay as counted: only words can be edited.
    """
    if not clean(title) or any(len(text) > MOST_TEXT for text in texts):
        raise Invalid("report.text", _("写明标题；每节最多 %d 字") % MOST_TEXT)
    with advance(pk, "edit", by=by) as (row, facts):
        if len(texts) != len(row.sections):
            raise Invalid("report.sections", _("节数对不上，请刷新再改"))
        row.title = clean(title)[:120]
        row.sections = [
            {**section, "paragraphs": [clean(p) for p in text.splitlines() if clean(p)]}
            for section, text in zip(row.sections, texts, strict=True)
        ]
        row.hands = sorted({*row.hands, by.id})
        facts["text"] = queries.digest([row.title, row.sections])
    return row


def recount(pk: int, *, by: Actor) -> models.Report:
    """Count again. Sections that nobody touched are written anew; a person's words stay."""
    seen = queries.get_for(pk, by)
    counted = _count(seen.start, seen.end, seen.scope)
    body = templates.Template.model_validate(seen.template.body)
    with advance(pk, "recount", by=by) as (row, facts):
        fresh = _sections(body, counted["figures"])
        row.sections = [
            new if old["paragraphs"] == old["made"] else {**new, "paragraphs": old["paragraphs"]}
            for old, new in zip(row.sections, fresh, strict=True)
        ]
        row.figures, row.position, row.root = (counted[k] for k in ("figures", "position", "root"))
        facts |= {"figures": queries.digest(row.figures), "position": row.position}
    return row


def review(pk: int, *, by: Actor) -> models.Report:
    with advance(pk, "pass", by=by) as (row, facts):
        row.reviewed_at, row.reviewed_by = clock.now(), by.id
        facts["text"] = queries.digest([row.title, row.sections])
    return row


def send_back(pk: int, *, by: Actor, reason: str = "") -> models.Report:
    with advance(pk, "send_back", by=by) as (row, _facts):
        row.reviewed_at, row.reviewed_by = None, ""
    return row


def drop(pk: int, *, by: Actor) -> models.Report:
    with advance(pk, "drop", by=by) as (row, _facts):
        return row


def issue(pk: int, *, by: Actor) -> models.Report:
    """Give it its number and send it to whom its template names. The figures are counted once more:
    where the journal has moved them since they were drafted, WrongState says how many, and the draft
    has to be counted again."""
    seen = queries.get_for(pk, by)
    moved = rules.differences(seen.figures, queries.again(seen))
    with transaction.atomic():
        with advance(pk, "issue", by=by) as (row, facts):
            if moved or row.figures != seen.figures:
                said = _("起草之后有 %(n)d 处数变了（%(first)s），请重新计数再签发")
                first = moved[0] if moved else ""
                raise WrongState("report.moved", said % {"n": len(moved), "first": first})
            row.issued_at, row.issued_by = clock.now(), by.id
            row.year = clock.today().year
            row.serial = _next_serial(row.kind, row.year)
            row.number = f"{row.template.body['word']}〔{row.year}〕{row.serial}号"
            facts |= {"year": row.year, "serial": row.serial}
            facts |= {"text": queries.digest([row.title, row.sections])}
        sending.send(row, by=by)
    return row


def _next_serial(kind: str, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = models.Report.objects.filter(kind=kind, year=year).aggregate(m=Max("serial"))["m"]
    return (last or 0) + 1


def freeze(pk: int, *, by: Actor) -> models.Report:
    """Produce the files of an issued report and fix it: no transaction is open while they are made.

    Run again after a fault it makes the files anew; those that nothing links are cleaned away.
    """
    from suqiu.reports import printing

    seen = queries.get_for(pk, by)
    if seen.state != ISSUED:
        raise WrongState("report.state", _("报告现在不在这一步"))
    made = printing.all_forms(seen, issuer(seen))
    kept = {form: files.keep_made(data, name=f"{seen.number}.{form}", mime=printing.MIME[form], by=by)
            for form, data in made.items()}  # fmt: skip
    with advance(pk, "freeze", by=by) as (row, facts):
        files.link(list(kept.values()), by=by)
        models.Made.objects.bulk_create(
            models.Made(report=row, form=form, file=file) for form, file in kept.items()
        )
        facts |= {
            "figures": queries.digest(row.figures),
            "text": queries.digest([row.title, row.sections]),
            "position": row.position,
            "root": row.root,
            "files": {form: file.sha256 for form, file in kept.items()},
        }
    return row


def leave_unprinted(pk: int, *, by: Actor) -> bool:
    """An issued report has no files, for its machine cannot lay out letters: say it, once. Returns
    whether that was new."""
    with transaction.atomic():
        row = models.Report.objects.select_for_update().filter(pk=pk, state=ISSUED).first()
        if row is None or any(entry.kind == UNPRINTED for entry in audit.chain(row.chain)):
            return False
        journal.append(row.chain, UNPRINTED, by=by, data={})
    return True


def issuer(report: models.Report) -> str:
    """Who signs: whom the template names, else the centre."""
    named: str = report.template.body.get("issuer", "")
    centre = Unit.objects.filter(kind="centre").order_by("pk").values_list("name", flat=True)
    return named or centre.first() or ""


def correct(pk: int, *, by: Actor) -> models.Report:
    """Draft the correction of an issued report whose figures have moved; the issued one stays."""
    seen = queries.get_for(pk, by)
    if seen.state != FROZEN:
        raise WrongState("report.state", _("报告现在不在这一步"))
    if not rules.differences(seen.figures, queries.again(seen)):
        raise Invalid("report.same", _("再算一遍数没有变，不需要更正"))
    row = draft(seen.kind, seen.start, seen.end, by=by, scope=seen.scope, corrects=seen)
    models.Report.objects.filter(pk=row.pk).update(title=f"{row.title}（更正）"[:120])
    row.refresh_from_db()
    return row
