"""What opens a case, who is barred from checking, what the report says. Pure: no ORM, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass

from suqiu.policy.rules import SupervisionSpec


@dataclass(frozen=True)
class Seen:
    """What the opening rules need to know of an order at an event of its journal."""

    event: str
    conduct: bool = False
    round: int = 1
    moved: int = 0  # returns and transfers together
    by_leader: bool = False
    again: bool = False  # reopened, or the same caller or place after a close


def reasons(seen: Seen, spec: SupervisionSpec) -> list[str]:
    """For which reasons this event is a ground of a case."""
    found = []
    if seen.event == "order.accept":
        found += ["conduct"] * seen.conduct + ["again"] * seen.again
    if seen.event == "order.rework" and seen.round > spec.rework:
        found.append("rework")
    if seen.event in {"order.refuse_return", "order.uphold_return", "order.transfer"}:
        found += ["bounced"] * (seen.moved >= spec.bounced)
    if seen.event == "order.supervise" and seen.by_leader:
        found.append("leader")
    return found


def barred(
    actor: str, posted: Iterable[int], *, hands: Iterable[str], concerned: Iterable[int]
) -> bool:
    """Is this person no independent eye here: has handled it, or is or was (since the appeal came in)
    posted in one of the units concerned?"""
    return actor in set(hands) or bool(set(posted) & set(concerned))


def place_key(address: str) -> str:
    """An address as it is compared: without blanks, wide figures made plain."""
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    return "".join(address.translate(wide).split())


def report_text(parts: dict[str, list[str]]) -> str:
    """The generated part: each heading with its numbered lines; an empty one says so."""
    lines: list[str] = []
    for heading, rows in parts.items():
        lines.append(heading)
        lines += [f"{n}. {row}" for n, row in enumerate(rows, 1)] or ["—"]
    return "\n".join(lines)
