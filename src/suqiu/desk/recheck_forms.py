"""The two forms of a recheck: the citizen's hour, and what was seen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import people_as
from suqiu.base.bounds import MOMENTS
from suqiu.desk import uploads

Choice = tuple[str, str]


def inspectors() -> list[Choice]:
    """Whom one may name; who had to do with the order is refused when he is named."""
    return [(person.actor_id, person.name) for person in people_as("inspector")]


class Hour(forms.Form):
    hour = forms.DateTimeField(
        label=gettext_lazy("诉求人要的时间"),
        validators=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}),
    )
    inspector = forms.ChoiceField(
        label=gettext_lazy("谁去"), widget=forms.Select(attrs={"lang": "zh"})
    )

    def __init__(self, choices: list[Choice], data: Any = None, auto_id: str = "id_%s") -> None:
        super().__init__(data, auto_id=auto_id)
        self.fields["inspector"].choices = choices  # type: ignore[attr-defined]


class Look(forms.Form):
    back = forms.ChoiceField(
        label=gettext_lazy("现场"),
        choices=[("no", gettext_lazy("没有回潮")), ("yes", gettext_lazy("又出现了"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("看到了什么"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
    photos = uploads.field(gettext_lazy("照片"), camera=True)
