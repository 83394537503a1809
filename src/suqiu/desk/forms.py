"""Shapes of what pages send. Whether a thing may be done, the actions say."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from suqiu.accounts.models import ROLES
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import MOMENTS
from suqiu.base.language import word_lazy
from suqiu.base.text import is_garbled
from suqiu.catalogue.models import Category, Door, Source
from suqiu.desk import uploads
from suqiu.desk.spoken import SpokenForm, is_telephone
from suqiu.figures.weights import LEVELS
from suqiu.orders.access import is_inside
from suqiu.orders.actions.attach import KINDS as KINDS_OF_FILES
from suqiu.orders.actions.dispose import FACTS, RESULTS
from suqiu.orders.models import KINDS, URGENCIES, Order
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import regions_on, valid_on

LONG = forms.Textarea(attrs={"rows": 4})
RETURN_REASONS = {
    "remit": _("不属本单位职责"),
    "place": _("不属本辖区"),
    "duplicate": _("重复派单"),
    "other": _("其他"),
}
# Sources that only machines and other surfaces use.
NOT_SPOKEN = ("WEB", "IMPORT", "API", "OPEN311")
TRUTH = [("yes", _("属实")), ("no", _("不属实")), ("unknown", _("不清楚"))]
WAYS = (gettext_noop("电话"), gettext_noop("短信"), gettext_noop("上门"), gettext_noop("现场"))


def local_moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        widget=widget, input_formats=["%Y-%m-%dT%H:%M"], validators=MOMENTS, **more
    )


def segments(choices: Any, label: Any, required: bool = True) -> forms.ChoiceField:
    """Radios side by side; none is chosen beforehand."""
    return forms.ChoiceField(
        choices=choices, label=label, required=required, widget=forms.RadioSelect
    )


def pairs(names: Any) -> list[tuple[str, Any]]:
    """Choices of stored words, or of codes and their words, said in the reader's language."""
    if not isinstance(names, dict):
        names = {name: name for name in names}
    return [(value, word_lazy(said)) for value, said in names.items()]


class VerbForm(SpokenForm):
    """A form of one verb on one order; subclasses fill choices in `about`."""

    def __init__(self, *args: Any, order: Order, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about(order, by)

    def about(self, order: Order, by: Actor) -> None:
        """Choices that depend on the order."""


class Plain(VerbForm):
    """Nothing to say."""


class Noted(VerbForm):
    note = forms.CharField(label=_("说明"), required=False, widget=LONG, max_length=1000)


class OnSite(Noted):  # where one stands is the phone's to say
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)


class Reason(VerbForm):
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)


class Words(VerbForm):
    words = forms.CharField(label=_("内容"), widget=LONG, max_length=2000)


class Answer(VerbForm):
    answer = forms.CharField(label=_("答复"), widget=LONG, max_length=2000)


class Reject(VerbForm):
    door = forms.ModelChoiceField(Door.objects.order_by("code"), label=_("该找的门"))
    note = forms.CharField(label=_("说明"), required=False, widget=LONG, max_length=1000)


class Dispatch(VerbForm):
    to = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), empty_label=None, widget=forms.RadioSelect
    )
    other = forms.ModelChoiceField(Unit.objects.none(), label=_("其他单位"), required=False)
    note = forms.CharField(label=_("派单说明"), required=False, widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        units = valid_on(clock.today()).exclude(kind__in=["centre"]).select_related("region")
        near = units.filter(region=order.region) if order.region else units
        self.fields["to"].required = False
        self.fields["to"].queryset = units.order_by("region", "kind", "code")  # type: ignore[attr-defined]
        self.fields["other"].queryset = near.order_by("kind", "code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("other") or cleaned.get("to")
        if chosen is None:
            self.add_error("to", _("选一个承办单位"))
        return {**cleaned, "to": chosen}


class AskReturn(VerbForm):
    reason_code = segments(list(RETURN_REASONS.items()), _("因由"))
    reason = forms.CharField(label=_("依据"), widget=LONG, max_length=1000)


class Contact(VerbForm):
    way = segments(pairs(WAYS), _("方式"))
    reached = segments([("yes", _("联系上了")), ("no", _("没有联系上"))], _("结果"))
    reason = forms.CharField(label=_("没有联系上的原因"), required=False, max_length=100)
    evidence = uploads.field(_("现场照片"), camera=True)


class Dispose(VerbForm):
    result = segments(pairs(RESULTS), _("结果"))
    fact = segments(pairs(FACTS), _("事实认定"))
    words = forms.CharField(
        label=_("处置经过"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    basis = forms.CharField(label=_("依据"), required=False, max_length=200)
    on_site_at = local_moment(label=_("到场时间"), required=False)
    before = uploads.field(_("处置前照片"), camera=True)
    after = uploads.field(_("处置后照片"), camera=True)
    public = forms.BooleanField(
        label=_("给诉求人看"),
        required=False,
        help_text=_("没有人脸、车牌、门牌才勾；中心审核通过后，诉求人看得到处置后的照片"),
    )


class Attach(VerbForm):
    kind = segments([], _("类别"))
    photos = uploads.field(_("附件"), help_text=_("照片、PDF、录音；照片下发前去掉拍摄地点和机型"))
    words = forms.CharField(label=_("说明"), required=False, widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        kinds = [(k, v) for k, v in pairs(KINDS_OF_FILES) if k != "appeal" or is_inside(by)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class Reply(VerbForm):
    words = forms.CharField(
        label=_("答复内容"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    reached = segments([("yes", _("已答复到本人")), ("no", _("没有联系上"))], _("送达"))
    citizen_said = segments(
        [("satisfied", _("满意")), ("dissatisfied", _("不满意")), ("none", _("没有问"))],
        _("诉求人表示"),
        required=False,
    )


class ConveyReply(VerbForm):
    """What the unit wrote, told by the centre; the words may be mended before they are said."""

    words = forms.CharField(
        label=_("告知的内容"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    way = segments(pairs(WAYS[:2]), _("方式"))
    reached = segments([("yes", _("告知到本人")), ("no", _("没有联系上"))], _("结果"))
    reason = forms.CharField(label=_("没有联系上的原因"), required=False, max_length=100)
    citizen_said = segments(
        [("satisfied", _("满意")), ("dissatisfied", _("不满意")), ("none", _("没有问"))],
        _("诉求人表示"),
        required=False,
    )

    def about(self, order: Order, by: Actor) -> None:
        disposal = order.disposals.filter(round=order.round, sent_back_at=None).last()
        self.initial.setdefault("words", disposal.reply_words if disposal else "")


class Verify(VerbForm):
    """A callback. Nothing is answered beforehand; one who was not reached answers nothing."""

    outcome = segments(
        [("reached", _("接通")), ("unreachable", _("未接通")), ("refused", _("拒绝评价"))],
        _("通话"),
    )
    note = forms.CharField(label=_("未接通或拒绝的情形"), required=False, max_length=200)
    solved = segments(
        [("yes", _("已解决")), ("no", _("未解决")), ("unknown", _("说不清"))],
        _("解决了吗"),
        required=False,
    )
    result = segments(list(LEVELS.items()), _("对办理结果"), required=False)
    attitude = segments(list(LEVELS.items()), _("对工作态度"), required=False)
    efficiency = segments(list(LEVELS.items()), _("对办理效率"), required=False)
    satisfaction = segments(list(LEVELS.items()), _("总的来说"), required=False)
    disposal_true = segments(TRUTH, _("所说的处置"), required=False)
    feedback_true = segments(TRUTH, _("所说的反馈"), required=False)
    wants = forms.CharField(label=_("诉求人还要什么"), required=False, max_length=500)
    advice = forms.CharField(
        label=_("给承办单位的建议"), required=False, widget=LONG, max_length=1000
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") == "reached":
            for name in ("solved", "satisfaction"):
                if not cleaned.get(name):
                    self.add_error(name, _("接通了就要问到"))
        elif not cleaned.get("note"):
            self.add_error("note", _("写明打了几次、怎样没有问到"))
        return cleaned


class Urgency(VerbForm):
    urgency = segments(pairs(URGENCIES), _("紧急程度"))


class Protect(VerbForm):
    paraphrase = forms.CharField(
        label=_("转述"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text=_("承办单位只读这一段：不写姓名、电话、门牌，也不写能认出人的细节"),
    )


class Correct(VerbForm):
    """The fields that may be mended before dispatch; what is sent replaces what stood."""

    title = forms.CharField(label=_("标题"), max_length=200)
    kind = segments(pairs(KINDS), _("类型"))
    urgency = segments(pairs(URGENCIES), _("紧急程度"))
    content = forms.CharField(
        label=_("经过"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    demand = forms.CharField(label=_("期望结果"), required=False, max_length=500)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True).order_by("code"), label=_("类别"), required=False
    )
    region = forms.ModelChoiceField(Region.objects.none(), label=_("区"), required=False)
    street = forms.ModelChoiceField(
        Unit.objects.filter(kind="street").order_by("code"), label=_("街镇"), required=False
    )
    address = forms.CharField(label=_("地点"), required=False, max_length=200)
    occurred_at = local_moment(label=_("发生时间"), required=False)
    frequency = forms.CharField(label=_("规律"), required=False, max_length=64)

    def about(self, order: Order, by: Actor) -> None:
        self.fields["region"].queryset = regions_on(clock.today()).order_by("code")  # type: ignore[attr-defined]
        if order.region_id:
            streets = Unit.objects.filter(kind="street", region=order.region_id).order_by("code")
            self.fields["street"].queryset = streets  # type: ignore[attr-defined]
        for name in self.fields:
            value = getattr(order, name)
            self.initial.setdefault(
                name, clock.local(value) if isinstance(value, dt.datetime) else value
            )


class Doors(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Sources as a row of buttons: a hotline is known by its number."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.code if obj.code.isdigit() else obj.name)


class Register(SpokenForm):
    """A call as it is written down. Only what registering needs is required."""

    source = Doors(
        Source.objects.none(), label=_("来源"), empty_label=None, widget=forms.RadioSelect
    )
    source_no = forms.CharField(label=_("来源单号"), required=False, max_length=64)
    accused = forms.ModelChoiceField(
        Unit.objects.exclude(kind__in=["centre", "section"]).order_by("region", "code"),
        label=_("被诉单位"),
        required=False,
        help_text=_("被诉单位看不到这件，也不经手"),
    )
    kind = segments(pairs(KINDS), _("类型"))
    urgency = segments(pairs(URGENCIES), _("紧急"), required=False)
    name = forms.CharField(label=_("诉求人"), required=False, max_length=32)
    phone = forms.CharField(label=_("电话"), required=False, max_length=32)
    secret = segments([("yes", _("是")), ("no", _("否"))], _("要求保密？"), required=False)
    paraphrase = forms.CharField(
        label=_("转述"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    anonymous = forms.BooleanField(label=_("匿名"), required=False)
    occurred_at = local_moment(label=_("发生时间"), required=False)
    frequency = forms.CharField(label=_("规律"), required=False, max_length=64)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("区"), required=False)
    street = forms.ModelChoiceField(
        Unit.objects.filter(kind="street").order_by("code"), label=_("街镇"), required=False
    )
    address = forms.CharField(label=_("地点"), required=False, max_length=200)
    title = forms.CharField(label=_("标题"), required=False, max_length=200)
    content = forms.CharField(
        label=_("经过"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    demand = forms.CharField(label=_("期望结果"), required=False, max_length=500)
    photos = uploads.field(_("附件"), help_text=_("诉求人给的照片、录音；下发的副本不带拍摄地点"))
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True).order_by("code"), label=_("类别"), required=False
    )
    answer = forms.CharField(
        label=_("当场答复"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def clean_content(self) -> str:
        if is_garbled(self.cleaned_data["content"]):
            raise forms.ValidationError(_("有认不出的字（�），请重新写"))
        return str(self.cleaned_data["content"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = Source.objects.filter(active=True).exclude(code__in=NOT_SPOKEN).order_by("code")
        self.fields["source"].queryset = spoken  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions_on(clock.today()).order_by("code")  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """The result is told to this number, so a slip is better found while the caller is there."""
        given = str(self.cleaned_data["phone"]).strip()
        if given and not is_telephone(given):
            raise forms.ValidationError(_("不像电话号码：要 7 位以上数字；没有留电话的空着"))
        return given

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("secret") == "yes"
            and not cleaned.get("paraphrase")
            and self.data.get("do") != "draft"
        ):
            self.add_error("paraphrase", _("保密件须写一段转述给承办单位看"))
        if self.data.get("do") == "answer" and not cleaned.get("answer"):
            self.add_error("answer", _("写下当场怎么答复的"))
        return cleaned


class Account(SpokenForm):
    username = forms.CharField(label=_("账号"), max_length=64)
    name = forms.CharField(label=_("姓名"), max_length=64)
    email = forms.EmailField(label=_("邮箱"), required=False)


class Post(SpokenForm):
    role = forms.ChoiceField(label=_("岗位"), choices=list(ROLES.items()))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = valid_on(clock.today()).order_by("region", "kind", "code")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
