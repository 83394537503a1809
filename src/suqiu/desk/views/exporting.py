"""A board as a file: just the figures that stand on the page, and the look is logged."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.base.language import word
from suqiu.desk.exports import CSV, XLSX, Cell, Sheet, as_csv, as_xlsx
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import boards, charts, dashboards
from suqiu.desk.views.doors import staff
from suqiu.figures.trace import READERS

Context = dict[str, Any]
BOARDS: dict[str, tuple[tuple[str, ...], Callable[[DeskRequest], Context]]] = {
    "leader": (boards.LEADERS, boards.of_leader),
    "figures": (READERS, boards.of_figures),
    "unit": (dashboards.UNIT_ROLES, dashboards.of_unit),
    "centre": (dashboards.CENTRE_ROLES, dashboards.of_centre),
}
KINDS = {"csv": (as_csv, CSV), "xlsx": (as_xlsx, XLSX)}
EVERYONE = tuple(sorted({role for roles, _build in BOARDS.values() for role in roles}))
FILTERS = ("kind", "since", "until", *charts.FILTERS, "of", "by", "map", "span")


@staff(*EVERYONE)
def export(request: DeskRequest, board: str) -> HttpResponse:
    """The tables of a board, as CSV or XLSX."""
    form = request.GET.get("form", "csv")
    if board not in BOARDS or form not in KINDS:
        raise Missing("missing", _("没有这个范围，或不归您看"))
    roles, build = BOARDS[board]
    if not request.actor.roles & set(roles):
        raise NotAllowed("post", _("您的岗位不用这一页"))
    write, kind = KINDS[form]
    context = build(request)
    if context.get("narrower"):
        # The page asks for a place first; a file without the table it was asked for would say nothing.
        raise Invalid(
            "figures.narrow",
            _("先选一个区或一个承办单位，再带出按经办人的表"),
            field="region",
        )
    content = write(sheets(context))
    asked = {name: request.GET[name][:20] for name in FILTERS if request.GET.get(name)}
    journal.looked("export", f"board:{board}", by=request.actor, data={"form": form, **asked})
    name = f"suqiu-{board}-{clock.today():%Y%m%d}.{form}"
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def sheets(context: Context) -> list[Sheet]:
    """A table for each figure that this page has."""
    made = [
        build(context[name])
        for name, build in _TABLES.items()
        if name in context and context[name] is not None
    ]
    return [sheet for sheet in made if sheet.rows] or [Sheet(_("没有数据"), [_("没有数据")], [])]


def _rates(rows: Iterable[Context]) -> Sheet:
    heads = [
        _("指标"),
        _("值"),
        _("下限"),
        _("上限"),
        "n",
        _("原始"),
        _("剔除"),
        _("免计、按达标计"),
        _("同类中位"),
        _("计分"),
    ]
    return Sheet(
        _("指标"),
        heads,
        [
            [
                str(one["label"]),
                _ratio(one["value"]),
                _ratio(one["low"]),
                _ratio(one["high"]),
                one["n"],
                _ratio(one["raw"]),
                sum(out["count"] for out in one["excluded"]),
                one["met"]["count"] if one["met"] else 0,
                _ratio(one["like"].middle) if one.get("like") else None,
                one["weighting"],
            ]
            for one in rows
        ],
    )


def _trend(trend: Context) -> Sheet:
    heads = [
        _("起始"),
        *(part for name in trend["names"] for part in (name, f"{name} n")),
        _("件数"),
    ]
    rows = [
        [row["label"], *(p for v in row["values"] for p in (_ratio(v.value), v.n)), row["n"]]
        for row in trend["rows"]
    ]
    return Sheet(_("走势"), heads, rows)


def _tiles(tiles: Iterable[Any]) -> Sheet:
    rows = [
        [t.name, *(None if t.few else _ratio(v) for v in (t.value, t.low, t.high)), t.n]
        for t in tiles
    ]
    return Sheet(_("各区"), [_("区"), _("值"), _("下限"), _("上限"), "n"], rows)


def _stages(rows: Iterable[Context]) -> Sheet:
    heads = [_("环节"), "n", _("中位小时"), _("P90 小时"), _("占全部时间")]
    return Sheet(
        _("时间耗在哪"),
        heads,
        [
            [r["name"], r["n"], _round(r["median"]), _round(r["p90"]), _ratio(r["share"])]
            for r in rows
        ],
    )


def _bars(rows: Iterable[Context]) -> Sheet:
    told = [[r["name"], r["line"], r["n"], _ratio(r["growth"])] for r in rows]
    return Sheet(_("构成"), [_("事项"), _("条线"), _("件数"), _("增减")], told)


def _hot(rows: Iterable[Context]) -> Sheet:
    heads = [_("事项"), _("街镇"), _("件数"), _("前四期平均")]
    told = [[r["category"], r["street"], r["now"], _round(r["before"])] for r in rows]
    return Sheet(_("热点"), heads, told)


def _sources(rows: Iterable[Context]) -> Sheet:
    told = [[word(r["name"]), r["n"], _ratio(r["share"])] for r in rows]
    return Sheet(_("从哪里来"), [_("来源"), _("件数"), _("占比")], told)


def _heat(heat: Context) -> Sheet:
    heads = ["", *(f"{hour}" for hour in heat["hours"]), _("合计")]
    rows = [
        [str(row["name"]), *(cell["n"] for cell in row["cells"]), row["whole"]]
        for row in heat["rows"]
    ]
    return Sheet(_("什么时候来"), heads, rows)


def _funnel(rows: Iterable[Context]) -> Sheet:
    heads = [_("环节"), _("件数"), _("占受理"), _("中位小时"), _("占全部时间")]
    told = [
        [r["name"], r["n"], _ratio(r["share"]), _round(r["hours"]), _ratio(r["lost"])] for r in rows
    ]
    return Sheet(_("走到哪一步"), heads, told)


def _clocks(rows: Iterable[Context], name: str = "") -> Sheet:
    rows = list(rows)
    heads = [_("义务"), *(str(cell["label"]) for cell in rows[0]["cells"])] if rows else []
    told: list[list[Cell]] = [[word(r["name"]), *(c["n"] for c in r["cells"])] for r in rows]
    return Sheet(name or _("快到期的"), heads, told)


def _units(rows: Iterable[Context]) -> Sheet:
    three = (_("及时率"), _("满意率"), _("实际解决率"))
    heads = [_("单位"), *(part for name in three for part in (name, f"{name} n"))]
    return Sheet(_("本区各承办单位"), heads, [_cells(row) for row in rows])


def _table(rows: Iterable[Context]) -> Sheet:
    rows = list(rows)
    names = [str(cell["rate"].name) for cell in rows[0]["cells"]] if rows else []
    heads = ["", *(part for name in names for part in (name, f"{name} n"))]
    return Sheet(_("分开看"), heads, [_cells(row) for row in rows])


def _cells(row: Context) -> list[Cell]:
    """A name, then each rate with its n; under thirty none is told, as on the page."""
    told: list[Cell] = [str(row["name"])]
    for cell in row["cells"]:
        rate = cell["rate"]
        told += [_ratio(rate.value) if rate.may_rank else None, rate.n]
    return told


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


_TABLES: dict[str, Callable[[Any], Sheet]] = {
    "cards": _rates,
    "table": _table,
    "units": _units,
    "trend": _trend,
    "tiles": _tiles,
    "funnel": _funnel,
    "stages": _stages,
    "bars": _bars,
    "sources": _sources,
    "hot": _hot,
    "heat": _heat,
    "clocks": _clocks,
    "units_clocks": lambda rows: _clocks(rows, _("各单位的时钟")),
}
