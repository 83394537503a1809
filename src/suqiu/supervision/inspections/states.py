"""The life of an inspection as one table; `actions.advance` is the only code that obeys it.

`who`: roles of the centre, or "member": one of this inspection's team.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suqiu.steps.states import Verb

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class State(StrEnum):
    PLANNED = "planned"
    SEALED = "sealed"
    DRAWN = "drawn"
    DONE = "done"
    PUBLISHED = "published"
    VOID = "void"


S = State
LABELS: dict[State, StrPromise] = {
    S.PLANNED: _("筹备中"),
    S.SEALED: _("名单已封存"),
    S.DRAWN: _("检查中"),
    S.DONE: _("已评分"),
    S.PUBLISHED: _("已公布"),
    S.VOID: _("作废"),
}

_LEADS = ("inspector", "assessor")
VERBS = {
    verb.name: verb
    for verb in (
        Verb("pick", _("重点选件"), (S.PLANNED,), None, _LEADS,
             _("重要、疑难、热点的件，封存之前选定并写明理由，另行计分")),
        Verb("invite", _("邀请成员"), (S.PLANNED, S.SEALED, S.DRAWN), None, _LEADS,
             _("中心、督导员、政风行风监督员一起查")),
        Verb("seal", _("封存名单"), (S.PLANNED,), S.SEALED, _LEADS,
             _("先封名单再抽，谁也挑不了")),
        Verb("supply_seed", _("提供种子"), (S.SEALED,), S.DRAWN, ("external_supervisor",),
             _("种子由外面的人给，抽中哪些谁都能重算")),
        Verb("check", _("现场检查"), (S.DRAWN,), None, ("member",),
             _("经手过的人、本单位的人不查")),
        Verb("survey", _("社会评价"), (S.DRAWN,), None, ("member", "callback_officer"),
             _("问诉求人或住在那里的人")),
        Verb("find", _("记发现"), (S.DRAWN,), None, ("member",),
             _("要整改的定期限，做得好的推广")),
        Verb("mend", _("报整改"), (S.DRAWN, S.DONE, S.PUBLISHED), None, ("handler", "head"),
             _("由发现所指的单位报")),
        Verb("finish", _("结束并评分"), (S.DRAWN,), S.DONE, _LEADS,
             _("抽中的、选定的都查过才能评分")),
        Verb("publish", _("批准公布"), (S.DONE,), S.PUBLISHED, ("leader",),
             _("公布后市民看得到评分表")),
        Verb("scrap", _("作废"), (S.PLANNED, S.SEALED, S.DRAWN), S.VOID, ("leader",),
             _("名单和种子留着，重来要另立一次")),
    )
}  # fmt: skip
