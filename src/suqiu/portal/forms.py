"""Shapes of what citizens send. Nothing is chosen beforehand in the survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suqiu.base import clock
from suqiu.base.bounds import MOMENTS
from suqiu.base.text import is_garbled
from suqiu.callbacks.models import LEVELS
from suqiu.catalogue.models import Category
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import regions_on

KINDS = [
    ("投诉", _("反映问题")),
    ("求助", _("请求帮助")),
    ("咨询", _("问一件事")),
    ("建议", _("提个建议")),
    ("表扬", _("表扬")),
]
SOLVED = [("yes", _("解决了")), ("partly", _("解决了一部分")), ("no", _("没有解决"))]
LEVEL_CHOICES = [
    ("满意", _("满意")),
    ("基本满意", _("基本满意")),
    ("一般", pgettext_lazy("满意程度", "一般")),
    ("不满意", _("不满意")),
]
assert [value for value, _label in LEVEL_CHOICES] == LEVELS
PHONE = r"^[0-9０-９+\-\s()（）]{7,24}$"


def _radios(choices: Any, label: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=choices, label=label, required=required, widget=forms.RadioSelect
    )


class Described(forms.Form):
    """Reads `aria-describedby` and `aria-invalid` into the fields that were refused."""

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                attrs = {"aria-invalid": "true", "aria-describedby": f"error-{name}"}
                self.fields[name].widget.attrs.update(attrs)


class What(Described):
    """Step one: what, where, when."""

    content = forms.CharField(
        label=_("怎么回事"),
        min_length=6,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("请写一句怎么回事"),
            "min_length": _("请多写几个字：哪里、什么事"),
        },
    )
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("在哪个区"),
        empty_label=_("请选择"),
        error_messages={"required": _("请选在哪个区")},
    )
    street = forms.ModelChoiceField(
        Unit.objects.filter(kind="street", valid_to=None).order_by("region", "code"),
        label=_("街镇"),
        required=False,
        empty_label=_("不清楚"),
    )
    address = forms.CharField(
        label=_("在哪里"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("请写在哪里：路名、门牌或旁边有什么")},
    )
    occurred_at = forms.DateTimeField(
        label=_("什么时候"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        validators=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    demand = forms.CharField(label=_("希望怎么办"), required=False, max_length=300)

    def clean_content(self) -> str:
        if is_garbled(self.cleaned_data["content"]):
            raise forms.ValidationError(_("有认不出的字（�），请重新写"))
        return str(self.cleaned_data["content"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = regions_on(clock.today()).filter(tile_row__isnull=False).order_by("code")
        self.fields["region"].queryset = rows  # type: ignore[attr-defined]

    def clean_street(self) -> Unit | None:
        """A street of another district is a slip of the finger: the district holds."""
        street: Unit | None = self.cleaned_data.get("street")
        region = self.cleaned_data.get("region")
        return street if street and region and street.region_id == region.pk else None


class Who(Described):
    """Step two: how to reach him, what kind it is, and whether it is one that is known."""

    kind = _radios(KINDS, _("这是"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=_("像是哪一类"),
        required=False,
        widget=forms.HiddenInput,
    )
    like = forms.IntegerField(label=_("类似的"), required=False, min_value=0, max_value=9)
    name = forms.CharField(
        label=_("怎么称呼您"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.RegexField(
        PHONE,
        label=_("手机号或电话"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "maxlength": 24}
        ),
        error_messages={"invalid": _("号码不对，请只填数字")},
    )
    anonymous = forms.BooleanField(label=_("不留姓名和电话"), required=False)
    confidential = forms.BooleanField(label=_("不让承办单位知道我是谁"), required=False)
    no_reply = forms.BooleanField(label=_("不用打电话答复我"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("anonymous"):
            for field, said in (
                ("name", _("请写怎么称呼您")),
                ("phone", _("请留一个打得通的电话")),
            ):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, said)
        return cleaned


class Follow(Described):
    number = forms.CharField(
        label=_("单号"), max_length=24, error_messages={"required": _("请填单号")}
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填查询码")},
    )


class More(Described):
    words = forms.CharField(
        label=_("补充说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Why(Described):
    reason = forms.CharField(
        label=_("为什么"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明原因")},
    )


class Survey(Described):
    """ "Solved?" before "satisfied?", and no answer chosen beforehand."""

    solved = _radios(SOLVED, _("问题解决了吗？"))
    efficiency = _radios(LEVEL_CHOICES, _("速度"), required=False)
    attitude = _radios(LEVEL_CHOICES, _("态度"), required=False)
    result = _radios(LEVEL_CHOICES, _("结果"), required=False)
    words = forms.CharField(
        label=_("还想说什么"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Said(Described):
    """What a supervisor says at his one-time link: is it his, or does the answer satisfy him."""

    yes = _radios([], "")
    words = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks: dict[str, tuple[Any, Any, Any, Any]] = {
            "confirm": (
                _("这是您的意见吗？"),
                _("是，是我的意见"),
                _("不是，或录得不对"),
                _("应当是这样（选“不是”时写；空着就作废）"),
            ),
            "judge": (
                _("您认可这个答复吗？"),
                _("认可"),
                _("不认可，请再答复"),
                _("还差什么（选“不认可”时写）"),
            ),
        }
        label, yes, no, words = asks[purpose]
        self.fields["yes"].label = label
        self.fields["yes"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]
        self.fields["words"].label = words
