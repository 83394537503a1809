"""The life of an opinion as one table; `actions.advance` is the only code that obeys it.

`who`: "giver" (who gave it), "owes" (a person of the side that owes the answer), "keeper" (the centre).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suqiu.steps.states import Verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(StrEnum):
    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    UNSETTLED = "unsettled"
    DISOWNED = "disowned"


S = State
LABELS: dict[State, StrPromise] = {
    S.UNCONFIRMED: _("未确认"),
    S.OPEN: _("待答复"),
    S.ANSWERED: _("已答复，待认可"),
    S.SETTLED: _("已认可"),
    S.UNSETTLED: _("再答复仍不认可"),
    S.DISOWNED: _("不是本人意见"),
}
# What counts as an opinion that was given.
GIVEN = (S.OPEN, S.ANSWERED, S.SETTLED, S.UNSETTLED)
KINDS: dict[str, StrPromise] = {"external": _("督导组"), "conduct": _("政风行风监督员")}
THINGS: dict[str, StrPromise] = {
    "case": pgettext_lazy("一件", "督办件"),
    "inspection": pgettext_lazy("一次", "专项检查"),
    "sheet": _("考核表"),
}
WAYS: dict[str, StrPromise] = {
    "own": _("本人登录写"),
    "paper": _("纸面"),
    "voice": pgettext_lazy("怎么来的", "录音"),
    "proxy": _("口述代录"),
}
MOST_ROUNDS = 2

# fmt: off
VERBS = {
    verb.name: verb
    for verb in (
        Verb("confirm", _("确认是本人意见"), (S.UNCONFIRMED,), (S.OPEN,), ("giver",),
             _("别人代录的，本人认了才算；答复时限从这时起算")),
        Verb("disown", _("不是本人意见"), (S.UNCONFIRMED,), (S.DISOWNED,), ("giver",),
             _("录错了的写下更正，更正当场算本人意见")),
        Verb("link", _("发一次性链接"), (S.UNCONFIRMED, S.ANSWERED), (), ("keeper",),
             _("由录入以外的人发给本人，用过一次或过期就打不开")),
        Verb("answer", _("答复"), (S.OPEN,), (S.ANSWERED,), ("owes",),
             _("由欠答复的一方答，逾期标红；代录的人不能替中心答")),
        Verb("judge", pgettext_lazy("对答复", "表态"), (S.ANSWERED,), (S.SETTLED, S.OPEN, S.UNSETTLED), ("giver",),
             _("不认可的写明还差什么，退回再答一次")),
    )
}
# fmt: on
