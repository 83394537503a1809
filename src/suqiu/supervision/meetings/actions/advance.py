"""The only code that changes a meeting's state."""

from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.steps import actions as steps
from suqiu.supervision.meetings import queries
from suqiu.supervision.meetings.access import Standing, can, sees
from suqiu.supervision.meetings.models import Decision, Meeting
from suqiu.supervision.meetings.states import VERBS

Step = steps.Step[Meeting, Standing]


def _stands(meeting: Meeting, by: Actor, decision: Decision | None) -> Standing | None:
    it = queries.standing(meeting, decision)
    return it if sees(by, it) else None


advance = steps.Life(
    "meeting", Meeting, VERBS, _stands, can, gettext_lazy("没有这次会议，或不归您看")
).advance
