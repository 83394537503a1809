"""One-time links: made by another than who entered it, told once, good once, until a day."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.policy.queries import in_force, pack
from suqiu.supervision.external import queries
from suqiu.supervision.external.actions import inviting, opinions
from suqiu.supervision.external.actions.advance import advance
from suqiu.supervision.external.models import Link, Opinion
from suqiu.supervision.external.states import State
from suqiu.supervision.external.things import Thing


def make(opinion: Opinion, thing: Thing, *, by: Actor) -> tuple[Link, str]:
    """A new link and its token, which is told here and never again; one made before opens nothing.

    Raises WrongState for one whose term is over, or who is not invited any more: it would open nothing.
    """
    days = pack(in_force().pk).supervision.outside.link_days
    token = secrets.token_urlsafe(32)
    with advance(opinion, "link", by=by, thing=thing) as step:
        inviting.require_open(opinion.invitation.term, opinion.invitation)
        Link.objects.filter(opinion=opinion, used_at=None, revoked_at=None).update(
            revoked_at=step.at
        )
        row = Link.objects.create(
            opinion=step.row,
            purpose="confirm" if step.row.state == State.UNCONFIRMED else "judge",
            token_hash=queries.hash_of("link", token),
            made_at=step.at,
            made_by=by.id,
            expires_at=step.at + dt.timedelta(days=days),
        )
        step.data = {"purpose": row.purpose, "until": row.expires_at.isoformat()}
    return row, token


def say(token: str, *, yes: bool, words: str = "", by: Actor) -> Link:
    """What he says at his link, once. `by` is the public page; the deed is his whose link it is.

    Raises Missing alike for a token that is unknown, used, withdrawn or past its day.
    """
    with transaction.atomic():
        found = queries.link_of(token)
        locked = Link.objects.select_for_update().filter(
            pk=found.pk if found else 0, used_at=None, revoked_at=None
        )
        row = locked.first()
        if found is None or row is None or not by.is_system:
            raise Missing("external.link", _("这个链接用过了、过期了，或不存在"))
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        whose = Actor(found.opinion.invitation.term.actor_id)
        case = found.opinion.invitation.case
        limits = case.pack_id if case else 0
        if row.purpose == "judge":
            opinions.judge(found.opinion, satisfied=yes, note=words, by=whose, pack=limits)
        elif yes:
            opinions.confirm(found.opinion, by=whose, pack=limits)
        else:
            opinions.disown(found.opinion, correction=words, by=whose, pack=limits)
    return row
