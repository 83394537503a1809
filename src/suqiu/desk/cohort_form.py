"""Which orders a page of figures counts: days, place, line, source."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.base import clock
from suqiu.base.bounds import DAYS
from suqiu.catalogue.models import CHANNELS, Category, Source
from suqiu.desk.widgets import DayInput
from suqiu.figures.cohorts import LACKING
from suqiu.orders.models import URGENCIES
from suqiu.organisations.queries import regions_on


class CohortForm(forms.Form):
    """The months to look at, and which moment puts an order into them."""

    kind = forms.ChoiceField(
        label=_("口径"),
        choices=[
            ("closed_in", _("按办结时间")),
            ("accepted_in", _("按受理时间")),
            ("due_in", _("按到期时间")),
        ],
        required=False,
    )
    since = forms.DateField(
        label=_("自"),
        required=False,
        validators=DAYS,
        widget=DayInput(),
    )
    until = forms.DateField(
        label=_("至"),
        required=False,
        validators=DAYS,
        widget=DayInput(),
    )
    region = forms.ChoiceField(label=_("区"), required=False)
    line = forms.ChoiceField(label=_("条线"), required=False)
    source = forms.ChoiceField(label=_("来源"), required=False)
    channel = forms.ChoiceField(label=_("渠道"), required=False)
    # A number that opened into less than the whole keeps what it was narrowed to.
    category = forms.SlugField(required=False, max_length=12, widget=forms.HiddenInput)
    street = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    unit = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    person = forms.RegexField(
        r"^person:\d+$", required=False, max_length=24, widget=forms.HiddenInput
    )
    urgency = forms.ChoiceField(
        required=False, choices=[(one, one) for one in URGENCIES], widget=forms.HiddenInput
    )
    without = forms.ChoiceField(
        required=False, choices=[(one, one) for one in LACKING], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("全部"))
        regions = [(region.code, region.short) for region in regions_on(clock.today())]
        self.fields["region"].choices = [every, *regions]  # type: ignore[attr-defined]
        lines = Category.objects.order_by("line").values_list("line", "line_name").distinct()
        self.fields["line"].choices = [every, *lines]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [every, *CHANNELS.items()]  # type: ignore[attr-defined]
        self.fields["source"].choices = [every, *Source.objects.values_list("code", "name")]  # type: ignore[attr-defined]
