"""Which pack is in force, and what it says."""

import functools

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.policy import models, rules


@functools.lru_cache(maxsize=64)
def pack(pk: int) -> rules.Pack:
    """The pack with this id; packs never change, so one reading is enough."""
    return rules.Pack.model_validate(models.Pack.objects.get(pk=pk).body)


def in_force() -> models.Pack:
    """The newest version whose day has come. Raises Refused when none was published."""
    # The primary key last: two that hold from one moment must not take turns.
    row = (
        models.Pack.objects.filter(effective_from__lte=clock.now())
        .defer("body")
        .order_by("-effective_from", "-version", "-pk")
        .first()
    )
    if row is None:
        raise Refused("pack.none", _("还没有发布策略包"))
    return row


def published() -> list[models.Pack]:
    """Every version, the one that holds longest from now on first."""
    return list(models.Pack.objects.order_by("-effective_from", "-version", "-pk"))
