"""Figures in words: the leader's sentences and the table for a terminal. Nothing is said that was
not counted. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from suqiu.figures.reasons import AS_MET, REASONS
from suqiu.figures.rules import Rate
from suqiu.figures.weights import LEVELS


def solved(rate: Rate, changed: Mapping[str, float]) -> str:
    text = _("实际解决 %(value)s，按回访核实计，n=%(n)s") % {
        "value": percent(rate.value),
        "n": rate.denominator,
    }
    return text + _against(changed)


def timely(rate: Rate) -> str:
    return _("%(top)s 件各项义务全部按时，n=%(n)s") % {
        "top": f"{rate.numerator:g}",
        "n": rate.denominator,
    }


def grows(place: Mapping[str, Any]) -> str:
    return _("%(street)s的%(category)s %(n)s 件，前四期平均 %(before)s 件") % {
        "street": place["street"],
        "category": place["category"],
        "n": place["now"],
        "before": f"{place['before']:.1f}",
    }


def below(districts: Sequence[tuple[str, Rate]], city: Rate) -> str:
    """The lowest with its figures, the others by name."""
    (name, lowest), *others = districts
    text = _("%(name)s实际解决 %(value)s（n=%(n)s），显著低于全市 %(city)s") % {
        "name": name,
        "value": percent(lowest.value),
        "n": lowest.n,
        "city": percent(city.value),
    }
    if others:
        text += _("；%(names)s 也是") % {"names": _("、").join(other for other, _rate in others)}
    return text


def lost(stage: Mapping[str, Any]) -> str:
    return _("%(stage)s 占去 %(share)s %% 的时间，中位 %(median)s 小时，n=%(n)s") % {
        "stage": stage["name"],
        "share": f"{stage['share'] * 100:.0f}",
        "median": f"{stage['median']:.1f}",
        "n": stage["n"],
    }


def _against(changed: Mapping[str, float]) -> str:
    said = {"year": _("，同比 %(points)s 点"), "period": _("，环比 %(points)s 点")}
    return "".join(
        said[key] % {"points": f"{value * 100:+.1f}"}
        for key, value in changed.items()
        if key in said
    )


def level(answer: str) -> str:
    """An answer of a survey in the reader's language; one of a pack's own as it is."""
    return str(LEVELS.get(answer, answer))


def reason(code: str) -> str:
    """The name of a reason; one that only a pack knows is shown by its code."""
    return str(REASONS[code]) if code in REASONS else code


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f} %"


def as_table(rates: Mapping[str, Rate]) -> str:
    """The rates as plain text, a line each; a Chinese character is two columns wide."""
    rows = [_head(), *(_row(rate) for rate in rates.values())]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    pack = next((rate.pack for rate in rates.values()), "")
    return "\n".join(
        line.rstrip() for line in (*lines, _("规则包 %(pack)s") % {"pack": pack} if pack else "")
    )


def _head() -> Sequence[str]:
    return (_("指标"), _("值"), "95 %", _("分子"), _("分母"), _("原始"), _("剔除"), _("计分"))


def _row(rate: Rate) -> Sequence[str]:
    band = "—" if rate.low is None else f"{percent(rate.low)}–{percent(rate.high)}"
    out = _("、").join(f"{reason(code)} {n}" for code, n in rate.excluded.items()) or _("无")
    out += _("；%(reason)s %(n)s") % {"reason": reason(AS_MET), "n": rate.met} if rate.met else ""
    raw = f"{percent(rate.raw_value)} ({rate.raw_numerator:g}/{rate.raw_denominator})"
    top = f"{rate.numerator:g}"
    return (str(rate.name), percent(rate.value), band, top, str(rate.n), raw, out, rate.weighting)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
