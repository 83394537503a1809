"""What is wrong in a file of rules that people write, in the reader's language. Pure.

The library that reads them (`strict`) words its refusals in English alone. Here each kind that a file
can be refused for has its sentence; those of our own validators are raised by `fault`, with both.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise
    from pydantic_core import ErrorDetails

# Our own: what a terminal and a machine are told, and what a page says.
OWN: "dict[str, tuple[str, StrPromise]]" = {
    "unknown_event": ("unknown event: {name}", _("没有这个事件：%(name)s")),
    "brace": ("a brace without its partner: {name}", _("花括号不成对")),
    "unknown_place": ("a notice cannot say {name}", _("通知里不能写 %(name)s")),
    "unknown_step": ("no step is called {name}", _("没有叫 %(name)s 的步骤")),
    "unknown_clock": ("no such obligation: {name}", _("没有这项义务：%(name)s")),
    "unknown_obligation": ("no obligation is called {name}", _("没有叫 %(name)s 的义务")),
    "unknown_rate": ("no rate is called {name}", _("没有叫 %(name)s 的指标")),
    "twice": ("twice: {name}", _("写了两次：%(name)s")),
    "signed_late": (
        "{name} cannot be signed before {step}",
        _("%(name)s 到 %(step)s 之前还签不了"),
    ),
    "one_call": (
        "{name}: one call is not spread over anything; say 0",
        _("%(name)s：只打一次谈不上隔多久，写 0"),
    ),
    "flat": (
        "{name}: zero and full are the same, so no points grow between them",
        _("%(name)s 的 zero 和 full 相同，分数无从增长"),
    ),
    "weightless": ("{name}: its answers need weights", _("%(name)s 要给答案写 weights")),
    "weighted_volume": ("{name}: a volume has no weights", _("%(name)s 是受理量，不写 weights")),
    "unknown_answer": ("no answer is called {name}", _("没有叫 %(name)s 的答案")),
    "first_narrow": (
        "the first rule must fit everything (no `{name}`)",
        _("第一条要管到所有工单，不写 %(name)s"),
    ),
    "unknown_post": ("no post is called {name}", _("没有叫 %(name)s 的岗位")),
    "unknown_zone": ("no such time zone: {name}", _("没有这个时区：%(name)s")),
    "longer": ("{name}: longer than {other}", _("%(name)s 比 %(other)s 还长")),
    "more": ("{name}: more than {other}", _("%(name)s 比 %(other)s 还多")),
}
# The library's, by its names for them; what stands in a sentence is of its own context.
KINDS: "dict[str, StrPromise]" = {
    "missing": _("没有写，这一项必须写"),
    "extra_forbidden": _("没有这一项，请看是不是写错了名字"),
    "greater_than": _("要大于 %(gt)s"),
    "greater_than_equal": _("不能小于 %(ge)s"),
    "less_than": _("要小于 %(lt)s"),
    "less_than_equal": _("不能大于 %(le)s"),
    "literal_error": _("只能是 %(expected)s"),
    "enum": _("只能是 %(expected)s"),
    "int_parsing": _("要写整数"),
    "int_type": _("要写整数"),
    "int_from_float": _("要写整数，不带小数"),
    "float_parsing": _("要写数字"),
    "float_type": _("要写数字"),
    "finite_number": _("要写有限的数"),
    "bool_parsing": _("只能写 true 或 false"),
    "bool_type": _("只能写 true 或 false"),
    "string_type": _("要写文字"),
    "string_too_short": _("太短，至少 %(min_length)s 个字"),
    "string_too_long": _("太长，最多 %(max_length)s 个字"),
    "string_pattern_mismatch": _("写法不合 %(pattern)s"),
    "list_type": _("要写成一列"),
    "tuple_type": _("要写成一列"),
    "dict_type": _("要写成各带名字的几项"),
    "model_type": _("要写成各带名字的几项"),
    "model_attributes_type": _("要写成各带名字的几项"),
    "too_short": _("太少，至少 %(min_length)s 项"),
    "too_long": _("太多，最多 %(max_length)s 项"),
    "datetime_type": _("要写日期和时间，例如 2026-01-01T00:00:00+08:00"),
    "datetime_parsing": _("要写日期和时间，例如 2026-01-01T00:00:00+08:00"),
    "datetime_from_date_parsing": _("要写日期和时间，例如 2026-01-01T00:00:00+08:00"),
    "date_type": _("要写日期，例如 2026-01-01"),
    "date_parsing": _("要写日期，例如 2026-01-01"),
    "date_from_datetime_parsing": _("要写日期，例如 2026-01-01"),
    "value_error": _("这个值用不了"),
}


def fault(kind: str, **named: str) -> PydanticCustomError:
    """What a validator of ours raises; `kind` is one of OWN."""
    return PydanticCustomError(kind, OWN[kind][0], named)


def worded(error: "ErrorDetails") -> str:
    """The sentence for this refusal. A kind without one is named: it says more than nothing."""
    kind, told = error["type"], _context(error.get("ctx", {}))
    sentence = OWN[kind][1] if kind in OWN else KINDS.get(kind)
    if sentence is None:
        return gettext("写得不对（%s）") % kind
    return str(sentence) % told


def _context(given: Mapping[str, Any]) -> dict[str, Any]:
    if "expected" not in given:
        return dict(given)
    several = str(given["expected"]).replace(" or ", ", ").split(", ")
    return {**given, "expected": gettext("、").join(one.strip("'") for one in several)}
