"""The report's figures as XLSX: numbers as numbers, each table with its chart beside it.

Every text is written as text: what begins with "=" is no formula. A district under thirty orders has
its n and no ratio, and so no bar beside those of the others.
"""

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from suqiu.base.text import clean
from suqiu.figures.rules import LEAST_TO_RANK
from suqiu.reports import rules

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Microsoft YaHei"
# A share is shown in percent, a mean with two places, all else as it is.
SHARE, MEAN, COUNT, WORDS = "0.0%", "0.00", "General", "@"
# No text becomes a formula, a link or a number.
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Column = tuple[str, str]
Value = str | float | None


def xlsx_of(shown: dict[str, Any], made_at: dt.datetime) -> bytes:
    """`shown`: what `printing` lays out. `made_at` stands in the file's properties."""
    one, out = shown["one"], BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        book.set_properties({"title": clean(one.title), "author": clean(shown["issuer"]),
                             "created": made_at.replace(tzinfo=None)})  # fmt: skip
        maker = _Book(book, one.number or shown["draft"], one.title)
        maker.cover(shown)
        _rates(maker, one.figures)
        _districts(maker, one.figures)
        _composition(maker, one.figures)
        _hot(maker, one.figures)
        if one.kind != "circular":  # it names nobody for a few orders
            _overdue(maker, one.figures)
    return out.getvalue()


class _Book:
    def __init__(self, book: Workbook, number: str, title: str) -> None:
        self.book, self.said = book, f"{number} {title}"
        self.head = self._format(bold=True, bg_color="#E9EDF2", border=1, text_wrap=True)
        self.big = self._format(bold=True, font_size=14)
        self.plain = self._format(text_wrap=True, valign="top")

    def _format(self, **values: Any) -> Format:
        return self.book.add_format({"font_name": FONT, "font_size": 10, **values})

    def sheet(self, name: str) -> Worksheet:
        made = self.book.add_worksheet(name)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_footer("&C&P / &N")
        return made

    def cover(self, shown: dict[str, Any]) -> None:
        """The words, and what they were counted from."""
        made = self.sheet("正文")
        made.set_column(0, 0, 110)
        for at, (text, form) in enumerate(_words(shown, self.big, self.head, self.plain)):
            made.write_string(at, 0, clean(text), form)

    def table(
        self, name: str, columns: Sequence[Column], rows: list[Sequence[Value]]
    ) -> Worksheet | None:
        """A sheet with this table from its third line on; none where there is nothing to say."""
        if not rows:
            return None
        made = self.sheet(name)
        made.write_string(0, 0, clean(self.said), self.big)
        made.freeze_panes(3, 1)
        made.repeat_rows(2)
        for place, (title, shape) in enumerate(columns):
            made.set_column(place, place, 40 if shape == WORDS else 22 if place == 0 else 14)
            made.write_string(2, place, clean(title), self.head)
            form = self._format(border=1, num_format=shape)
            for line, row in enumerate(rows, 3):
                _cell(made, line, place, row[place], form)
        return made

    def chart(
        self, made: Worksheet, name: str, rows: int, columns: Sequence[int], *, kind: str = "column"
    ) -> None:
        """Bars of these columns over the first one, under the table."""
        chart = self.book.add_chart({"type": kind})
        for column in columns:
            chart.add_series({
                "name": [name, 2, column],
                "categories": [name, 3, 0, 2 + rows, 0],
                "values": [name, 3, column, 2 + rows, column],
            })  # fmt: skip
        chart.set_title({"name": name, "name_font": {"name": FONT, "size": 12}})
        chart.set_legend({"position": "bottom"} if len(columns) > 1 else {"none": True})
        chart.show_blanks_as("gap")
        axis = "y_axis" if kind == "bar" else "x_axis"
        if axis == "y_axis":
            chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 760, "height": 360})
        made.insert_chart(rows + 4, 0, chart)


def _cell(made: Worksheet, line: int, place: int, value: Value, form: Format) -> None:
    if value is None:
        made.write_blank(line, place, None, form)
    elif isinstance(value, str):
        made.write_string(line, place, clean(value), form)
    else:
        made.write_number(line, place, value, form)


def _words(
    shown: dict[str, Any], big: Format, head: Format, plain: Format
) -> list[tuple[str, Format]]:
    one = shown["one"]
    said = [(shown["issuer"], plain), (one.number or shown["draft"], plain), (one.title, big)]
    for section in shown["sections"]:
        said.append((f"{section['ordinal']}、{section['heading']}", head))
        said += [(text, plain) for text in section["paragraphs"]]
    return [*said, (shown["foot"], plain)]


def _share(row: dict[str, Any]) -> float | None:
    return row["top"] / row["n"] if row["n"] else None


def _rates(maker: _Book, figures: dict[str, Any]) -> None:
    columns = [("指标", COUNT), ("值", SHARE), ("分子", COUNT), ("分母", COUNT), ("95% 区间下限", SHARE),
               ("95% 区间上限", SHARE), ("剔除", COUNT), ("计分", WORDS)]  # fmt: skip
    rows: list[Sequence[Value]] = []
    for r in figures["rates"]:
        few = r["n"] < LEAST_TO_RANK
        band = (None, None) if few else (r["low"], r["high"])
        rows.append((r["name"], _share(r), r["top"], r["n"], *band, r["excluded"], r["weighting"]))
    if made := maker.table("主要指标", columns, rows):
        maker.chart(made, "主要指标", len(rows), [1])


def _districts(maker: _Book, figures: dict[str, Any]) -> None:
    """In the order of the districts' codes: an order by value would rank."""
    codes = (("timely", "及时率"), ("satisfaction", "满意率"), ("solved", "实际解决率"))
    columns = [("区", COUNT), ("办结", COUNT)]
    columns += [pair for _code, name in codes for pair in ((name, SHARE), (f"{name}分母", COUNT))]
    rows: list[Sequence[Value]] = []
    for r in figures["districts"]:
        parts: list[Value] = []
        for code, _name in codes:
            few = r[code]["n"] < LEAST_TO_RANK
            parts += [None if few else _share(r[code]), r[code]["n"]]
        rows.append((r["name"], r["closed"], *parts))
    if made := maker.table("各区情况", columns, rows):
        maker.chart(made, "各区情况", len(rows), [2, 4, 6])


def _composition(maker: _Book, figures: dict[str, Any]) -> None:
    total = figures["volume"]["now"]
    then = rules.compared(figures)
    columns = [("事项", COUNT), ("本期", COUNT), (rules.period_before(figures), COUNT),
               (f"占比（n={total}）", SHARE)]  # fmt: skip
    rows: list[Sequence[Value]] = [
        (r["name"], r["n"], r["before"] if then else None, r["n"] / total if total else None)
        for r in figures["composition"]
    ]
    if made := maker.table("事项构成", columns, rows):
        maker.chart(made, "事项构成", min(len(rows), 15), [1, 2] if then else [1], kind="bar")


def _hot(maker: _Book, figures: dict[str, Any]) -> None:
    columns = [("街镇", COUNT), ("事项", COUNT), ("本期", COUNT), ("前四期平均", MEAN)]
    rows: list[Sequence[Value]] = [
        (r["street"], r["category"], r["now"], r["before"]) for r in figures["hot"]
    ]
    maker.table("热点", columns, rows)


def _overdue(maker: _Book, figures: dict[str, Any]) -> None:
    rows: list[Sequence[Value]] = [(r["name"], r["n"]) for r in figures["overdue"]["units"]]
    if made := maker.table("超期未处置", [("单位", COUNT), ("件数", COUNT)], rows):
        maker.chart(made, "超期未处置", min(len(rows), 15), [1], kind="bar")
