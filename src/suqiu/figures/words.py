"""Figures in words: the leader's sentences and the table for a terminal. Nothing is said that was
not counted. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from suqiu.figures.rules import Rate

HEAD = ("指标", "值", "95 %", "分子", "分母", "原始", "剔除", "计分")


def solved(rate: Rate, changed: Mapping[str, float]) -> str:
    text = f"实际解决 {percent(rate.value)},按回访核实计,n={rate.denominator}"
    return f"{text}{_against(changed)}"


def timely(rate: Rate) -> str:
    return f"{rate.numerator:g} 件各项义务全部按时,n={rate.denominator}"


def lost(stage: Mapping[str, Any]) -> str:
    return (
        f"{stage['name']} 占去 {stage['share'] * 100:.0f} % 的时间,"
        f"中位 {stage['median']:.1f} 小时,n={stage['n']}"
    )


def _against(changed: Mapping[str, float]) -> str:
    names = {"year": "同比", "period": "环比"}
    return "".join(
        f",{names[key]} {value * 100:+.1f} 点" for key, value in changed.items() if key in names
    )


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f} %"


def as_table(rates: Mapping[str, Rate]) -> str:
    """The rates as plain text, a line each; a Chinese character is two columns wide."""
    rows = [HEAD, *(_row(rate) for rate in rates.values())]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    pack = next((rate.pack for rate in rates.values()), "")
    return "\n".join(line.rstrip() for line in (*lines, f"规则包 {pack}" if pack else ""))


def _row(rate: Rate) -> Sequence[str]:
    band = "—" if rate.low is None else f"{percent(rate.low)}–{percent(rate.high)}"
    out = "、".join(f"{reason} {n}" for reason, n in rate.excluded.items()) or "无"
    raw = f"{percent(rate.raw_value)} ({rate.raw_numerator:g}/{rate.raw_denominator})"
    top = f"{rate.numerator:g}"
    return (rate.name, percent(rate.value), band, top, str(rate.n), raw, out, rate.weighting)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
