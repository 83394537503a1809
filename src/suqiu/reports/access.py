"""Who may read a report, and who may do what with it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied
from suqiu.reports.states import CHECKERS, DROPPED, FROZEN, ISSUED, VERBS

OUT = (ISSUED, FROZEN)


def may_read(state: str, sent: Iterable[tuple[str, str]], by: Actor) -> bool:
    """Those who write and check read all; once it is out, also those to whom it was sent: `sent` are
    the receivers, each with its post."""
    if by.is_system or by.roles & CHECKERS:
        return True
    return state in OUT and bool(addresses(by) & set(sent))


def addresses(by: Actor) -> frozenset[tuple[str, str]]:
    """(receiver, post): as whom this person is sent things."""
    of_units = {(f"unit:{unit}", role) for role, unit in by.posts}
    return frozenset(of_units | {(by.id, role) for role in by.roles})


def can(
    verb: str, state: str, hands: list[str], by: Actor, unwritten: Sequence[str]
) -> Allowed | Denied:
    """May he do this to a report in this state, that these hands have written? `unwritten`: the headings
    under which nobody has written yet what the template asks for."""
    row = VERBS[verb]
    if not (by.roles & row.roles or (not row.roles and by.is_system)):
        return Denied("post", _("您的岗位不办这一步"))
    if state not in row.at:
        said = _("已作废，不能再动") if state == DROPPED else _("报告现在不在这一步")
        return Denied("report.state", said, state=True)
    if row.other_hand and by.id in hands:
        return Denied("report.own", _("起草、修改过的人不能审核，请换一个人"))
    if row.written and unwritten:
        said = _("还没有写：%s。请起草人写好再往下走") % _("、").join(unwritten)
        return Denied("report.unwritten", said, state=True)
    return Allowed()


def unwritten(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    """The headings under which a person has to write and has not: what was asked still stands there, or
    nothing does. Drafts of before this was told (no "asked") owe nothing."""
    return [
        s["heading"]
        for s in sections
        if (asked := s.get("asked"))
        and (not s["paragraphs"] or any(asked in text for text in s["paragraphs"]))
    ]
