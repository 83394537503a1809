"""Files that come with a page's form: kept before the page's transaction, linked within it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from suqiu.base.actors import Actor
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.files.rules import Limits, check_count, check_size

PICTURES = "image/jpeg,image/png,image/webp,image/heic,.heic"
ALL = f"{PICTURES},application/pdf,audio/*,.amr"


class _Many(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files; on a phone the camera opens where `camera` says so."""

    def __init__(self, *, camera: bool = False, **kwargs: Any) -> None:
        attrs = {"multiple": True, "accept": PICTURES if camera else ALL}
        if camera:
            attrs["capture"] = "environment"
        super().__init__(required=False, widget=_Many(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        single = super().clean
        given = data if isinstance(data, list | tuple) else [data]
        return [single(one, initial) for one in given if one]


def receive(given: Iterable[UploadedFile[Any]], *, limits: Limits, by: Actor) -> list[File]:
    """Keep the uploads. Sizes are looked at before anything is read into memory."""
    several = list(given)
    check_count(0, len(several), limits)
    for one in several:
        check_size(one.size or 0, limits)
    return [files.receive(one.read(), name=one.name or "", limits=limits, by=by) for one in several]


def field(label: Any, *, camera: bool = False, help_text: Any = "") -> Files:
    return Files(label=label, camera=camera, help_text=help_text)
