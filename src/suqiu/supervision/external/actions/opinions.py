"""Opinions: given or entered, confirmed, answered, judged."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.base.text import clean
from suqiu.calendars.rules import Limit
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.orders.actions.clocks import end, within
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.external import queries
from suqiu.supervision.external.actions.advance import advance
from suqiu.supervision.external.actions.inviting import (
    require_independent,
    require_keeper,
    require_open,
)
from suqiu.supervision.external.models import Answer, Invitation, Link, Obligation, Opinion, Term
from suqiu.supervision.external.states import MOST_ROUNDS, WAYS, State
from suqiu.supervision.external.things import Thing, is_own

CLOCK = gettext_noop("答复监督意见")
LONGEST = 2000


def opine(
    invitation: Invitation, thing: Thing, *, words: str, by: Actor, unit: Unit | None = None
) -> Opinion:
    """He himself says it, logged in: it is given at once, and its clock runs."""
    with transaction.atomic():
        term = _open(invitation, thing, words, unit)
        if by.id != term.actor_id or term.person is None:
            raise NotAllowed("external.post", _("意见由被邀请的人写"))
        row = _make(invitation, "own", words, unit, by, State.OPEN)
        _start(row, thing.pack, by)
    return row


def enter(
    invitation: Invitation, thing: Thing, *, way: str, code: str, words: str, by: Actor,
    unit: Unit | None = None, file: File | None = None,
) -> Opinion:  # fmt: skip
    """A named member of the staff enters what came on paper, as a voice note or by word of mouth, with
    the dossier's code. It is his only when he says so.

    Raises NotAllowed to who worked on the thing or is of what it is about, Invalid for a wrong code.
    """
    require_keeper(by)
    if is_own(thing, by) or (unit is not None and unit.pk in by.units):
        raise NotAllowed("external.own", _("经手过的人、被提意见的人不代录，请换一个人"))
    if way not in WAYS or way == "own":
        raise Invalid("external.way", _("选定是纸面、录音还是口述"), field="way")
    if way == "voice" and file is None:
        raise Invalid("external.voice", _("录音要附上"), field="file")
    with transaction.atomic():
        _open(invitation, thing, words, unit)
        if queries.dossier_of(invitation, code) is None:
            raise Invalid("external.code", _("卷宗码不对：看他手里那份卷宗的首页"), field="code")
        row = _make(invitation, way, words, unit, by, State.UNCONFIRMED, file=file)
        if file is not None:
            files.link([file], by=by)
    return row


def _open(invitation: Invitation, thing: Thing, words: str, unit: Unit | None) -> Term:
    """His term, locked. Raises what stands against an opinion on this thing now."""
    if not clean(words) or len(clean(words)) > LONGEST:
        raise Invalid("external.words", _("写下意见，不超过两千字"), field="words")
    if (thing.kind, thing.key) != (invitation.kind, invitation.key):
        raise RuntimeError("an opinion on another thing than he was invited to")
    term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
    require_open(term, invitation)
    if thing.shut:
        raise Missing("missing", _("没有这份邀请，或不归您看"))
    require_independent(term, thing)
    if unit is not None and unit.pk not in thing.owing:
        raise Invalid("external.unit", _("这一件不能由这个单位答复，请由中心答复"), field="unit")
    return term


def _make(
    invitation: Invitation, way: str, words: str, unit: Unit | None, by: Actor, state: State,
    file: File | None = None,
) -> Opinion:  # fmt: skip
    at = clock.now()
    row = Opinion.objects.create(
        invitation=invitation, state=state, way=way, unit=unit, words=clean(words), file=file,
        entered_at=at, entered_by=by.id, confirmed_at=at if state == State.OPEN else None,
    )  # fmt: skip
    told = {"invitation": invitation.pk, "way": way, "to": state, "file": file.pk if file else None}
    journal.append(
        row.chain, "opinion.enter", by=by, data=told, unit=row.unit_id, words={"words": row.words}
    )
    return row


def confirm(opinion: Opinion, *, by: Actor, pack: int = 0) -> Opinion:
    """He says that it is his: from now on an answer is owed."""
    with advance(opinion, "confirm", by=by) as step:
        step.row.confirmed_at = step.at
        _start(step.row, pack, by)
    return step.row


def disown(opinion: Opinion, *, correction: str = "", by: Actor, pack: int = 0) -> Opinion | None:
    """It is not his, or not so: what he writes in its place is his at once. Returns that, if any."""
    said = clean(correction)[:LONGEST]
    with advance(opinion, "disown", by=by) as step:
        old = step.row
        new = None
        if said:
            new = _make(old.invitation, old.way, said, old.unit, by, State.OPEN)
            Opinion.objects.filter(pk=new.pk).update(corrects=old)
            _start(new, pack, by)
        step.data = {"corrected": new.pk if new else None}
    return new


def answer(opinion: Opinion, *, words: str, by: Actor) -> Answer:
    """The owing side answers, late where its moment has passed."""
    if not clean(words):
        raise Invalid("external.answer", _("写明怎么办了、为什么"), field="words")
    with advance(opinion, "answer", by=by) as step:
        row = Answer.objects.create(
            opinion=step.row, round=step.row.round, words=clean(words)[:LONGEST],
            by=by.id, at=step.at,
        )  # fmt: skip
        for owed in Obligation.objects.filter(opinion=step.row, outcome="open"):
            end(owed, step.at, "late" if step.at > owed.due else "met")
            step.data["late"] = owed.late
        step.words = {"words": row.words}
    return row


def judge(opinion: Opinion, *, satisfied: bool, note: str = "", by: Actor, pack: int = 0) -> Answer:
    """Does the answer satisfy him? Once it may go back, with what is wanting."""
    if not satisfied and not clean(note):
        raise Invalid("external.note", _("不认可的写明还差什么"), field="note")
    with advance(opinion, "judge", by=by) as step:
        it = step.row
        row = Answer.objects.select_for_update().get(opinion=it, round=it.round)
        row.satisfied, row.judged_at, row.note = satisfied, step.at, clean(note)[:LONGEST]
        row.save(update_fields=["satisfied", "judged_at", "note"])
        step.data = {"satisfied": satisfied}
        step.words = {"note": row.note} if row.note else {}
        if satisfied:
            step.to = State.SETTLED
        elif it.round >= MOST_ROUNDS:
            step.to = State.UNSETTLED
        else:
            step.to, it.round = State.OPEN, it.round + 1
            _start(it, pack, by)
        _use_links(it, step.at)
    return row


def _start(opinion: Opinion, pack: int, by: Actor) -> None:
    """The clock of the answer, by the limits of the thing's pack (0: of the one in force). None for what
    went to discipline inspection: who would owe the answer cannot read it any more."""
    case = opinion.invitation.case
    if case is not None and case.orders.filter(exit="discipline").exists():
        return
    spec = pack_of(pack or in_force().pk).supervision.outside
    limit = spec.answer if opinion.round == 1 else spec.again
    with translation.override(settings.LANGUAGE_CODE):
        name = str(_(CLOCK))
    row = Obligation.objects.create(
        opinion=opinion, unit=opinion.unit, code="answer", name=name, round=opinion.round,
        **within(clock.now(), Limit(limit.n, limit.unit)),
    )  # fmt: skip
    told = {"code": row.code, "round": row.round, "due": row.due.isoformat()}
    journal.append(opinion.chain, "clock.started", by=by, unit=opinion.unit_id, data=told)


def _use_links(opinion: Opinion, at: dt.datetime) -> None:
    rows = Link.objects.filter(opinion=opinion, used_at=None, revoked_at=None)
    rows.update(revoked_at=at)
