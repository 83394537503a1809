"""By what a report's figures are counted: moments, pack, weighting, denominators, what is left out. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any


def said(figures: Mapping[str, Any]) -> str:
    rows = figures["rates"]
    left = "、".join(f"{r['name']}剔除 {r['excluded']} 件" for r in rows if r["excluded"])
    met = "、".join(f"{r['name']}申诉免计 {r['met']} 件，按达标计" for r in rows if r.get("met"))
    out = "；".join(part for part in (left, met) if part)
    return (
        f"受理数按受理时间计，各率按办结时间计；规则包 {figures['pack'] or '—'}；"
        f"计分与分母：{_weighed(rows) or '—'}；{out or '没有按规则剔除的件'}。区间为 Wilson 95% 区间，"
        "前后期与各区之间用两比例检验（双侧 95%）；不足 30 件不比较、不排名。"
    )


def _weighed(rows: Sequence[Mapping[str, Any]]) -> str:
    """How an order counts in each rate, and over how many: those that count alike together."""
    alike: dict[str, list[str]] = {}
    for row in rows:
        alike.setdefault(row["weighting"], []).append(f"{row['name']} n={row['n']}")
    return "；".join(f"{'、'.join(named)}，{how}" for how, named in alike.items())
