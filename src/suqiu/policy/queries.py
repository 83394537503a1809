"""Which pack is in force, and what it says."""

import functools
from typing import Any

from django.utils.translation import gettext as _

from suqiu.audit.kept import kept
from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.policy import models, rules


@functools.lru_cache(maxsize=64)
def pack(pk: int) -> rules.Pack:
    """The pack with this id; packs never change, so one reading is enough."""
    return rules.Pack.model_validate(models.Pack.objects.get(pk=pk).body)


@kept("policy_pack")
def _packs() -> list[models.Pack]:
    # The primary key last: two that hold from one moment must not take turns.
    rows = models.Pack.objects.defer("body")
    return list(rows.order_by("-effective_from", "-version", "-pk"))


def in_force() -> models.Pack:
    """The newest version whose day has come. Raises Refused when none was published."""
    now = clock.now()
    row = next((row for row in _packs() if row.effective_from <= now), None)
    if row is None:
        raise Refused("pack.none", _("还没有发布策略包"))
    return row


def published() -> list[models.Pack]:
    """Every version, the one that holds longest from now on first."""
    return list(models.Pack.objects.order_by("-effective_from", "-version", "-pk"))


def flat(body: Any, path: str = "") -> dict[str, str]:
    """A pack as lines "callback.second_rate" → "0.2"; what has an id is named by it, not by its place.

    Two obligations that change places are no difference; one that is new shows under its own name.
    """
    if isinstance(body, dict):
        parts = [(str(key), value) for key, value in body.items()]
    elif isinstance(body, list) and any(isinstance(item, dict) for item in body):
        parts = [(_name(item, place), item) for place, item in enumerate(body, 1)]
    else:
        told = _("、").join(str(item) for item in body) if isinstance(body, list) else str(body)
        return {path: "—" if body is None else told}
    lines: dict[str, str] = {}
    for key, value in parts:
        lines |= flat(value, f"{path}.{key}" if path else key)
    return lines


def _name(item: Any, place: int) -> str:
    """An obligation by its id, an override by what it holds for; others by their place."""
    if not isinstance(item, dict):
        return str(place)
    when = "+".join(f"{key}={value}" for key, value in (item.get("when") or {}).items())
    if when and "id" in item:
        return f"{item['id']}[{when}]"
    return str(item.get("id") or item.get("event") or place)


def differences(before: models.Pack, after: models.Pack) -> list[tuple[str, str, str]]:
    """What two versions say differently, as (line, before, after); "—" where one says nothing."""
    one, two = flat(before.body), flat(after.body)
    paths = sorted({*one, *two})
    pairs = [(path, one.get(path, "—"), two.get(path, "—")) for path in paths]
    return [(path, was, now) for path, was, now in pairs if was != now]
