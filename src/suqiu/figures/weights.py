"""How an order counts above the line, in words. Pure."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from suqiu.figures.rules import Terms

Weights = Mapping[str, float]
# The one rate that is weighed by what was answered; in the others an order counts one or nothing.
WEIGHED = "satisfaction"
# The answers that packs weigh; one of a pack's own is shown as the pack writes it.
LEVELS = {
    "满意": _("满意"),
    "基本满意": _("基本满意"),
    "一般": pgettext_lazy("满意程度", "一般"),
    "不满意": _("不满意"),
}


def weighting(code: str, rule: Iterable["Terms"]) -> str:
    """How an order counts above the line; every pack's own way where they differ."""
    if code != WEIGHED:
        return gettext("每件计 1")
    said = {_weights(t.weights): t.pack for t in rule}
    if len(said) < 2:
        return "".join(said)
    return gettext("；").join(f"{pack} {weights}" for weights, pack in said.items())


def _weights(weights: Weights) -> str:
    rows = sorted(weights.items(), key=lambda kv: -kv[1])
    return gettext("、").join(f"{LEVELS.get(level, level)} {weight:g}" for level, weight in rows)
