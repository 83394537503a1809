"""Terms of office: appointed by the leader, ended early with a reason, told of before and at the end."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.accounts.actions import limit_posts
from suqiu.accounts.models import Person, Posting
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force, pack
from suqiu.supervision.external import queries
from suqiu.supervision.external.access import APPOINTS, ROLE
from suqiu.supervision.external.actions.inviting import leave_team
from suqiu.supervision.external.models import Link, Term
from suqiu.supervision.external.states import KINDS
from suqiu.supervision.inspections import actions as inspections


def appoint(
    *, name: str, kind: str, since: dt.date, until: dt.date, by: Actor,
    person: Person | None = None, unit: Unit | None = None,
) -> Term:  # fmt: skip
    """From a day to a day. An account that he has must hold the post already (the security
    administrator gives it); from now on it ends with the term.

    Raises NotAllowed to all but a leader, Invalid for days, a kind or an account that do not fit.
    """
    _require(by)
    if kind not in KINDS or not clean(name):
        raise Invalid("external.term", _("写明姓名，选定是督导组还是监督员"), field="name")
    longest = pack(in_force().pk).supervision.outside.most_years
    if (
        not since <= until
        or until < clock.today()
        or until > since.replace(day=1) + dt.timedelta(days=366 * longest)
    ):
        raise Invalid("external.days", _("任期起止不对，或超过规则包定的最长年限"), field="until")
    with transaction.atomic():
        if person is not None:
            _bind(person, since, until, by)
        row = Term.objects.create(
            name=clean(name)[:64], kind=kind, person=person, unit=unit, since=since, until=until,
            appointed_at=clock.now(), appointed_by=by.id,
        )  # fmt: skip
        told = {
            "kind": kind, "since": since.isoformat(), "until": until.isoformat(),
            "person": person.actor_id if person else None, "unit": unit.pk if unit else None,
        }  # fmt: skip
        journal.append(row.chain, "term.appoint", by=by, data=told, words={"name": row.name})
    return row


def _bind(person: Person, since: dt.date, until: dt.date, by: Actor) -> None:
    """His post as a supervisor ends with the term, and he holds no other: who works in the house is
    no eye from outside."""
    Person.objects.select_for_update().get(pk=person.pk)
    others = Posting.objects.filter(person=person).exclude(role=ROLE)
    if any(post.until is None or post.until >= clock.today() for post in others):
        raise Invalid(
            "external.inside", _("他在系统里还有别的岗位，不能从外面监督"), field="person"
        )
    held = Term.objects.filter(person=person, closed_at=None, until__gte=since)
    if any(term.ended_on is None for term in held):
        raise Invalid("external.twice", _("他的任期还没有满，先结束上一任"), field="person")
    posts = limit_posts(person, ROLE, until=until, by=by)
    if not any(post.until == until for post in posts):
        raise Invalid(
            "external.post_none",
            _("账号没有督导员岗位，或岗位先到期：请安全管理员先授岗"),
            field="person",
        )


def end_term(term: Term, *, reason: str, by: Actor) -> Term:
    """His last day was yesterday: from this moment he sees nothing, and no link of his opens."""
    _require(by)
    if not clean(reason):
        raise Invalid("external.reason", _("写明为什么提前结束"), field="reason")
    with transaction.atomic():
        row = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
        if row.ended_on is not None or row.until < clock.today():
            raise WrongState("external.ended", _("任期已经结束"))
        row.ended_on = clock.today() - dt.timedelta(days=1)
        row.closed_at = clock.now()
        row.save(update_fields=["ended_on", "closed_at"])
        if row.person is not None:
            limit_posts(row.person, ROLE, until=row.ended_on, by=by)
        _shut(row, by)
        journal.append(
            row.chain, "term.end", by=by, data={"last": row.ended_on.isoformat()},
            words={"reason": clean(reason)[:500]},
        )  # fmt: skip
    return row


def close_over(*, by: Actor) -> int:
    """Tell the journal of terms whose last day has passed. Access ended with the day itself."""
    done = 0
    for pk in Term.objects.filter(closed_at=None, until__lt=clock.today()).values_list("pk"):
        with transaction.atomic():
            row = Term.objects.select_for_update(of=("self",)).get(pk=pk[0])
            if row.closed_at is not None:
                continue
            row.closed_at = clock.now()
            row.save(update_fields=["closed_at"])
            _shut(row, by)
            journal.append(row.chain, "term.over", by=by, data={"last": row.until.isoformat()})
        done += 1
    return done


def remind_ending(*, by: Actor) -> int:
    """A reminder before a term ends, once."""
    waiting = queries.terms_in_office().filter(reminded_at=None)
    if not waiting.exists():
        return 0  # a house without any needs no pack of rules to know it
    days = pack(in_force().pk).supervision.outside.remind_days
    near = clock.today() + dt.timedelta(days=days)
    done = 0
    for term in waiting.filter(until__lte=near):
        with transaction.atomic():
            row = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
            if row.reminded_at is not None:
                continue
            row.reminded_at = clock.now()
            row.save(update_fields=["reminded_at"])
            journal.append(row.chain, "term.soon", by=by, data={"last": row.until.isoformat()})
        done += 1
    return done


def _shut(term: Term, by: Actor) -> None:
    """No link opens, and he is of no inspection's team, however he came onto it: a later term or
    another post begins anew. A later term that has begun already keeps its teams."""
    for invitation in term.invitations.filter(withdrawn_at=None).exclude(inspection=None):
        leave_team(invitation, by=by)
    if term.person and not queries.terms_in_office().filter(person=term.person).exists():
        inspections.leave_all(term.person.actor_id, by=by)
    rows = Link.objects.filter(opinion__invitation__term=term, used_at=None, revoked_at=None)
    rows.update(revoked_at=clock.now())


def _require(by: Actor) -> None:
    if not by.roles & APPOINTS:
        raise NotAllowed("external.post", _("聘任由领导定"))
