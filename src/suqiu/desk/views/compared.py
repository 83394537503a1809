"""The two verifications of a round, side by side."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.callbacks.models import Answer
from suqiu.orders.models import Order, Verification

ASKED = (
    ("reached", gettext_lazy("是否联系上")),
    ("solved", gettext_lazy("是否解决")),
    ("satisfaction", gettext_lazy("满意程度")),
    ("efficiency", gettext_lazy("办理效率")),
    ("attitude", gettext_lazy("服务态度")),
    ("result", gettext_lazy("办理结果")),
    ("disposal_true", gettext_lazy("处置属实")),
    ("feedback_true", gettext_lazy("反馈属实")),
    ("wants", gettext_lazy("诉求人还要")),
)


def compared(order: Order) -> dict[str, Any] | None:
    """Each question with both answers, of the newest round that was verified; None before that."""
    number = order.verifications.order_by("-round").values_list("round", flat=True).first()
    if number is None:
        return None
    checks = {c.stage: c for c in order.verifications.filter(round=number).select_related("unit")}
    answers = Answer.objects.filter(attempt__order=order, attempt__round=number)
    given = {a.attempt.stage: a for a in answers.select_related("attempt")}
    called = names({c.by for c in checks.values()})
    rows = []
    for attr, name in ASKED:
        first, second = (_value(checks.get(s), given.get(s), attr) for s in ("first", "second"))
        if first or second or attr == "reached":
            differs = bool(first and second and first != second and attr != "wants")
            rows.append(
                {"name": name, "first": first or "—", "second": second or "—", "differs": differs}
            )
    heads = {s: {"by": called[c.by], "unit": str(c.unit), "at": c.at} for s, c in checks.items()}
    return {
        "heads": heads,
        "rows": rows,
        "differs": any(r["differs"] for r in rows),
        "round": number,
    }


def _value(check: Verification | None, answer: Answer | None, attr: str) -> str:
    value = getattr(check, attr, None) if check else None
    if value is None and answer is not None:
        value = getattr(answer, attr)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return {"unknown": _("说不清"), None: ""}.get(value, str(value or ""))
