"""The two callbacks of a round, side by side, with the names of those who made them."""

from typing import Any

from suqiu.accounts.queries import names
from suqiu.callbacks.queries import compare
from suqiu.orders.models import Order


def compared(order: Order) -> dict[str, Any] | None:
    """A row for each question with both answers; an order on which nobody called has none."""
    found = compare(order)
    if found is None:
        return None
    called = names({call.by for call in found.calls.values()})
    heads = {
        stage: {"by": called[call.by], "unit": str(call.unit), "at": call.at}
        for stage, call in found.calls.items()
    }
    rows = [
        {
            "name": row.question,
            "first": row.first or "—",
            "second": row.second or "—",
            "differs": row.same is False,
        }
        for row in found.rows
    ]
    return {"heads": heads, "rows": rows, "differs": found.differs, "round": found.round}
