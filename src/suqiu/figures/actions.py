"""Publishing a month: what everybody sees is counted once, looked at, approved, and frozen."""

import datetime as dt
import hashlib
import json
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.figures import queries, rules
from suqiu.figures.cohorts import Cohort
from suqiu.figures.models import Publication
from suqiu.figures.rules import Rate

# Counted by nobody in particular: what everybody reads does not depend on who approves it.
BY = system("figures")
PUBLIC = ("solved", "satisfaction", "timely")
TOP = 8


def counted(month: dt.date) -> dict[str, Any]:
    """The figures of a month that is over, by when its orders ended, as they would be published.

    Raises Invalid for a month that is not over, or without ended orders.
    """
    start = dt.datetime(month.year, month.month, 1, tzinfo=clock.LOCAL)
    end = (start + dt.timedelta(days=32)).replace(day=1)
    if end > clock.now():
        raise Invalid("publish.month", _("这个月还没有过完，不能公布"))
    cohort = Cohort("closed_in", start, end)
    facts = queries.facts(cohort, BY)
    if not facts:
        raise Invalid("publish.empty", _("这个月没有办结的件，没有可公布的"))
    whole = queries.grouped(facts, cohort)[""]
    parts = queries.grouped(facts, cohort, "region")
    leaves = Counter(fact.category for fact in facts if fact.category).most_common()
    composed = [(code, n) for code, n in leaves if n >= rules.LEAST_TO_RANK]
    return {
        "basis": cohort.basis,
        "start": start.date().isoformat(),
        "end": end.date().isoformat(),
        "orders": len(facts),
        "rates": {code: _frozen(whole[code]) for code in PUBLIC},
        "regions": {key: _frozen(row["solved"]) for key, row in parts.items() if key},
        "top": [list(pair) for pair in composed[:TOP]],
        "packs": dict(whole["solved"].packs),
    }


def digest(body: dict[str, Any]) -> str:
    """The mark by which what was looked at is recognised in what is published."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def publish(month: dt.date, *, seen: str, by: Actor) -> Publication:
    """Put a month before everybody. `seen` is the digest of the figures that the leader looked at.

    Raises NotAllowed to all but leaders; WrongState where the figures have moved since he looked;
    Invalid as `counted` does.
    """
    if "leader" not in by.roles:
        raise NotAllowed("post", _("由领导批准公布"))
    body = counted(month)
    mark = digest(body)
    if mark != seen:
        raise WrongState("publish.moved", _("您看过之后数有变动，请再看一遍再批准"))
    with transaction.atomic():
        row = Publication.objects.create(
            month=month.replace(day=1), body=body, published_at=clock.now(), published_by=by.id
        )
        facts = {"month": f"{month:%Y-%m}", "sha256": mark, "orders": body["orders"]}
        journal.append(f"publication:{row.pk}", "figures.published", by=by, data=facts)
    return row


def _frozen(rate: Rate) -> dict[str, Any]:
    """Under thirty nothing is judged, and nothing is shown by which one case might be known."""
    few = not rate.may_rank
    return {
        "n": rate.denominator,
        "value": None if few else rate.value,
        "low": None if few else rate.low,
        "high": None if few else rate.high,
        "excluded": sum(rate.excluded.values()),
        # None is not said: a month published before packs could count as met is still the same.
        **({"met": rate.met} if rate.met else {}),
    }
