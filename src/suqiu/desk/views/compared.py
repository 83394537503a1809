"""The two callbacks of each round, side by side, with the names of those who made them."""

from typing import Any

from suqiu.callbacks.queries import Comparison


def compared(found: Comparison, called: dict[str, str]) -> dict[str, Any]:
    """The table of one round on which somebody called; `called` names those who did."""
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
