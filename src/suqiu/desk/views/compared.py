"""The two verifications of a round, side by side."""

from typing import Any

from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.orders.models import Order, Verification


def compared(order: Order) -> dict[str, Any] | None:
    """A row for each question with both answers; a round that was not verified has none."""
    checks = {
        c.stage: c for c in order.verifications.filter(round=order.round).select_related("unit")
    }
    if not checks:
        last = order.verifications.order_by("-round").values_list("round", flat=True).first()
        checks = {c.stage: c for c in order.verifications.filter(round=last).select_related("unit")}
    if not checks:
        return None
    called = names({c.by for c in checks.values()})
    first, second = checks.get("first"), checks.get("second")
    rows = [
        {
            "name": name,
            "first": _say(first, attr),
            "second": _say(second, attr),
            "differs": _differ(first, second, attr),
        }
        for attr, name in ASKED
    ]
    heads = {
        stage: {"by": called[c.by], "unit": str(c.unit), "at": c.at} for stage, c in checks.items()
    }
    return {
        "heads": heads,
        "rows": rows,
        "differs": any(row["differs"] for row in rows),
        "round": max(c.round for c in checks.values()),
    }


ASKED = (
    ("reached", "是否联系上"),
    ("solved", "是否解决"),
    ("satisfaction", "满意程度"),
    ("disposal_true", "处置属实"),
    ("feedback_true", "反馈属实"),
)


def _say(check: Verification | None, attr: str) -> str:
    value = getattr(check, attr) if check else None
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def _differ(first: Verification | None, second: Verification | None, attr: str) -> bool:
    if first is None or second is None:
        return False
    one, other = getattr(first, attr), getattr(second, attr)
    return one not in (None, "") and other not in (None, "") and one != other
