"""The forms of assessment: what each asks, and the action it calls."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.assessment import queries
from suqiu.assessment import scheme as schemes
from suqiu.assessment.access import OF_UNITS
from suqiu.assessment.actions import appeals, entries, sheets
from suqiu.assessment.actions import schemes as proposing
from suqiu.assessment.actions import upstreams as upstream_actions
from suqiu.assessment.models import Sheet
from suqiu.assessment.shadow import queries as shadow
from suqiu.assessment.shadow import upstream as upstreams
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS
from suqiu.base.errors import Missing
from suqiu.desk import uploads
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.figures.rules import DEFINITIONS
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import regions_on, valid_on


def _text(label: Any, rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "class": "input"})
    return forms.CharField(label=label, max_length=8000, widget=area)


def _day(label: Any) -> forms.DateField:
    widget = DayInput()
    return forms.DateField(label=label, widget=widget, validators=DAYS)


def _zh() -> forms.Select:
    return forms.Select(attrs={"lang": "zh"})


class Propose(SpokenForm):
    since = _day(_("施行日期"))
    basis = forms.CharField(label=_("依据"), max_length=200)
    text = _text(_("办法（YAML）"), rows=14)
    text.widget.attrs["lang"] = "zh"

    def __init__(self, data: Any = None, files: Any = None, *, by: Actor) -> None:
        super().__init__(data)
        last = queries.schemes_for(by).exclude(state="dropped").first()
        self.initial["text"] = schemes.written(queries.body(last)) if last else schemes.shipped()


class ProposeUpstream(SpokenForm):
    text = _text(_("口径（YAML）"), rows=14)
    text.widget.attrs["lang"] = "zh"

    def __init__(self, data: Any = None, files: Any = None, *, by: Actor) -> None:
        super().__init__(data)
        self.initial["text"] = upstreams.written(shadow.in_force(clock.today()))


class Enter(SpokenForm):
    subject = forms.ChoiceField(label=_("给谁"), widget=_zh())
    work = forms.ChoiceField(label=_("哪项工作"), widget=_zh())
    day = _day(_("日期"))
    points = forms.FloatField(label=_("分数"), help_text=_("扣分写负数"))
    expert = forms.CharField(
        label=_("外部专家"), max_length=64, required=False,
        help_text=_("写了姓名的记作代录；有账号的请他自己打"),
    )  # fmt: skip
    words = _text(_("凭据"))
    evidence = uploads.field(_("凭据文件"))

    def __init__(self, data: Any = None, files: Any = None, *, by: Actor) -> None:
        super().__init__(data, files)
        today = clock.today()
        regions = [(f"region:{one.code}", one.name) for one in regions_on(today)]
        units = valid_on(today).exclude(kind__in=("centre", "section")).order_by("region", "code")
        named = [(f"unit:{unit.pk}", unit.name) for unit in units]
        self.fields["subject"].choices = [*regions, *named]  # type: ignore[attr-defined]
        try:
            works = queries.body(queries.scheme_on(today)).works
        except Missing:
            works = {}
        chosen = [(code, one.name) for code, one in works.items()]
        self.fields["work"].choices = chosen  # type: ignore[attr-defined]


class Mark(SpokenForm):
    """What an expert from outside marks on the sheet that he was invited to."""

    subject = forms.ChoiceField(label=_("给谁"), widget=_zh())
    work = forms.ChoiceField(label=_("哪项工作"), widget=_zh())
    points = forms.FloatField(label=_("分数"), help_text=_("扣分写负数"))
    words = _text(_("凭据"))
    evidence = uploads.field(_("凭据文件"))

    def __init__(self, data: Any = None, files: Any = None, *, sheet: Sheet) -> None:
        super().__init__(data, files, auto_id="mark-%s")
        scored = sorted(one["subject"] for one in sheet.rows)
        named = queries.names(scored)
        # None is chosen beforehand: a mark that slipped is on somebody.
        whom = [("", "—"), *((one, named.get(one, one)) for one in scored)]
        self.fields["subject"].choices = whom  # type: ignore[attr-defined]
        works = queries.body(sheet.scheme).works
        chosen = [
            (code, f"{one.name} {one.least:g} … {one.most:g}")
            for code, one in works.items()
            if one.experts
        ]
        self.fields["work"].choices = chosen  # type: ignore[attr-defined]


class Draw(SpokenForm):
    of = forms.CharField(
        label=_("哪一期"), max_length=7, help_text=_("2026-09（月）或 2026（考核年度）")
    )

    def __init__(self, data: Any = None, files: Any = None, *, by: Actor) -> None:
        super().__init__(data)


class Ask(SpokenForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"), widget=_zh())
    number = forms.CharField(label=_("单号"), max_length=32)
    rate = forms.ChoiceField(label=_("哪一项"))
    words = _text(_("理由和凭据"))

    def __init__(self, data: Any = None, files: Any = None, *, by: Actor) -> None:
        super().__init__(data)
        own = Unit.objects.filter(pk__in=by.units_as(*OF_UNITS)).order_by("code")
        self.fields["unit"].queryset = own  # type: ignore[attr-defined]
        if own.count() == 1:
            self.initial["unit"] = own.get().pk
        try:
            measures = queries.body(queries.scheme_on(clock.today())).measures
        except Missing:
            measures = ()
        named = [(one.rate, DEFINITIONS[one.rate].name) for one in measures]
        self.fields["rate"].choices = named  # type: ignore[attr-defined]


class Add(SpokenForm):
    words = _text(_("为什么后补"))
    evidence = uploads.field(_("凭据文件"))


class Words(SpokenForm):
    words = _text(_("理由"))


MAKING: dict[str, tuple[str, Any]] = {
    "scheme": ("propose", Propose),
    "upstream": ("propose", ProposeUpstream),
    "entry": ("enter", Enter),
    "sheet": ("draw", Draw),
    "appeal": ("ask", Ask),
}
MADE: dict[str, Callable[[dict[str, Any], Actor], Any]] = {
    "scheme": lambda told, by: proposing.propose(**told, by=by),
    "upstream": lambda told, by: upstream_actions.propose(**told, by=by),
    "entry": lambda told, by: entries.enter(**told, by=by),
    "sheet": lambda told, by: sheets.draw(queries.period(told["of"]), by=by),
    "appeal": lambda told, by: appeals.ask(**told, by=by),
}
# What asks for words: the others are a button.
SPOKEN: dict[tuple[str, str], Callable[[int, str, Actor], Any]] = {
    ("entry", "refuse"): lambda pk, words, by: entries.refuse(pk, words=words, by=by),
    ("sheet", "drop"): lambda pk, words, by: sheets.drop(pk, words=words, by=by),
    ("appeal", "support"): lambda pk, w, by: appeals.advise(pk, support=True, words=w, by=by),
    ("appeal", "oppose"): lambda pk, w, by: appeals.advise(pk, support=False, words=w, by=by),
    ("appeal", "grant"): lambda pk, words, by: appeals.rule(pk, grant=True, words=words, by=by),
    ("appeal", "refuse"): lambda pk, words, by: appeals.rule(pk, grant=False, words=words, by=by),
}
# What asks for files too.
FILED: dict[
    tuple[str, str], tuple[type[SpokenForm], Callable[[int, dict[str, Any], Actor], Any]]
] = {
    ("entry", "add"): (Add, lambda pk, told, by: entries.add(pk, **told, by=by)),
}
PLAIN: dict[tuple[str, str], Callable[[int, Actor], Any]] = {
    ("scheme", "publish"): lambda pk, by: proposing.publish(pk, by=by),
    ("scheme", "drop"): lambda pk, by: proposing.drop(pk, by=by),
    ("upstream", "publish"): lambda pk, by: upstream_actions.publish(pk, by=by),
    ("upstream", "drop"): lambda pk, by: upstream_actions.drop(pk, by=by),
    ("entry", "confirm"): lambda pk, by: entries.confirm(pk, by=by),
    ("sheet", "review"): lambda pk, by: sheets.review(pk, by=by),
    ("sheet", "freeze"): lambda pk, by: sheets.freeze(pk, by=by),
    ("appeal", "withdraw"): lambda pk, by: appeals.withdraw(pk, by=by),
}
