"""Other work, entered with evidence and confirmed by another hand."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Entry, Evidence, Sheet
from suqiu.assessment.scheme import Scheme
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.files import actions as files
from suqiu.files.models import File


def enter(
    *, subject: str, day: dt.date, work: str, points: float, words: str, expert: str = "",
    evidence: Sequence[File] = (), by: Actor,
) -> Entry:  # fmt: skip
    """Raises Invalid for work that the scheme does not know or points beyond its bounds. What bears an
    `expert`'s name here was entered for him."""
    if day > clock.today():
        raise Invalid("assessment.day", _("这一天还没有到"), field="day")
    within(queries.body(queries.scheme_on(day)), work, points)
    told = actions.said(words)
    it = Standing("entry", own=queries.units_of(subject), since=day)
    with transaction.atomic():
        row: Entry = actions.make(
            Entry, "enter", it, by=by,
            values={"subject": subject, "day": day, "work": work, "points": points,
                    "words": told, "expert": expert.strip()[:64]},
            data={"subject": subject, "day": day.isoformat(), "work": work, "points": points,
                  "expert": bool(expert.strip()), "sha256": [file.sha256 for file in evidence]},
            words={"words": told},
        )  # fmt: skip
        keep(row, evidence, by=by)
    return row


def within(scheme: Scheme, work: str, points: float) -> None:
    """Raises Invalid for work that the scheme does not know or points beyond its bounds."""
    known = scheme.works
    if work not in known:
        raise Invalid("assessment.work", _("考核办法里没有这一项"), field="work")
    if not known[work].least <= points <= known[work].most:
        bounds = {"least": known[work].least, "most": known[work].most}
        raise Invalid(
            "assessment.points", _("这一项每笔 %(least)s 到 %(most)s 分") % bounds, field="points"
        )


def keep(row: Entry, evidence: Sequence[File], *, by: Actor, **more: bool) -> None:
    """Hang the files on their entry, in the caller's transaction. Raises Invalid for a file that another
    sent, or that is linked already: judged under its lock, for one file is evidence once."""
    asked = {file.pk for file in evidence}
    own = File.objects.select_for_update().filter(pk__in=asked, received_by=by.id, linked_at=None)
    if {file.pk for file in own.order_by("pk")} != asked:
        raise Invalid("file.foreign", _("这个附件不是您刚上传的"))
    at = clock.now()
    Evidence.objects.bulk_create(
        Evidence(entry=row, file=file, at=at, by=by.id, **more) for file in evidence
    )
    files.link(list(evidence), by=by)


def add(pk: int, *, evidence: Sequence[File], words: str, by: Actor) -> Entry:
    """Hang further files on an entry that is there, with why they come later. The points stay; whoever
    adds has had a hand in it, and confirms it no more. After a freeze it stands beside the sheet.

    Raises Invalid where there is no file, or one that another sent.
    """
    return hang(pk, "add", evidence=evidence, words=words, by=by)


def hang(pk: int, verb: str, *, evidence: Sequence[File], words: str, by: Actor) -> Entry:
    """As `add` says, by the verb of who does it."""
    if not evidence:
        raise Invalid("assessment.evidence", _("选要补的凭据文件"), field="evidence")
    told = actions.said(words)
    with actions.step("entry", pk, verb, by=by) as here:
        # Locked: a sheet that is being frozen is frozen before this, or holds this.
        there = Sheet.objects.select_for_update().filter(
            start__lte=here.row.day, end__gt=here.row.day
        )
        after = [sheet.pk for sheet in there if sheet.state == "frozen"]
        here.row.hands = [*here.row.hands, by.id]
        here.row.save(update_fields=["hands"])
        here.data |= {"subject": here.row.subject, "after": after,
                      "sha256": [file.sha256 for file in evidence]}  # fmt: skip
        here.words["words"] = told
        keep(here.row, evidence, by=by, later=True, after_freeze=bool(after))
    return here.row  # type: ignore[no-any-return]


def confirm(pk: int, *, by: Actor) -> Entry:
    with actions.step("entry", pk, "confirm", by=by) as here:
        here.data |= {"subject": here.row.subject, "points": here.row.points}
    return here.row  # type: ignore[no-any-return]


def refuse(pk: int, *, words: str, by: Actor) -> Entry:
    with actions.step("entry", pk, "refuse", by=by) as here:
        here.words["words"] = actions.said(words)
    return here.row  # type: ignore[no-any-return]
