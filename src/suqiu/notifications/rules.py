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
# Other work that was entered or marked waits for another hand: those are told who may confirm it.
WAITS = frozenset({"assessment.entry_enter", "assessment.entry_mark"})
# What of supervision is told of, and by which of its entries: a clock that began to run, one of whose
# end there is warning, and what comes back to who is outside.
THINGS = ("case", "meeting", "opinion", "term", "visit")
OF_THINGS = {
    "clock.started": "asked",
    "clock.soon": "soon",
    "clock.red": "overdue",
    "visit.promise": "promised",
    "opinion.answer": "answered",
    "term.soon": "term_soon",
}
# Of clocks that begin, those that bring work to somebody who has not asked for it.
BRINGS = frozenset({("case", "plan"), ("opinion", "answer")})
# Who keeps what the centre itself owes; overdue, a leader hears of it too.
KEEPERS = {
    "case": ("inspector",),
    "opinion": ("assessor", "inspector", "leader"),
    "term": ("leader",),
}
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


def of_mark(confirming: Sequence[str], mailed: Collection[int]) -> list[Owed]:
    """That an entry waits, to each of those who may confirm it."""
    return [one for to in confirming for one in _inside("score", "mark_waits", to, mailed)]


def of_thing(
    thing: str,
    kind: str,
    data: Mapping[str, Any],
    *,
    unit: int | None,
    person: str = "",
    mailed: Collection[int] = (),
) -> list[Owed]:
    """The messages that an entry of supervision calls for. `unit` owes what its clock runs for, None:
    the centre; `person`: the actor who is to hear it where the thing itself names one."""
    event = OF_THINGS.get(kind, "") if thing in THINGS else ""
    if event == "asked":
        brings = (thing, data.get("code")) in BRINGS
        event = ("again" if data.get("round", 1) > 1 else "asked") if brings else ""
    if not event:
        return []
    if event == "answered":
        to = [person] if person.startswith("person:") else []  # the others have a link
    elif event == "promised":
        to = [f"unit:{data['owner']}"]
    elif unit is not None:
        to = [f"unit:{unit}"]
    else:
        to = _keepers(thing, event, person)
    return [one for whom in to for one in _inside("supervision", event, whom, mailed)]


def _keepers(thing: str, event: str, person: str) -> list[str]:
    roles = set(KEEPERS.get(thing, ())) | ({"leader"} if event == "overdue" else set())
    named = thing == "case" and person
    return [
        *([person] if named else []),
        *(f"role:{role}" for role in sorted(roles) if not (named and role == "inspector")),
    ]


def _inside(kind: str, event: str, to: str, mailed: Collection[int]) -> list[Owed]:
    """In the receiver's list always; by mail too where the unit has an address and it is pressing."""
    pressing = event not in {"soon", "report_soon", "instruction_soon", "term_soon"}
    mail = to.startswith("unit:") and int(to[5:]) in mailed and pressing
    return [Owed(kind, event, to, channel) for channel in ("in_app", *(["email"] if mail else []))]


def is_mobile(phone: str) -> bool:
    """Whether this number, digits only, is a Chinese mobile telephone's."""
    return bool(re.fullmatch(r"1[3-9][0-9]{9}", phone))


def next_try(tries: int) -> dt.timedelta | None:
    """How long to wait after so many failed tries; None when it is enough."""
    return BACKOFF[tries - 1] if tries <= len(BACKOFF) else None
