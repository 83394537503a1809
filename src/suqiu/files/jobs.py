"""Forgetting what was uploaded and never used."""

from suqiu.base.actors import system
from suqiu.files.actions import forget_unlinked


def clean_up() -> int:
    return forget_unlinked(by=system("files"))
