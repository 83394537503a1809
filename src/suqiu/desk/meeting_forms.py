"""The forms of a meeting's verbs: what each asks, and the action it calls."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS, MOMENTS, key_in
from suqiu.base.errors import Invalid
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.supervision.meetings.actions import holding, planning
from suqiu.supervision.meetings.models import Decision, Item, Meeting
from suqiu.supervision.meetings.rules import kinds
from suqiu.supervision.meetings.states import ITEMS, OUTCOMES

KINDS_BY_HAND = [(code, ITEMS[code]) for code in sorted(planning.BY_HAND)]
_Make = Callable[[Meeting], forms.Field]


def _text(label: Any, rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "class": "input"})
    return forms.CharField(label=label, max_length=8000, widget=area)


def _line(label: Any, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=required, help_text=help_text)


def _day(label: Any, required: bool = True) -> forms.DateField:
    widget = DayInput()
    return forms.DateField(label=label, widget=widget, required=required, validators=DAYS)


class Plan(SpokenForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("一次", "会议"), widget=forms.Select(attrs={"lang": "zh"})
    )
    title = _line(gettext_lazy("名称"))
    at = forms.DateTimeField(
        label=gettext_lazy("时间"),
        validators=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}),
    )
    place = _line(gettext_lazy("地点"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.id, one.name) for one in kinds().values()]
        self.fields["kind"].choices = named  # type: ignore[attr-defined]


def _units(rows: Any, label: Any, many: bool = False) -> forms.Field:
    chosen = rows.order_by("region", "kind", "code")
    if not many:
        return forms.ModelChoiceField(
            chosen, label=label, widget=forms.Select(attrs={"lang": "zh"})
        )
    return forms.ModelMultipleChoiceField(
        chosen, label=label, widget=forms.SelectMultiple(attrs={"size": 8, "lang": "zh"})
    )


def _parties(meeting: Meeting) -> Any:
    return Unit.objects.filter(pk__in=meeting.parties.values("unit"))


def _uncalled(meeting: Meeting) -> Any:
    rows = valid_on(clock.today()).filter(kind__in=("hub", "department", "squad", "section"))
    return rows.exclude(pk__in=meeting.parties.values("unit"))


def _speakers(meeting: Meeting) -> Any:
    """Who may have said or got something: the parties, and the centre with its sections."""
    own = valid_on(clock.today()).filter(kind__in=("centre", "section"))
    return _parties(meeting) | own


def _came(meeting: Meeting) -> forms.Field:
    return forms.ModelMultipleChoiceField(
        _parties(meeting).order_by("code"), label=gettext_lazy("到会单位"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


FIELDS: dict[str, dict[str, _Make]] = {
    "propose": {},
    "add": {
        "kind": lambda m: forms.ChoiceField(label=gettext_lazy("哪一类"), choices=KINDS_BY_HAND),
        "title": lambda m: _line(gettext_lazy("议题"), required=False),
        "order": lambda m: _line(
            gettext_lazy("单号"), False, gettext_lazy("疑难件写单号，议题可不写")
        ),
        "words": lambda m: forms.CharField(
            label=gettext_lazy("内容"),
            max_length=8000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        ),
    },
    "offer": {
        "title": lambda m: _line(gettext_lazy("题目")),
        "words": lambda m: _text(gettext_lazy("怎么做的，见了什么效")),
    },
    "invite": {"units": lambda m: _units(_uncalled(m), gettext_lazy("单位"), many=True)},
    "call": {},
    "hold": {"came": _came},
    "minute": {"words": lambda m: _text(gettext_lazy("纪要"), 8)},
    "circulate": {},
    "acknowledge": {},
    "cancel": {"reason": lambda m: _text(gettext_lazy("为什么取消"))},
    # of one point
    "drop": {},
    "say": {
        "unit": lambda m: _units(_speakers(m), gettext_lazy("谁说的")),
        "words": lambda m: _text(gettext_lazy("说了什么")),
    },
    "study": {
        "causes": lambda m: _text(gettext_lazy("原因")),
        "measures": lambda m: _text(gettext_lazy("对策")),
        "outcome": lambda m: forms.ChoiceField(
            label=gettext_lazy("结论"), choices=list(OUTCOMES.items())
        ),
        "review_on": lambda m: _day(gettext_lazy("哪天复看"), required=False),
    },
    "decide": {
        "words": lambda m: _text(gettext_lazy("决定什么"), 2),
        "owner": lambda m: _units(_speakers(m), gettext_lazy("谁办")),
        "until": lambda m: _day(gettext_lazy("哪天前办完")),
    },
    "recommend": {"why": lambda m: _text(gettext_lazy("为什么荐"), 2)},
    # of one decision
    "fulfil": {"words": lambda m: _text(gettext_lazy("怎么落实的"), 2)},
    "confirm": {},
    "refuse": {"reason": lambda m: _text(gettext_lazy("为什么退回"), 2)},
}
OF_MEETING = (
    "propose", "add", "offer", "invite", "call", "hold", "minute", "circulate", "acknowledge", "cancel"
)  # fmt: skip
OF_ITEM = ("say", "study", "decide", "recommend", "drop")
OF_DECISION = ("fulfil", "confirm", "refuse")


def form_for(name: str, meeting: Meeting, data: Any = None, about: object = "") -> SpokenForm:
    """The form of this verb; `about` makes the ids of its fields its own on a page with many."""
    fields = {key: make(meeting) for key, make in FIELDS[name].items()}
    form: SpokenForm = type("MeetingForm", (SpokenForm,), fields)(data, auto_id=f"{name}{about}-%s")
    if name == "minute" and data is None:
        form.initial = {"words": meeting.minutes}
    return form


def do(name: str, meeting: Meeting, told: dict[str, Any], data: Any, by: Actor) -> None:
    """Carry the verb out with what the form said. Raises Invalid for a point that is not there."""
    if name in OF_ITEM:
        ITEM_DEEDS[name](_of(Item, meeting, data.get("item", "")), told, by)
    elif name in OF_DECISION:
        DECISION_DEEDS[name](_of(Decision, meeting, data.get("decision", "")), told, by)
    else:
        DEEDS[name](meeting, told, by)


def _of(model: Any, meeting: Meeting, pk: str) -> Any:
    row = model.objects.filter(meeting=meeting, pk=key_in(pk)).first()
    if row is None:
        raise Invalid("meeting.item", _("这一项不在议程里"), field="item")
    return row


DEEDS: dict[str, Callable[[Meeting, dict[str, Any], Actor], object]] = {
    "propose": lambda m, t, by: planning.propose(m, by=by),
    "add": lambda m, t, by: planning.add(m, **t, by=by),
    "offer": lambda m, t, by: planning.offer(m, **t, by=by),
    "invite": lambda m, t, by: planning.invite(m, t["units"], by=by),
    "call": lambda m, t, by: planning.call(m, by=by),
    "hold": lambda m, t, by: holding.hold(m, came={u.pk for u in t["came"]}, by=by),
    "minute": lambda m, t, by: holding.minute(m, **t, by=by),
    "circulate": lambda m, t, by: holding.circulate(m, by=by),
    "acknowledge": lambda m, t, by: holding.acknowledge(m, by=by),
    "cancel": lambda m, t, by: planning.cancel(m, **t, by=by),
}
ITEM_DEEDS: dict[str, Callable[[Item, dict[str, Any], Actor], object]] = {
    "say": lambda i, t, by: holding.say(i, **t, by=by),
    "study": lambda i, t, by: holding.study(i, **t, by=by),
    "decide": lambda i, t, by: holding.decide(i, **t, by=by),
    "recommend": lambda i, t, by: holding.recommend(i, **t, by=by),
    "drop": lambda i, t, by: planning.drop(i.meeting, i, by=by),
}
DECISION_DEEDS: dict[str, Callable[[Decision, dict[str, Any], Actor], object]] = {
    "fulfil": lambda d, t, by: holding.fulfil(d, **t, by=by),
    "confirm": lambda d, t, by: holding.confirm(d, by=by),
    "refuse": lambda d, t, by: holding.refuse(d, **t, by=by),
}
