"""Reading what supervisors from outside do: one door for sets, one for one."""

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.orders.access import Allowed, Denied
from suqiu.orders.queries import accusing
from suqiu.steps.states import Verb
from suqiu.supervision.cases.models import CaseOrder
from suqiu.supervision.cases.queries import visible_to as cases_visible_to
from suqiu.supervision.external.access import OF_UNITS, READERS, ROLE, Standing, can, in_office
from suqiu.supervision.external.models import Dossier, Invitation, Link, Obligation, Opinion, Term
from suqiu.supervision.external.states import GIVEN, VERBS, State
from suqiu.supervision.external.things import Thing, is_own

_LENGTH = 43  # of a token


def terms_in_office(day: dt.date | None = None) -> QuerySet[Term]:
    """Who holds office on this day (today), by name."""
    on = day or clock.today()
    early = Q(ended_on=None) | Q(ended_on__gte=on)
    return Term.objects.filter(early, since__lte=on, until__gte=on).order_by("name", "pk")


def holds(term: Term) -> bool:
    return in_office(term.since, term.until, term.ended_on, clock.today())


def terms(by: Actor) -> QuerySet[Term]:
    """All terms, those that end last first: for the centre."""
    rows = Term.objects.select_related("person", "unit").order_by("-until", "pk")
    return rows if by.is_system or by.roles & READERS else rows.none()


def _own(by: Actor) -> QuerySet[Term]:
    """The terms in office of this person; none without the post, whatever they say."""
    if ROLE not in by.roles or not by.id.startswith("person:"):
        return Term.objects.none()
    return terms_in_office().filter(person=int(by.id.removeprefix("person:")))


def invitations(by: Actor) -> QuerySet[Invitation]:
    """What this person may see of what anybody was invited to, the newest first: the door for sets.

    The centre sees those to things that it may see itself; a supervisor his own, while in office.
    """
    rows = Invitation.objects.select_related("term__person", "case", "inspection").order_by("-pk")
    if by.is_system:
        return rows
    if by.sources is None and by.roles & READERS:
        return rows.filter(Q(case=None) | Q(case__in=cases_visible_to(by)))
    return _still_open(rows.filter(term__in=_own(by)))


def _still_open(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those that show anything to one from outside, logged in or by a link."""
    rows = rows.filter(withdrawn_at=None).exclude(case__orders__exit="discipline")
    return rows.exclude(inspection__state="void")


def invitation_for(by: Actor, pk: int) -> Invitation:
    """The one. Raises Missing alike for none and for not theirs."""
    found = invitations(by).filter(pk=pk).first()
    if found is None:
        raise Missing("missing", _("没有这份邀请，或不归您看"))
    return found


def opinions(by: Actor) -> QuerySet[Opinion]:
    """The opinions that this person may read, the newest first: the door for sets. A unit reads those
    that it owes an answer to, once they are given; not on what is kept from it since, because it went
    to discipline inspection or accuses those who ask."""
    rows = Opinion.objects.select_related(
        "unit", "file", "invitation__term__person", "invitation__case", "invitation__inspection"
    ).order_by("-pk")
    seen = Q(invitation__in=invitations(by))
    if not (by.is_system or by.roles & READERS):
        kept = Q(order__exit="discipline") | Q(order__in=accusing(by).values("order"))
        cases = CaseOrder.objects.filter(kept).values("case")
        owes = Q(unit__in=by.units_as(*OF_UNITS), state__in=GIVEN)
        seen |= owes & ~Q(invitation__case__in=cases)
    return rows.filter(seen)


def opinion_for(by: Actor, pk: int, *, log: bool = True) -> Opinion:
    """The one, the look logged. Raises Missing alike for none and for not theirs."""
    found = opinions(by).filter(pk=pk).first()
    if found is None:
        raise Missing("missing", _("没有这条意见，或不归您看"))
    if log:
        journal.looked("open", found.chain, by=by)
    return found


def owed(by: Actor) -> QuerySet[Opinion]:
    """What this person's side has still to answer, by what is due first."""
    rows = opinions(by).filter(state=State.OPEN, obligations__outcome="open")
    if not by.roles & READERS:
        rows = rows.filter(unit__in=by.units_as(*OF_UNITS))
    return rows.order_by("obligations__due", "pk")


def standing(opinion: Opinion, by: Actor, thing: Thing | None = None) -> Standing:
    """The opinion as it stands for this person."""
    term = opinion.invitation.term
    return Standing(
        state=State(opinion.state),
        giver=term.actor_id if holds(term) else "",
        entered_by=opinion.entered_by,
        unit=opinion.unit_id,
        own=thing is not None and is_own(thing, by),
    )


def menu(opinion: Opinion, by: Actor, thing: Thing | None) -> list[tuple[Verb, Allowed | Denied]]:
    """Each verb that might ever be his, with the answer for here and now."""
    it = standing(opinion, by, thing)
    answers = [(row, can(by, row, it)) for row in VERBS.values()]
    return [(r, a) for r, a in answers if not isinstance(a, Denied) or a.code != "external.post"]


def clock_of(opinion: Opinion) -> Obligation | None:
    """The clock of the answer: the running one, else the last."""
    rows = list(opinion.obligations.order_by("pk"))
    return next((row for row in rows if row.outcome == "open"), rows[-1] if rows else None)


def hash_of(what: str, told: str) -> str:
    """Keyed, so that a copy of the table opens nothing."""
    digest: str = salted_hmac(f"suqiu.external.{what}", told, algorithm="sha256").hexdigest()
    return digest


def link_of(token: str) -> Link | None:
    """What this token opens; None for anything else: unknown, used, withdrawn, past its day, or of
    one whose term is over or who is invited no more."""
    if len(token) != _LENGTH:
        return None
    row = (
        Link.objects.select_related("opinion__invitation__term__person", "opinion__unit")
        .filter(token_hash=hash_of("link", token), used_at=None, revoked_at=None)
        .first()
    )
    good = row is not None and row.expires_at > clock.now()
    if row is None or not good or not holds(row.opinion.invitation.term):
        return None
    if not _still_open(Invitation.objects.filter(pk=row.opinion.invitation_id)).exists():
        return None
    wanted = State.UNCONFIRMED if row.purpose == "confirm" else State.ANSWERED
    return row if row.opinion.state == wanted else None


def dossier_of(invitation: Invitation, code: str) -> Dossier | None:
    """The printing of this invitation that bears this code."""
    told = hash_of("dossier", "".join(code.split()).replace("-", "").upper())
    rows = invitation.dossiers.order_by("-pk")
    return next((row for row in rows if hmac.compare_digest(row.code_hash, told)), None)


@dataclass(frozen=True)
class Done:
    """What somebody from outside did in [start, end): joined (was invited to), gave opinions; of the
    answers owed to him whose fate became known, so many came in time."""

    kind: str
    name: str
    joined: int
    opinions: int
    due: int
    in_time: int


def activity(start: dt.datetime, end: dt.datetime, terms: QuerySet[Term]) -> list[Done]:
    """By term, from moments within the span alone: counted again later, it is the same. The fate of
    an answer is known when it comes, at its due moment at the latest."""
    made = []
    for term in terms.order_by("kind", "name", "pk"):
        given = Opinion.objects.filter(invitation__term=term, confirmed_at__gte=start)
        asked = term.invitations.filter(at__gte=start, at__lt=end)
        # What nobody owed any more before it was due has no fate.
        dropped = Q(outcome="cancelled", ended__lte=F("due"))
        rows = Obligation.objects.filter(opinion__invitation__term=term).exclude(dropped)
        known = [row for row in rows if start <= min(row.ended or row.due, row.due) < end]
        in_time = sum(row.ended is not None and row.ended <= row.due for row in known)
        opinions = given.filter(confirmed_at__lt=end).count()
        made.append(Done(term.kind, term.name, asked.count(), opinions, len(known), in_time))
    return made


def held_within(start: dt.date, end: dt.date) -> QuerySet[Term]:
    """Terms that held on some day of [start, end)."""
    early = Q(ended_on=None) | Q(ended_on__gte=start)
    return Term.objects.filter(early, since__lt=end, until__gte=start)
