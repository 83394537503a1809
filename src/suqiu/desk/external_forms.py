"""The forms of supervisors from outside: what each asks. What cannot be typed wrongly is chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from suqiu.accounts.models import Person
from suqiu.accounts.queries import people_as
from suqiu.base import clock
from suqiu.base.bounds import DAYS
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.supervision.external.access import ROLE
from suqiu.supervision.external.models import Term
from suqiu.supervision.external.queries import terms_in_office
from suqiu.supervision.external.states import KINDS, THINGS, WAYS
from suqiu.supervision.external.things import Thing

_ZH = {"lang": "zh"}


def _words(label: Any, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4, "class": "input"})
    return forms.CharField(label=label, max_length=2000, required=required, widget=area)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), validators=DAYS)


def _unit(label: Any, help_text: Any = "") -> Any:
    return forms.ModelChoiceField(
        Unit.objects.none(), label=label, required=False, help_text=help_text,
        widget=forms.Select(attrs=_ZH),
    )  # fmt: skip


class Appoint(SpokenForm):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("聘为"), choices=list(KINDS.items()))
    since = _day(gettext_lazy("任期自"))
    until = _day(gettext_lazy("任期至"))
    person = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("账号"), required=False,
        widget=forms.Select(attrs=_ZH),
        help_text=gettext_lazy("不登录的空着，给他印卷宗；登录的先由安全管理员授督导员岗位"),
    )  # fmt: skip
    unit = _unit(
        gettext_lazy("所在单位"), gettext_lazy("本人在系统内某单位工作的选上，该单位办过的不请他看")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Person.objects.filter(pk__in=[p.pk for p in people_as(ROLE)]).order_by("username")
        self.fields["person"].queryset = held  # type: ignore[attr-defined]
        self.fields["unit"].queryset = valid_on(clock.today()).order_by("code")  # type: ignore[attr-defined]


class Invite(SpokenForm):
    term = forms.ModelChoiceField(
        Term.objects.none(), label=gettext_lazy("请谁"), widget=forms.Select(attrs=_ZH)
    )
    kind = forms.ChoiceField(label=gettext_lazy("看什么"), choices=list(THINGS.items()))
    key = forms.CharField(
        label=gettext_lazy("编号"), max_length=24,
        help_text=gettext_lazy("督办件、专项检查的编号，考核表写月份，例如 2026-09"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"].queryset = terms_in_office()  # type: ignore[attr-defined]


class Reason(SpokenForm):
    reason = _words(gettext_lazy("为什么提前结束"))


class Opine(SpokenForm):
    """An opinion, and who owes the answer: those that this thing allows."""

    words = _words(gettext_lazy("意见"))
    unit = _unit(gettext_lazy("请谁答复"), gettext_lazy("不选就由中心答复"))

    def __init__(self, *args: Any, thing: Thing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=thing.owing).order_by("code")
        field.empty_label = gettext_lazy("中心")


class Enter(Opine):
    """What came on paper, as a voice note or by word of mouth."""

    way = forms.ChoiceField(
        label=gettext_lazy("怎么来的"), choices=[w for w in WAYS.items() if w[0] != "own"]
    )
    code = forms.CharField(
        label=gettext_lazy("卷宗码"), max_length=12,
        help_text=gettext_lazy("印在卷宗首页，一份一个"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("录音或扫描件"), required=False,
        help_text=gettext_lazy("录音必附；纸面的可附照片"),
    )  # fmt: skip
    field_order = ("way", "code", "words", "unit", "file")


class Answer(SpokenForm):
    words = _words(gettext_lazy("怎么办了、为什么"))


class Judge(SpokenForm):
    satisfied = forms.ChoiceField(
        label=gettext_lazy("是否认可"), widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("认可")), ("no", gettext_lazy("不认可，退回再答"))],
    )  # fmt: skip
    note = _words(gettext_lazy("还差什么"), required=False)


class Correction(SpokenForm):
    correction = _words(gettext_lazy("我的意见是"), required=False)


OF_VERB: dict[str, type[SpokenForm]] = {
    "confirm": SpokenForm,
    "disown": Correction,
    "link": SpokenForm,
    "answer": Answer,
    "judge": Judge,
}
