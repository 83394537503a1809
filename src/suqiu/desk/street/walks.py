"""The stops of a visit in a hand: what was seen there, and what was found."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.desk import uploads
from suqiu.desk.visit_forms import Find
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.actions import going
from suqiu.supervision.visits.models import Stop
from suqiu.supervision.visits.rules import met_kinds
from suqiu.supervision.visits.states import WHYS

KIND = "stop"
TONES = {"hot": "red", "unvisited": "amber"}
Said = dict[str, Any]


class Log(forms.Form):
    """As on the desk; a thumb chooses one kind of people. A phone's own `seen` is what it knew of a task,
    so what was seen there is called otherwise."""

    words = forms.CharField(
        label=gettext_lazy("看到了什么"), max_length=2000, widget=forms.Textarea
    )
    met = forms.ChoiceField(label=gettext_lazy("见得最多的是谁"), required=False)
    photos = uploads.field(gettext_lazy("照片"), camera=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["met"].choices = list(met_kinds().items())  # type: ignore[attr-defined]


DEEDS: dict[str, type[forms.Form]] = {"log": Log, "find": Find}
# Forms have names of their own: cases have a "find" too.
FORMS = {f"walk_{name}": form for name, form in DEEDS.items()}


def tasks(by: Actor) -> list[Said]:
    """Where this person goes today, in the order of the way; logged ones stay until the visit is closed,
    for what is found there."""
    return [task(row) for row in queries.stops_today(by)]


def task(row: Stop) -> Said:
    """One stop as its card shows it."""
    street, done = row.street, row.arrived_at is not None
    deeds = [] if done else [{"name": "log", "form": "walk_log", "label": _("记这一站"), "why": ""}]
    why = "" if done else _("先记下这一站，才能转工单")
    deeds.append({"name": "find", "form": "walk_find", "label": _("发现问题，转工单"), "why": why})
    return {
        "key": f"{KIND}:{row.pk}",
        "name": _("走访 %(number)s 第 %(n)s 站") % {"number": row.visit.number, "n": row.position},
        "title": street.name,
        "content": row.aim,
        "demand": "",
        "where": f"{street.region.name} {street.name} {row.place}".strip(),
        "lon": row.lon, "lat": row.lat, "secret": False,
        "flags": [[str(WHYS[row.why]), TONES.get(row.why, "")]],
        "state": _("走访"), "due": None, "duty": row.visit.title,
        "seen": "logged" if done else "open",
        "deeds": deeds if row.skipped_at is None else [],
    }  # fmt: skip


def do(name: str, row: Stop, told: Said, when: Said, by: Actor) -> None:
    """What the phone sends, through the same actions as the desk."""
    if name == "log":
        words, met = told.pop("words"), told.pop("met")
        going.log(row, **told, seen=words, met=[met] if met else [], **when, by=by)
    else:
        going.find(row, **told, by=by)
