"""Which messages an entry owes, and what they say. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suqiu.policy.rules import NoticeSpec

# What the pack calls an event, by the entry that is it. 三告知: accepted, dispatched, result.
EVENTS = {
    "order.accept": "accepted",
    "order.dispatch": "dispatched",
    "order.reply": "result",
    "order.convey_reply": "result",
    "order.reject": "rejected",
    "order.transfer": "dispatched",
    "order.merge": "merged",
    "order.master_replied": "result",
    "order.to_petition": "handed_over",
    "order.to_discipline": "handed_over",
    "order.supervise": "supervised",
    "order.urge": "urged",
}
TRANSMITTED = frozenset({"order.transmitted", "order.climb"})
TO_UNIT = {"order.turn_red": "overdue", "order.remind": "soon", "order.rework": "rework"}
# A report that was sent to somebody, and the clock of his reading it.
OF_REPORT = {
    "report.sent": "report_sent",
    "report.soon": "report_soon",
    "report.late": "report_late",
    # A leader's instruction on it: what the owner is told, and what comes back to the leader.
    "report.instruct": "instructed",
    "report.instruction_refuse": "instruction_again",
    "report.instruction_again": "instruction_again",
    "report.instruction_withdraw": "instruction_withdrawn",
    "report.instruction_soon": "instruction_soon",
    "report.instruction_late": "instruction_late",
    "report.instruction_confirm": "instruction_done",
}
# A score that fell: the entry names whom it is told to.
DROP = "assessment.drop"
TO_GIVER = frozenset({"instruction_done", "instruction_late"})
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
    kind: str,
    data: Mapping[str, Any],
    notices: Sequence[NoticeSpec],
    lead: int | None,
    mailed: Collection[int] = (),
) -> list[Owed]:
    """The messages that this entry calls for. `lead` is the unit that led at that moment, if any;
    `mailed` are the units that have an e-mail address."""
    if kind in TRANSMITTED:
        whom = str(data.get("whom") or data.get("to") or "")
        known = whom.startswith(("unit:", "person:"))
        return _inside("transmission", "transmitted", whom, mailed) if known else []
    if kind in TO_UNIT:
        # The clock's own debtor is told: a lead that heard of the second check's clock would know
        # that its order was drawn. A signature is owed by a person: the leader, or who stands in.
        to = data.get("whom") or (f"unit:{data['unit']}" if data.get("unit") else "")
        return _inside("reminder", TO_UNIT[kind], str(to), mailed) if to else []
    if kind in OF_REPORT or kind == DROP:
        return _named(kind, data, mailed)
    event = EVENTS.get(kind)
    if kind == "order.convey_reply" and data.get("to") == data.get("from"):
        return []  # an attempt that did not reach him; the written notice follows the last one
    found = []
    for spec in notices:
        if spec.event == event and spec.to == "complainant":
            found.append(Owed("notice", spec.event, "complainant", "citizen"))
        elif spec.event == event and lead:
            found += _inside("notice", spec.event, f"unit:{lead}", mailed)
    return found


def _named(kind: str, data: Mapping[str, Any], mailed: Collection[int]) -> list[Owed]:
    """The entry itself names its receiver."""
    if kind == DROP:
        return _inside("score", "score_fell", str(data["to"]), mailed)
    of = OF_REPORT[kind]
    hear = [] if of == "instruction_done" else [str(data["to"])]
    hear += [str(data["giver"])] if of in TO_GIVER else []
    return [one for to in hear for one in _inside("report", of, to, mailed)]


def _inside(kind: str, event: str, to: str, mailed: Collection[int]) -> list[Owed]:
    """In the receiver's list always; by mail too where the unit has an address and it is pressing."""
    pressing = event not in {"soon", "report_soon", "instruction_soon"}
    mail = to.startswith("unit:") and int(to[5:]) in mailed and pressing
    return [Owed(kind, event, to, channel) for channel in ("in_app", *(["email"] if mail else []))]


def is_mobile(phone: str) -> bool:
    """Whether this number, digits only, is a Chinese mobile telephone's."""
    return bool(re.fullmatch(r"1[3-9][0-9]{9}", phone))


def next_try(tries: int) -> dt.timedelta | None:
    """How long to wait after so many failed tries; None when it is enough."""
    return BACKOFF[tries - 1] if tries <= len(BACKOFF) else None
