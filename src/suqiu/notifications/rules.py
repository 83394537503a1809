"""Which messages an entry owes, and what they say. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suqiu.policy.rules import NoticeSpec

# What the pack calls an event, by the entry that is it. 三告知: accepted, dispatched, result.
EVENTS = {
    "order.accept": "accepted",
    "order.dispatch": "dispatched",
    "order.reply": "result",
    "order.rejected": "rejected",
    "order.reject": "rejected",
    "order.urge": "urged",
}
TO_UNIT = {"order.turn_red": "overdue", "order.remind": "soon", "order.rework": "rework"}
BACKOFF = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
)


@dataclass(frozen=True)
class Owed:
    kind: str
    event: str
    to: str
    channel: str


def owed(
    kind: str, data: Mapping[str, Any], notices: Sequence[NoticeSpec], lead: int | None
) -> list[Owed]:
    """The messages that this entry calls for; `lead` is the unit that now leads, if any does."""
    if kind in {"order.transmitted", "order.climb"} and data.get("to"):
        return [Owed("transmission", "transmitted", str(data["to"]), "in_app")]
    if kind in TO_UNIT and lead:
        return [Owed("reminder", TO_UNIT[kind], f"unit:{lead}", "in_app")]
    event = EVENTS.get(kind)
    found = []
    for spec in notices:
        if spec.event == event and spec.to == "complainant":
            found.append(Owed("notice", spec.event, "complainant", "file"))
        elif spec.event == event and lead:
            found.append(Owed("notice", spec.event, f"unit:{lead}", "in_app"))
    return found


def next_try(tries: int) -> dt.timedelta | None:
    """How long to wait after so many failed tries; None when it is enough."""
    return BACKOFF[tries - 1] if tries <= len(BACKOFF) else None
