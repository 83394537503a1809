"""The forms of inspections, and their scorecard as a page shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.bounds import DAYS
from suqiu.catalogue.queries import lines
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import valid_on
from suqiu.supervision.inspections import lists
from suqiu.supervision.inspections.models import Item
from suqiu.supervision.inspections.rules import Checklist, Row

__all__ = ["Finding", "Invite", "Pick", "Plan", "Reason", "Seed", "SpokenForm", "Survey"]

SIDES = {
    "centre": gettext_lazy("中心"),
    "external": gettext_lazy("督导员"),
    "conduct": gettext_lazy("政风行风监督员"),
}
REASONS = {
    "important": gettext_lazy("重要"),
    "difficult": gettext_lazy("疑难"),
    "hot": gettext_lazy("热点"),
    "conduct": gettext_lazy("行风"),
    "leader": gettext_lazy("领导点题"),
}
ANSWERS: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}
CHOICES = (
    ("yes", gettext_lazy("是")),
    ("no", gettext_lazy("否")),
    ("unknown", gettext_lazy("说不清")),
)


def _day(label: Any, required: bool = True) -> forms.DateField:
    widget = DayInput()
    return forms.DateField(label=label, widget=widget, required=required, validators=DAYS)


class Plan(SpokenForm):
    theme = forms.CharField(label=gettext_lazy("主题"), max_length=80)
    checklist = forms.ChoiceField(
        label=gettext_lazy("检查表"), widget=forms.Select(attrs={"lang": "zh"})
    )
    since = _day(gettext_lazy("办结自"))
    until = _day(gettext_lazy("办结至"))
    per_stratum = forms.IntegerField(
        label=gettext_lazy("每层抽几件"), min_value=1, max_value=200, initial=3,
        help_text=gettext_lazy("工单按区和条线分层，地点按区分层"),
    )  # fmt: skip
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("条线"), required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(), label=gettext_lazy("区"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.id, one.name) for one in lists.checklists().values()]
        self.fields["checklist"].choices = choices  # type: ignore[attr-defined]
        self.fields["lines"].choices = lines()  # type: ignore[attr-defined]
        regions = Region.objects.filter(pk__in=_districts())
        self.fields["regions"].queryset = regions  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        return {**self.cleaned_data, "regions": [r.pk for r in self.cleaned_data["regions"]]}


def _districts() -> Any:
    return valid_on(clock.today()).filter(kind="hub").values("region")


class Pick(SpokenForm):
    key = forms.CharField(label=gettext_lazy("单号或地点代码"), max_length=32)
    reason = forms.ChoiceField(label=gettext_lazy("为什么选"), choices=list(REASONS.items()))


class Invite(SpokenForm):
    person = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("成员"))
    side = forms.ChoiceField(label=gettext_lazy("哪一方"), choices=list(SIDES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ("inspector", "assessor", "callback_officer", "external_supervisor")
        lasts = Q(postings__until=None) | Q(postings__until__gte=clock.today())
        held = Person.objects.filter(lasts, postings__role__in=roles, is_active=True).distinct()
        self.fields["person"].queryset = held.order_by("username")  # type: ignore[attr-defined]


class Seed(SpokenForm):
    seed = forms.CharField(
        label=gettext_lazy("种子"), min_length=6, max_length=80,
        help_text=gettext_lazy("当场定的一句话或一串数，例如摇号结果"),
    )  # fmt: skip


class Reason(SpokenForm):
    reason = forms.CharField(label=gettext_lazy("为什么作废"), max_length=200)


class Survey(SpokenForm):
    level = forms.ChoiceField(label=gettext_lazy("满意程度"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, levels: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(one, _(one)) for one in levels]  # type: ignore[attr-defined]


class Finding(SpokenForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("发现"),
        choices=[("rectify", gettext_lazy("要整改")), ("spread", gettext_lazy("好做法，推广"))],
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("单位"))
    words = forms.CharField(
        label=gettext_lazy("是什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    due = _day(gettext_lazy("整改期限"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = valid_on(clock.today()).exclude(kind__in=("centre", "section"))
        self.fields["unit"].queryset = units.order_by("region", "kind", "code")  # type: ignore[attr-defined]


def questions(checklist: Checklist, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each with the answer that was given and not taken: nothing written is lost."""
    return [{"one": q, "given": given.get(f"q_{q.code}", "")} for q in checklist.questions]


def answered(checklist: Checklist, item: Item) -> list[tuple[str, Any]]:
    """What was answered to each question; nothing before the check, and where it could not be made."""
    made = getattr(item, "check_made", None)
    said = {True: _("是"), False: _("否"), None: _("说不清")}
    given = made.answers if made else {}
    return [(q.text, said[given[q.code]]) for q in checklist.questions if q.code in given]


def answers(checklist: Checklist, given: Mapping[str, str]) -> dict[str, bool | None]:
    """The answers of a form; one that was not given is left out, and the action says so."""
    told = {q.code: given.get(f"q_{q.code}", "") for q in checklist.questions}
    return {code: ANSWERS[answer] for code, answer in told.items() if answer in ANSWERS}


def card_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    named = dict(lines())
    parts = {"random": _("随机抽查"), "purposive": _("重点检查")}
    return [
        {
            "part": parts[row.part],
            "line": named.get(row.line, row.line) if row.line else _("合计"),
            "items": row.items,
            "shares": [row.timely, row.solved, row.said, row.satisfaction, row.professional],
            "score": row.score,
        }
        for row in rows
    ]
