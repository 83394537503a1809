"""A report's sentences and tables, written from counted figures. Pure: figures in, text out.

The text is an official document's and so Chinese in every language of the screens. Every ratio
stands with its n; nothing is compared or ranked under n < 30; "more than chance" means a two-sided
two-proportion test at 95 %, for the best and the worst of k districts corrected for the k(k-1)/2
pairs that might have been picked (Bonferroni). A weighted sum is read as a proportion of its n.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from suqiu.figures.rules import LEAST_TO_RANK
from suqiu.reports import basis, outside
from suqiu.reports.templates import Section

Figures = Mapping[str, Any]
LEVEL = 0.05
MAIN = ("timely", "disposal", "reply", "satisfaction", "solved")
AGAINST = {"year": "去年同期", "period": "上一期"}
NONE = "无可比数"
SHOWN_TOP = 5
# By what units are praised and blamed in a circular.
MEASURED = {"solved": "实际解决率", "timely": "及时率"}
GOOD, POOR = "表扬", "批评"


def surely_apart(a: Mapping[str, Any], b: Mapping[str, Any], pairs: int = 1) -> bool:
    """Do two proportions differ by more than chance? `pairs`: how many pairs could be compared."""
    if a["n"] < LEAST_TO_RANK or b["n"] < LEAST_TO_RANK:
        return False
    pooled = (a["top"] + b["top"]) / (a["n"] + b["n"])
    spread = math.sqrt(pooled * (1 - pooled) * (1 / a["n"] + 1 / b["n"]))
    if spread == 0:
        return False
    bound = NormalDist().inv_cdf(1 - LEVEL / pairs / 2)
    return bool(abs(a["top"] / a["n"] - b["top"] / b["n"]) / spread > bound)


def written(section: Section, figures: Figures) -> list[str]:
    """The paragraphs under this heading: the template's own words, then the rules'."""
    made = (PARTS[part](figures) for part in section.parts)
    return [text for text in (*section.words, section.asked, *made) if text]


def percent(top: float, n: int) -> str:
    return f"{top / n * 100:.1f}%" if n else "—"


def _ratio(row: Mapping[str, Any]) -> str:
    """The value with what it was counted from."""
    return f"{percent(row['top'], row['n'])}（{row['top']:g}/{row['n']}）"


def _growth(name: str, now: int, then: int) -> str:
    if not then:
        return f"{name}{NONE}"
    return f"比{name}{'增长' if now >= then else '下降'} {abs(now - then) / then * 100:.1f}%（{then} 件）"


def compared(figures: Figures) -> bool:
    """Whether anything came in the period before: where nothing did, its 0 is nothing to compare with."""
    return bool(figures["volume"]["period"])


def period_before(figures: Figures) -> str:
    """The head of a column of the period before, which says why it is empty."""
    return AGAINST["period"] if compared(figures) else f"{AGAINST['period']}（{NONE}）"


def volume(figures: Figures) -> str:
    now = figures["volume"]
    return (
        f"本期受理诉求 {now['now']} 件，{_growth('上一期', now['now'], now['period'])}，"
        f"{_growth('去年同期', now['now'], now['year'])}；本期办结 {now['closed']} 件。"
    )


def composition(figures: Figures) -> str:
    rows, total = figures["composition"][:SHOWN_TOP], figures["volume"]["now"]
    if not rows:
        return ""
    said = "、".join(f"{r['name']} {r['n']} 件（占 {percent(r['n'], total)}）" for r in rows)
    return f"受理最多的事项依次为：{said}；合计口径 n={total}。"


def rates(figures: Figures) -> str:
    """How the whole stands, with the interval of chance where there are enough orders."""
    rows = [r for r in figures["rates"] if r["n"]]
    if not rows:
        return "本期没有可计算指标的办结件。"
    return "按办结计：" + "；".join(_stand(r) for r in rows) + "。"


def _stand(row: Mapping[str, Any]) -> str:
    band = f"95% 区间 {row['low'] * 100:.1f}%–{row['high'] * 100:.1f}%"
    return f"{row['name']} {_ratio(row)}，" + (
        band if row["n"] >= LEAST_TO_RANK else "不足 30 件，仅供参考"
    )


def moves(figures: Figures) -> str:
    """What rose and what fell, and whether that is more than chance."""
    if not figures["against"]:
        return "没有可比的前期数据，不作升降比较。"
    before = {r["code"]: r for r in figures["before"]}
    pairs = [(r, before[r["code"]]) for r in figures["rates"] if r["code"] in before]
    ripe = [(a, b) for a, b in pairs if min(a["n"], b["n"]) >= LEAST_TO_RANK]
    name = AGAINST[figures["against"]]
    few = "、".join(a["name"] for a, b in pairs if min(a["n"], b["n"]) < LEAST_TO_RANK)
    told = [_moved(a, b) for a, b in ripe]
    left = f"{few}有一方不足 30 件，不作比较" if few else ""
    return f"与{name}相比：" + "；".join(x for x in (*told, left) if x) + "。"


def _moved(now: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    points = (now["top"] / now["n"] - then["top"] / then["n"]) * 100
    if surely_apart(now, then):
        how = f"{'上升' if points > 0 else '下降'} {abs(points):.1f} 个百分点，超出偶然波动"
    else:
        how = f"变动 {points:+.1f} 个百分点，在偶然波动之内"
    return f"{now['name']}由 {_ratio(then)}到 {_ratio(now)}，{how}"


def districts(figures: Figures) -> str:
    """Best and worst of those with thirty orders, by what was actually solved."""
    ripe = [r for r in figures["districts"] if r["solved"]["n"] >= LEAST_TO_RANK]
    few = len(figures["districts"]) - len(ripe)
    left = f"另有 {few} 个区不足 30 件，不参加比较。" if few else ""
    if len(ripe) < 2:
        return f"实际解决率满 30 件的区不足两个，本期不排名。{left}"
    ordered = sorted(ripe, key=lambda r: r["solved"]["top"] / r["solved"]["n"])
    worst, best = ordered[0], ordered[-1]
    pairs = len(ripe) * (len(ripe) - 1) // 2
    how = (
        "两者之差超出偶然波动"
        if surely_apart(best["solved"], worst["solved"], pairs)
        else "两者之差在偶然波动之内，不宜据此分出高下"
    )
    return (
        f"满 30 件的 {len(ripe)} 个区中，实际解决率最高的是{best['name']} {_ratio(best['solved'])}，"
        f"最低的是{worst['name']} {_ratio(worst['solved'])}，{how}（按 {pairs} 对比较校正）。{left}"
    )


def named(figures: Figures) -> list[dict[str, Any]]:
    """Whom a circular may name: units with thirty orders that differ by more than chance from all the
    others together, corrected for as many comparisons as are made. Who stands out well in one measure
    and badly in another is not praised. In the order of the units; each with the measure, its own part,
    the others' and the verdict."""
    units = figures.get("units", [])
    ripe = [(u, m) for u in units for m in MEASURED if u[m]["n"] >= LEAST_TO_RANK]
    found = []
    for unit, measure in ripe:
        rest = _rest(units, unit, measure)
        if surely_apart(unit[measure], rest, len(ripe)):
            better = unit[measure]["top"] / unit[measure]["n"] > rest["top"] / rest["n"]
            found.append({"code": unit["code"], "name": unit["name"], "measure": measure,
                          "own": unit[measure], "rest": rest, "verdict": GOOD if better else POOR})  # fmt: skip
    blamed = {row["code"] for row in found if row["verdict"] == POOR}
    return [r for r in found if r["verdict"] == POOR or r["code"] not in blamed]


def _rest(
    units: Sequence[Mapping[str, Any]], one: Mapping[str, Any], measure: str
) -> dict[str, Any]:
    others = [u[measure] for u in units if u["code"] != one["code"]]
    return {"top": sum(part["top"] for part in others), "n": sum(part["n"] for part in others)}


def praise(figures: Figures) -> str:
    rows = _beside(figures, GOOD)
    if not rows:
        return "本期没有满 30 件、且超出偶然波动地好于其余单位的，不作通报表扬。"
    return f"以下单位好于其余单位的合计，超出偶然波动，予以通报表扬：{'；'.join(rows)}。"


def criticism(figures: Figures) -> str:
    rows = _beside(figures, POOR)
    if not rows:
        return "本期没有满 30 件、且超出偶然波动地差于其余单位的，不作通报批评。"
    return f"以下单位差于其余单位的合计，超出偶然波动，予以通报批评，请查明原因、限期整改：{'；'.join(rows)}。"


def _beside(figures: Figures, verdict: str) -> list[str]:
    """Each unit once, with what it is named for."""
    said: dict[str, list[str]] = {}
    for row in named(figures):
        if row["verdict"] == verdict:
            measure = f"{MEASURED[row['measure']]} {_ratio(row['own'])}，其余 {_ratio(row['rest'])}"
            said.setdefault(row["name"], []).append(measure)
    return [f"{name}（{'；'.join(measures)}）" for name, measures in said.items()]


def grounds(figures: Figures) -> str:
    """By what rule somebody was named, and who could not be."""
    units = figures.get("units", [])
    ripe = sum(u[m]["n"] >= LEAST_TO_RANK for u in units for m in MEASURED)
    few = sum(all(u[m]["n"] < LEAST_TO_RANK for m in MEASURED) for u in units)
    return (
        f"点名的条件：本期办结满 30 件，且与其余单位合计之差超出偶然波动（两比例检验，按 {ripe} 次比较校正）；"
        f"一项好、一项差的不表扬。{few} 个单位各项都不足 30 件，不点名。"
    )


def lasting(figures: Figures) -> str:
    """Solved at the close beside solved so many days later."""
    told = figures.get("lasting") or {}
    rows = told.get("days", [])
    if not rows:
        return "本期没有办结后的回潮复查。"
    said = "；".join(
        f"办结 {r['days']} 天后复查 {r['of']} 件，办结时解决 {r['at_close']} 件，复查时仍解决 {r['after']} 件"
        + ("" if r["of"] >= LEAST_TO_RANK else "（不足 30 件，仅供参考）")
        for r in rows
    )
    back = [r for r in told["leaves"] if r["n"]][:SHOWN_TOP]
    where = "、".join(f"{r['name']} {r['n']} 件（复查 {r['of']} 件）" for r in back)
    return f"{said}。" + (f"回潮较多的事项：{where}。" if where else "没有发现回潮。")


def hot(figures: Figures) -> str:
    rows = figures["hot"]
    if not rows:
        return "本期没有明显高于自身前四期的事项和街镇。"
    said = "；".join(
        f"{r['street']}的{r['category']} {r['now']} 件（前四期平均 {r['before']:.1f} 件）"
        for r in rows[:SHOWN_TOP]
    )
    return f"明显高于自身前四期的热点 {len(rows)} 处，居前的是：{said}。"


def overdue(figures: Figures) -> str:
    """Disposals owed by the period's end and not done: how many, of how many, and whose."""
    late = figures["overdue"]
    if not late["n"]:
        return f"期末无超期未处置的件（应于本期处置 {late['due']} 件）。"
    said = "、".join(f"{r['name']} {r['n']} 件" for r in late["units"][:SHOWN_TOP])
    return f"应于本期处置 {late['due']} 件，期末超期未处置 {late['n']} 件：{said}。"


PARTS: dict[str, Callable[[Figures], str]] = {
    "volume": volume,
    "composition": composition,
    "rates": rates,
    "moves": moves,
    "districts": districts,
    "hot": hot,
    "overdue": overdue,
    "basis": basis.said,
    "praise": praise,
    "criticism": criticism,
    "grounds": grounds,
    "lasting": lasting,
    "outside": outside.said,
}

Table = dict[str, Any]
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?.*|n=[0-9]+|—")


def numeric(table: Table) -> list[bool]:
    """Which columns hold figures and stand at the right edge, their heads with them: the first names
    the row, and one with a word in any cell is text."""
    cells = zip(*table["rows"], strict=True)
    return [
        place > 0 and all(_NUMBER.fullmatch(cell) for cell in column)
        for place, column in enumerate(cells)
    ]


def table(name: str, figures: Figures) -> Table:
    """{"head": [...], "rows": [[...]]}; a row's first cell names it. Values are for people."""
    head, rows = TABLES[name](figures)
    return {"head": list(head), "rows": [list(row) for row in rows]}


def _rates_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = [
        (
            r["name"],
            percent(r["top"], r["n"]),
            f"{r['top']:g}",
            str(r["n"]),
            f"{r['low'] * 100:.1f}%–{r['high'] * 100:.1f}%" if r["n"] >= LEAST_TO_RANK else "—",
            str(r["excluded"]),
            r["weighting"],
        )
        for r in figures["rates"]
    ]
    return ("指标", "值", "分子", "分母", "95% 区间", "剔除", "计分"), list(rows)


def _districts_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    """In the order of the districts' codes: an order by value would rank."""
    rows = [
        (
            r["name"],
            str(r["closed"]),
            *(
                _ratio(r[code]) if r[code]["n"] >= LEAST_TO_RANK else f"n={r[code]['n']}"
                for code in ("timely", "satisfaction", "solved")
            ),
        )
        for r in figures["districts"]
    ]
    return ("区", "办结", "及时率", "满意率", "实际解决率"), list(rows)


def _composition_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    total = figures["volume"]["now"]
    rows = [
        (
            r["name"],
            str(r["n"]),
            percent(r["n"], total),
            str(r["before"]) if compared(figures) else "—",
        )
        for r in figures["composition"][: 2 * SHOWN_TOP]
    ]
    return ("事项", "本期", f"占比（n={total}）", period_before(figures)), list(rows)


def _hot_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = [
        (r["street"], r["category"], str(r["now"]), f"{r['before']:.1f}")
        for r in figures["hot"][: 2 * SHOWN_TOP]
    ]
    return ("街镇", "事项", "本期", "前四期平均"), list(rows)


def _named_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = [
        (r["name"], MEASURED[r["measure"]], _ratio(r["own"]), _ratio(r["rest"]), r["verdict"])
        for r in named(figures)
    ]
    return ("单位", "指标", "本单位", "其余单位", "结论"), list(rows)


def _lasting_table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows = [
        (r["name"] or "—", str(r["of"]), str(r["n"]))
        for r in (figures.get("lasting") or {}).get("places", [])[: 2 * SHOWN_TOP]
    ]
    return ("街镇", "复查", "回潮"), list(rows)


TABLES: dict[str, Callable[[Figures], tuple[Sequence[str], list[Sequence[str]]]]] = {
    "rates": _rates_table,
    "districts": _districts_table,
    "composition": _composition_table,
    "hot": _hot_table,
    "named": _named_table,
    "lasting": _lasting_table,
    "outside": outside.table,
}


def differences(kept: object, counted: object, where: str = "") -> list[str]:
    """Where two countings differ, each as "path: before → now"; none where they are the same."""
    if isinstance(kept, Mapping) and isinstance(counted, Mapping):
        keys = [*kept, *(key for key in counted if key not in kept)]
        return [
            d
            for k in keys
            for d in differences(kept.get(k), counted.get(k), f"{where}.{k}".strip("."))
        ]
    if isinstance(kept, list) and isinstance(counted, list):
        if len(kept) != len(counted):
            return [f"{where}: {len(kept)} → {len(counted)}"]
        return [
            d
            for i, (a, b) in enumerate(zip(kept, counted, strict=True))
            for d in differences(a, b, f"{where}.{_named(a, i)}")
        ]
    return [] if kept == counted else [f"{where}: {kept} → {counted}"]


def _named(row: object, place: int) -> str:
    return str(row.get("code", place)) if isinstance(row, Mapping) else str(place)
