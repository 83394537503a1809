"""Forms that say what is wrong as a colleague would, not as the framework does."""

import re
from typing import Any

from django import forms
from django.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# What the validators of a field say, by their kind.
SAID = {
    MaxLengthValidator: _("最多 %(limit_value)d 字，现在 %(show_value)d 字"),
    MinValueValidator: _("最小 %(limit_value)s"),
    MaxValueValidator: _("最大 %(limit_value)s"),
    EmailValidator: _("不是邮箱地址"),
}
INVALID: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.EmailField, _("不是邮箱地址")),
    (forms.IntegerField, _("填一个整数")),
    (forms.DateTimeField, _("时间写成 2026-10-12 17:00 这样")),
    (forms.DateField, _("日期写成 2026-10-12 这样")),
)
# Wide signs come from Chinese keyboards; an extension is written with # or the word for it, U+8F6C.
_PHONE = re.compile(r"[0-9\uff10-\uff19+\uff0b\-\uff0d()\uff08\uff09#*\u8f6c\s]+")


class SpokenForm(forms.Form):
    """Every field's refusals in the words of the house; a field's own words stay."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _speak(field)


def _speak(field: forms.Field) -> None:
    field.error_messages["required"] = _("这一项要填")
    if isinstance(field, forms.ChoiceField):  # ModelChoiceField is one
        field.error_messages["required"] = _("选一项")
        field.error_messages["invalid_choice"] = _("这一项不在可选之列")
    for kind, words in INVALID:
        if isinstance(field, kind):
            field.error_messages["invalid"] = words
            break
    for validator in field.validators:
        said = SAID.get(type(validator))
        if said is not None:
            validator.message = said  # type: ignore[attr-defined]


def wrong(form: forms.Form) -> str:
    """What is wrong with which field, for a place where the form itself is not shown again."""
    said = [
        f"{form[name].label}{_('（')}{found[0]}{_('）')}" if name in form.fields else str(found[0])
        for name, found in form.errors.items()
    ]
    return gettext("、").join(said)


def is_telephone(given: str) -> bool:
    """May this be a telephone number: 7 to 20 figures, with an extension at most?"""
    figures = sum(c.isdigit() for c in given)
    return bool(_PHONE.fullmatch(given)) and 7 <= figures <= 20
