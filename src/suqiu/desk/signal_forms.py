"""The one form of a signal: the verdict, with words."""

from django import forms
from django.utils.translation import gettext_lazy

from suqiu.supervision.signals.rules import VERDICTS


class Verdict(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("结论"), choices=list(VERDICTS.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("核查了什么"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
