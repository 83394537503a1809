"""Inviting one to one thing, taking the invitation back, and printing the dossier for it."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.accounts.queries import actor_for
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.supervision.external import queries
from suqiu.supervision.external.access import KEEPERS, ROLE
from suqiu.supervision.external.models import Dossier, Invitation, Term
from suqiu.supervision.external.things import Thing, is_own
from suqiu.supervision.inspections import actions as inspections
from suqiu.supervision.inspections.states import VERBS, State

# Without what is read or heard as another: 0 O, 1 I L, 2 Z, 5 S, 8 B.
_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 8


def invite(term: Term, thing: Thing, *, by: Actor) -> Invitation:
    """Let him see this one thing; to an inspection he joins the team too, where he has an account.

    Raises NotAllowed where he, or where he works, had to do with it; WrongState out of office.
    """
    require_keeper(by)
    with transaction.atomic():
        row = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
        if not queries.holds(row):
            raise WrongState("external.ended", _("任期没有开始，或已经结束"))
        if thing.shut:
            raise Invalid("external.shut", _("这一件不给外面的人看"))
        require_independent(row, thing)
        known = row.invitations.filter(kind=thing.kind, key=thing.key, withdrawn_at=None).first()
        if known is not None:
            return known
        made = Invitation.objects.create(
            term=row, kind=thing.kind, key=thing.key, case=thing.case,
            inspection=thing.inspection, at=clock.now(), by=by.id,
        )  # fmt: skip
        told = {"invitation": made.pk, "thing": thing.kind, "key": thing.key}
        journal.append(row.chain, "term.invite", by=by, data=told)
        there = thing.inspection
        if row.person and there and State(there.state) in VERBS["invite"].at:
            inspections.invite(there, actor_for(row.person), side=row.kind, by=by)
    return made


def require_independent(term: Term, thing: Thing) -> None:
    """Raises NotAllowed where this supervisor had to do with it; asked again at each of his deeds."""
    whose = Actor(term.actor_id)
    if term.person is not None:
        held = actor_for(term.person)
        # That he is posted at the centre as one from outside makes nothing of the centre's his own.
        whose = Actor(
            held.id,
            frozenset(post for post in held.posts if post[0] != ROLE),
            former=frozenset(post for post in held.former if post[0] != ROLE),
        )
    units = frozenset({term.unit_id} if term.unit_id else ())
    if is_own(thing, whose, units):
        raise NotAllowed("external.own", _("他或他的单位办过这一件，换一位"))


def withdraw(invitation: Invitation, *, by: Actor) -> Invitation:
    """He sees it no more; what he said stays and is answered."""
    require_keeper(by)
    with transaction.atomic():
        term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
        row = Invitation.objects.get(pk=invitation.pk)
        if row.withdrawn_at is None:
            row.withdrawn_at = clock.now()
            row.save(update_fields=["withdrawn_at"])
            leave_team(row, by=by)
            journal.append(term.chain, "term.withdraw", by=by, data={"invitation": row.pk})
    return row


def leave_team(invitation: Invitation, *, by: Actor) -> None:
    """Who is invited to an inspection no more is not of its team either."""
    if invitation.inspection is not None:
        inspections.leave(invitation.inspection, invitation.term.actor_id, by=by)


def seen(invitation: Invitation, *, by: Actor) -> None:
    """The first time that he opens it himself."""
    if invitation.seen_at is not None or by.id != invitation.term.actor_id:
        return
    with transaction.atomic():
        term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
        fresh = Invitation.objects.filter(pk=invitation.pk, seen_at=None)
        if fresh.update(seen_at=clock.now()):
            journal.append(term.chain, "term.seen", by=by, data={"invitation": invitation.pk})


def print_dossier(invitation: Invitation, thing: Thing, *, by: Actor) -> tuple[Dossier, str]:
    """A printing for him, and the code on it, which is told here and never again."""
    require_keeper(by)
    code = "".join(secrets.choice(_ALPHABET) for _n in range(CODE_LENGTH))
    with transaction.atomic():
        term = Term.objects.select_for_update(of=("self",)).get(pk=invitation.term_id)
        require_open(term, invitation)
        if thing.shut:
            raise Invalid("external.shut", _("这一件不给外面的人看"))
        require_independent(term, thing)
        row = Dossier.objects.create(
            invitation=invitation, code_hash=queries.hash_of("dossier", code), at=clock.now(),
            by=by.id,
        )  # fmt: skip
        told = {"invitation": invitation.pk, "dossier": row.pk}
        journal.append(term.chain, "term.print", by=by, data=told)
    return row, f"{code[:4]}-{code[4:]}"


def require_open(term: Term, invitation: Invitation) -> None:
    """Raises WrongState where he is out of office, or no longer invited."""
    gone = Invitation.objects.filter(pk=invitation.pk, withdrawn_at=None).first() is None
    if gone or not queries.holds(term):
        raise WrongState("external.ended", _("任期已经结束，或邀请已经收回"))


def require_keeper(by: Actor) -> None:
    if not by.roles & KEEPERS:
        raise NotAllowed("external.post", _("这一步不归您办"))
