"""Trying another rule: who would have been late, and which rate changes by how much.

Asked for on a page, judged by the worker, kept and linked to. Who may look sees every order, so that
no figure tells him of one that he may not open.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused
from suqiu.figures.access import sees_all
from suqiu.figures.cohorts import Cohort
from suqiu.figures.models import Trial
from suqiu.figures.replay import Replay, replay
from suqiu.policy import actions as packs
from suqiu.policy import queries as policy
from suqiu.policy.rules import Pack, read

BY = system("figures")
ROLES = frozenset({"leader", "assessor"})
LONGEST = 366  # days
WAITING = 5
KEPT = 1000  # orders named; of more only the number is kept


def may_try(by: Actor) -> bool:
    return bool(by.roles & ROLES) and sees_all(by)


def _require(by: Actor) -> None:
    if not may_try(by):
        raise NotAllowed("post", _("试算由领导和考核员看；在被诉单位任职的看不到全部工单，不能看"))


def choices() -> dict[str, Pack]:
    """What may be tried: every published version, and the readings that come with the house."""
    found: dict[str, Pack] = {}
    for row in policy.published():
        found[f"{row.code} v{row.version}"] = policy.pack(row.pk)
    for file in packs.readings():
        body = read(file.read_text("utf-8"), file.name)
        found.setdefault(f"{body.id} v{body.version}", body)
    return found


def ask(*, pack: str, since: dt.date, until: dt.date, by: Actor) -> Trial:
    """Put a trial into the queue; both days are included. Raises Invalid for a pack that is not there,
    days that are none, or where too many wait."""
    _require(by)
    other = choices().get(pack)
    if other is None:
        raise Invalid("trial.pack", _("没有这个策略包"), field="pack")
    if not since <= until <= clock.today() or (until - since).days >= LONGEST:
        raise Invalid("trial.period", _("起止日期不对，最多一年，不能在以后"), field="since")
    with transaction.atomic():
        if Trial.objects.filter(done_at=None).count() >= WAITING:
            raise Invalid("trial.many", _("已有试算在排队，等算完再试"))
        row = Trial.objects.create(
            pack=other.model_dump(mode="json"),
            since=since,
            until=until,
            asked_by=by.id,
            asked_at=clock.now(),
        )
        facts = {"pack": pack, "since": since.isoformat(), "until": until.isoformat()}
        journal.append(f"trial:{row.pk}", "figures.trial_asked", by=by, data=facts)
    return row


def judge_waiting() -> int:
    """The worker's part: judge what waits, each once. Returns how many."""
    done = 0
    while True:
        with transaction.atomic():
            waiting = Trial.objects.select_for_update(skip_locked=True).filter(done_at=None)
            row = waiting.order_by("pk").first()
            if row is None:
                return done
            _judge(row)
        done += 1


def _judge(row: Trial) -> None:
    cohort = Cohort("accepted_in", midnight(row.since), midnight(row.until + dt.timedelta(days=1)))
    try:
        row.found = told(replay(cohort, Pack.model_validate(row.pack), by=BY))
    except Refused as error:
        row.failed = error.code[:40]
    row.done_at = clock.now()
    row.save(update_fields=["found", "failed", "done_at"])


def told(found: Replay) -> dict[str, Any]:
    """What is kept of a replay: every rate on both sides, changed or not, and the orders that part."""
    return {
        "orders": found.orders,
        "rates": {
            code: {"changed": "change" in row, "change": None, **row}
            for code, row in found.rates().items()
        },
        "moved_n": len(found.moved),
        "moved": [
            [one.number, list(one.late_before), list(one.late_now)] for one in found.moved[:KEPT]
        ],
        "not_judged": found.not_judged,
    }


def get_for(pk: int, by: Actor) -> Trial:
    """The trial with this key. Raises Missing where there is none."""
    _require(by)
    row = Trial.objects.filter(pk=pk).first()
    if row is None:
        raise Missing("missing", _("没有这次试算"))
    return row


def recent(by: Actor, top: int = 30) -> list[Trial]:
    """The last trials, without what they found."""
    _require(by)
    return list(Trial.objects.defer("found").order_by("-pk")[:top])
