"""An expert from outside marks other work himself, in his own name, on the sheet that he is invited to.

Another hand of the centre confirms it, as it does every entry. On a sheet that is not frozen it counts
when the sheet is drawn anew; beside a frozen one it stands as a correction.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries
from suqiu.assessment.access import Standing
from suqiu.assessment.actions import entries
from suqiu.assessment.models import Entry, Sheet
from suqiu.assessment.outside import of_sheet
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.files.models import File
from suqiu.supervision.external.actions.inviting import require_independent, require_open
from suqiu.supervision.external.models import Invitation, Term


def mark(
    invitation: Invitation, *, subject: str, work: str, points: float, words: str,
    evidence: Sequence[File] = (), by: Actor,
) -> Entry:  # fmt: skip
    """Once for a subject's work. Its day is the last of the sheet, whose scheme holds.

    Raises NotAllowed to any but him, and to him where he or his unit had to do with what is scored;
    Invalid for work that the scheme does not open to experts, WrongState for a mark that is there.
    """
    told = actions.said(words)
    with transaction.atomic():
        term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
        sheet = _sheet(invitation, term, by)
        _check(sheet, subject, work, points)
        before = Entry.objects.filter(invitation=invitation, subject=subject, work=work)
        if before.exclude(state="refused").exists():
            raise WrongState("assessment.marked", _("这一项您已经打过分"))
        day = sheet.end - dt.timedelta(days=1)
        row: Entry = actions.make(
            Entry, "mark", _standing(sheet, term, subject, by), by=by,
            values={"subject": subject, "day": day, "work": work, "points": points, "words": told,
                    "expert": term.name, "invitation": invitation},
            data={"subject": subject, "day": day.isoformat(), "work": work, "points": points,
                  "expert": True, "invitation": invitation.pk, "sheet": sheet.pk,
                  "sha256": [file.sha256 for file in evidence]},
            words={"words": told},
        )  # fmt: skip
        entries.keep(row, evidence, by=by)
    return row


def bring(
    invitation: Invitation, pk: int, *, evidence: Sequence[File], words: str, by: Actor
) -> Entry:
    """Further evidence for a mark that he gave himself on this invitation, with why it comes later;
    as `entries.add` hangs it.

    Raises Missing for a mark that is not there or not his, else as `mark` does where he may not.
    """
    with transaction.atomic():
        term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
        sheet = _sheet(invitation, term, by)
        row = queries.entry_for(by, pk)
        if row.invitation_id != invitation.pk or row.made_by != by.id:
            raise Missing("missing", _("没有这一项，或不归您看"))
        it = _standing(sheet, term, row.subject, by)
        actions.judge(by, "bring", replace(it, state=row.state))
        return entries.hang(pk, "bring", evidence=evidence, words=words, by=by)


def _sheet(invitation: Invitation, term: Term, by: Actor) -> Sheet:
    """The sheet, before one who may say something of it now."""
    require_open(term, invitation)
    if by.id != term.actor_id or term.person is None:
        raise NotAllowed("external.post", _("意见由被邀请的人写"))
    thing = of_sheet(invitation.key) if invitation.kind == "sheet" else None
    if thing is None or thing.shut:
        raise Missing("missing", _("没有这份邀请，或不归您看"))
    require_independent(term, thing)
    return Sheet.objects.select_related("scheme").get(pk=int(invitation.key))


def _check(sheet: Sheet, subject: str, work: str, points: float) -> None:
    if subject not in {one["subject"] for one in sheet.rows}:
        raise Missing("assessment.subject", _("没有这个区或单位，或不归您看"))
    scheme = queries.body(sheet.scheme)
    if work not in scheme.works or not scheme.works[work].experts:
        raise Invalid("assessment.experts", _("考核办法没有把这一项开放给外部专家"), field="work")
    entries.within(scheme, work, points)


def _standing(sheet: Sheet, term: Term, subject: str, by: Actor) -> Standing:
    """Scores stand beside each other: who handled any order of the sheet marks nobody on it."""
    own = queries.units_of(subject)
    handled = term.unit_id in own or queries.handled_in((sheet.start, sheet.end), by)
    return Standing("entry", own=own, since=sheet.start, handled=handled)
