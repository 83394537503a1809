"""Where the hours of an order go, from the journal's moments."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from suqiu.audit.models import Entry
from suqiu.base.actors import Actor
from suqiu.figures import chance
from suqiu.figures.cohorts import Cohort, orders

STAGE = "stage:"
STAGES = (
    ("order.accept", "order.dispatch", _("受理 → 派单")),
    ("order.dispatch", "order.sign", _("派单 → 签收")),
    ("order.sign", "order.contact", _("签收 → 联系")),
    ("order.contact", "order.pass_disposal", _("联系 → 处置")),
    ("order.pass_disposal", "order.reply", _("处置 → 答复")),
    ("order.reply", "order.review", _("答复 → 审核")),
    ("order.review", "order.verify_first", _("审核 → 回访")),
    ("order.verify_first", "order.close", _("回访 → 办结")),
)


def hours_of(cohort: Cohort, by: Actor) -> dict[str, dict[str, float]]:
    """{verb that ends the stage: {chain: hours}}, from the first time that each was done."""
    chains = orders(cohort, by).values_list(
        Concat(Value("order:"), Cast("pk", CharField()), output_field=CharField()), flat=True
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for chain, passed in passed_in(chains).items():
        for then, seconds in passed.items():
            found[then][chain] = seconds / 3600
    return found


def passed_in(chains: Iterable[str]) -> dict[str, dict[str, float]]:
    """{chain: {verb that ends the stage: seconds}}."""
    wanted = {kind for stage in STAGES for kind in stage[:2]}
    moments: dict[str, dict[str, dt.datetime]] = defaultdict(dict)
    entries = Entry.objects.filter(chain__in=chains, kind__in=wanted).order_by("chain", "seq")
    for chain, kind, at in entries.values_list("chain", "kind", "at"):
        moments[chain].setdefault(kind, at)
    return {
        chain: {
            then: (when[then] - when[first]).total_seconds()
            for first, then, _words in STAGES
            if first in when and then in when and when[then] >= when[first]
        }
        for chain, when in moments.items()
    }


def time_lost(cohort: Cohort, by: Actor) -> list[dict[str, Any]]:
    """Median and 90th percentile of hours per stage, from the journal's moments, and the stage's
    share of all hours that passed in stages."""
    found = hours_of(cohort, by)
    whole = sum(sum(hours.values()) for hours in found.values()) or 1.0
    rows: list[dict[str, Any]] = []
    for _first, then, name in STAGES:
        hours = list(found.get(then, {}).values())
        if hours:
            rows.append(
                {
                    "code": then,
                    "name": str(name),
                    "n": len(hours),
                    "median": chance.median(hours),
                    "p90": chance.percentile(hours, 0.9),
                    "share": sum(hours) / whole,
                }
            )
    return rows
