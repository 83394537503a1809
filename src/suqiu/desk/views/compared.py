"""The two callbacks of each round, side by side, with the names of those who made them."""

from typing import Any

from suqiu.accounts.queries import names
from suqiu.callbacks.queries import Comparison, compare
from suqiu.orders.models import Order


def compared(order: Order) -> list[dict[str, Any]]:
    """A table for each round on which somebody called, newest first."""
    rounds = compare(order)
    called = names({call.by for found in rounds for call in found.calls.values()})
    return [_table(found, called) for found in rounds]


def _table(found: Comparison, called: dict[str, str]) -> dict[str, Any]:
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
            "same": row.same is True,
        }
        for row in found.rows
    ]
    return {"heads": heads, "rows": rows, "differs": found.differs, "round": found.round}
