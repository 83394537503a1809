"""A scheme: proposed by one, tried on the past, published by another."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries, rules
from suqiu.assessment import scheme as schemes
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Scheme
from suqiu.assessment.queries import Period
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid


@dataclass(frozen=True)
class Moved:
    """What a changed scheme would do to one subject."""

    subject: str
    then: float | None
    now: float | None
    rank_then: int | None
    rank_now: int | None


def propose(*, text: str, since: dt.date, basis: str, by: Actor) -> Scheme:
    """A draft. Raises Invalid, saying where, for a scheme that does not hold together."""
    body = schemes.read(text)
    why = actions.said(basis, "basis")[:200]
    with transaction.atomic():
        actions.one_by_one()
        last = Scheme.objects.order_by("-version").first()
        version = last.version + 1 if last else 1
        plain = body.model_dump(mode="json")
        values = {"version": version, "body": plain, "since": since, "basis": why}
        data = {
            "version": version,
            "since": since.isoformat(),
            "body": rules.digest(plain, []),
        }
        row: Scheme = actions.make(
            Scheme, "propose", Standing("scheme"), by=by, values=values, data=data,
            words={"basis": why},
        )  # fmt: skip
    return row


def publish(pk: int, *, by: Actor) -> Scheme:
    """In force from its day. But for the first of all, a scheme does not reach back, so that nobody is
    judged by what he could not know."""
    with actions.step("scheme", pk, "publish", by=by) as here:
        actions.one_by_one()
        known = Scheme.objects.filter(state="published")
        if known.exists() and here.row.since <= clock.today():
            raise Invalid("assessment.since", _("施行日期要在今天以后"), field="since")
        if known.filter(since__gte=here.row.since).exists():
            raise Invalid("assessment.since", _("已有同日或更晚施行的办法"), field="since")
        here.data["version"] = here.row.version
    return here.row  # type: ignore[no-any-return]


def drop(pk: int, *, by: Actor) -> Scheme:
    with actions.step("scheme", pk, "drop", by=by) as here:
        pass
    return here.row  # type: ignore[no-any-return]


def simulate(pk: int, span: Period, kind: str, *, by: Actor) -> list[Moved]:
    """Score and place then and now, of all subjects of a kind. Nothing is kept but that it was done.

    Raises Missing where no scheme was in force in the period.
    """
    if span[1] > clock.today() + dt.timedelta(days=1):
        raise Invalid("assessment.over", _("这一期还没有结束"), field="of")
    with actions.step("scheme", pk, "simulate", by=by) as here:
        here.data |= {"start": span[0].isoformat(), "end": span[1].isoformat(), "kind": kind}
        old = queries.scheme_on(span[1] - dt.timedelta(days=1))
        then = {s.subject: s.value for s in queries.scores(queries.body(old), span, kind)}
        now = {s.subject: s.value for s in queries.scores(queries.body(here.row), span, kind)}
    placed, placing = rules.ranks(then), rules.ranks(now)
    return [Moved(s, then[s], now[s], placed.get(s), placing.get(s)) for s in sorted(then)]
