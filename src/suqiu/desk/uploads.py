"""Files that come with a page's form: kept before the page's transaction, linked within it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.files.rules import Limits, check_count, check_size
from suqiu.orders.actions.attach import limits_of
from suqiu.orders.actions.picturing import Shots
from suqiu.orders.models import Order
from suqiu.policy.queries import in_force

PICTURES = "image/jpeg,image/png,image/webp,image/heic,.heic"
ALL = f"{PICTURES},application/pdf,audio/*,.amr"


class _Many(forms.FileInput):
    allow_multiple_selected = True


class _Camera(_Many):
    """Two ways into one field: with `capture` alone, some telephones hide the gallery. Where there
    is a mouse the first is not shown (forms.css)."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        ways = format_html(
            '<label class="camera-only">{}<input type="file" name="{}" multiple accept="{}"'
            ' capture="environment"></label>',
            _("现在拍"), name, PICTURES,
        )  # fmt: skip
        return ways + super().render(name, value, attrs, renderer)


class Files(forms.FileField):
    """Several files; `camera` offers a phone's camera beside its gallery."""

    def __init__(self, *, camera: bool = False, **kwargs: Any) -> None:
        attrs = {"multiple": True, "accept": PICTURES if camera else ALL}
        widget = _Camera if camera else _Many
        super().__init__(required=False, widget=widget(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        single = super().clean
        given = data if isinstance(data, list | tuple) else [data]
        return [single(one, initial) for one in given if one]


def shots(given: Iterable[UploadedFile[Any]], order: Order | None, *, by: Actor) -> Shots:
    """Pictures of a going there, kept before any transaction; a desk says nothing of where and when."""
    several = list(given)
    limits = limits_of(order, order.pack_id if order else in_force().pk)
    return (receive(several, limits=limits, by=by) if several else [], {})


def receive(given: Iterable[UploadedFile[Any]], *, limits: Limits, by: Actor) -> list[File]:
    """Keep the uploads. Sizes are looked at before anything is read into memory."""
    several = list(given)
    check_count(0, len(several), limits)
    for one in several:
        check_size(one.size or 0, limits)
    return [files.receive(one.read(), name=one.name or "", limits=limits, by=by) for one in several]


def evidence(told: dict[str, Any], *, by: Actor) -> dict[str, Any]:
    """What a form told, with the files of its `evidence` kept, where it asks for any."""
    if not told.get("evidence"):
        return told
    limits = limits_of(None, in_force().pk)
    return {**told, "evidence": receive(told["evidence"], limits=limits, by=by)}


def field(label: Any, *, camera: bool = False, help_text: Any = "") -> Files:
    return Files(label=label, camera=camera, help_text=help_text)
