"""What was asked for beside the work: by whom, of whom, for how long, why, and how it was ruled."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base import clock
from suqiu.desk import shapes
from suqiu.desk.forms import RETURN_REASONS
from suqiu.orders.models import Request
from suqiu.orders.past import Past
from suqiu.organisations.models import Unit

KINDS = {
    "return": gettext_lazy("退单"),
    "extension": gettext_lazy("延期"),
    "hold": gettext_lazy("挂账"),
    "withdraw": gettext_lazy("撤回"),
    "co": gettext_lazy("协办"),
    "force": gettext_lazy("强制办结"),
    "unreasonable": gettext_lazy("不合理认定"),
    "out_of_remit": gettext_lazy("超出职责认定"),
}
RULINGS = {"granted": gettext_lazy("准予"), "refused": gettext_lazy("不准")}
# The verb that rules on what was asked is called after it.
_RULES = ("grant_", "refuse_", "uphold_")


def requests(
    past: Past, called: dict[str, str], withheld: frozenset[int] = frozenset()
) -> list[dict[str, Any]]:
    """All of an order's requests, the newest first. `withheld`: seats whose words are not read."""
    asked_of = {r.unit_id for r in past.requests if r.unit_id is not None}
    units = Unit.objects.in_bulk(asked_of) if asked_of else {}
    return [
        {
            "code": r.kind,
            "kind": KINDS.get(r.kind, r.kind),
            "what": str(units[r.unit_id]) if r.unit_id is not None else _for(r),
            "reason": "" if r.seat_id in withheld else r.reason,
            "evidence": "" if r.seat_id in withheld else r.evidence,
            "at": r.asked_at,
            "by": called[r.asked_by],
            "ruling": RULINGS.get(r.ruling, ""),
            "ruled_at": r.ruled_at,
            "ruled_by": called.get(r.ruled_by, ""),
            "note": "" if r.seat_id in withheld else r.note,
        }
        for r in reversed(past.requests)
    ]


def ruled_on(verb: str, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The request that this verb would rule on; None where it rules on none."""
    kind = next((verb.removeprefix(p) for p in _RULES if verb.startswith(p)), verb)
    return next((row for row in rows if row["code"] == kind and row["ruled_at"] is None), None)


def _for(request: Request) -> str:
    """How much of what, in words: working days of an extension, the day until which a hold lasts."""
    if request.kind == "hold":
        until = clock.local(request.asked_at).date() + dt.timedelta(days=request.days or 0)
        return _("%(long)s，%(day)s 复核") % {
            "long": shapes.asked(request),
            "day": until.isoformat(),
        }
    if request.kind == "return":
        return str(RETURN_REASONS.get(request.reason_code, ""))
    return shapes.asked(request)
