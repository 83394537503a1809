"""The life of a report as one table. `reports.actions.advance` is the only code that follows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DRAFTED, REVIEWED, ISSUED, FROZEN, DROPPED = "drafted", "reviewed", "issued", "frozen", "dropped"
STATES: "dict[str, StrPromise]" = {
    DRAFTED: _("起草中"),
    REVIEWED: _("已审核"),
    ISSUED: _("已签发"),
    FROZEN: _("已固定"),
    DROPPED: _("已作废"),
}
WRITERS = frozenset({"assessor", "inspector"})
CHECKERS = frozenset({"assessor", "inspector", "leader"})


@dataclass(frozen=True)
class Verb:
    """One row. `roles`: who may; none named: the house's own machine.

    `other_hand`: not by one who drafted or edited this text (推定: the usual rule that an official
    document's drafter does not review it). `written`: not while a section waits for its writer.
    """

    code: str
    name: "StrPromise"
    at: tuple[str, ...]
    to: str
    roles: frozenset[str]
    other_hand: bool = False
    written: bool = False


_ROWS = (
    Verb("edit", _("修改"), (DRAFTED,), DRAFTED, WRITERS),
    Verb("recount", _("重新计数"), (DRAFTED, REVIEWED), DRAFTED, WRITERS),
    Verb("pass", _("审核通过"), (DRAFTED,), REVIEWED, CHECKERS, other_hand=True, written=True),
    Verb("send_back", _("退回修改"), (REVIEWED,), DRAFTED, CHECKERS),
    Verb("issue", _("签发"), (REVIEWED,), ISSUED, frozenset({"leader"}), written=True),
    Verb("freeze", _("固定"), (ISSUED,), FROZEN, frozenset()),
    Verb("drop", _("作废"), (DRAFTED, REVIEWED), DROPPED, WRITERS),
)
VERBS: dict[str, Verb] = {row.code: row for row in _ROWS}
