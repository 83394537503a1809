"""The report as DOCX and XLSX: the figures of the row and no others, text that stays text."""

import copy
import datetime as dt
import io
import zipfile
from typing import Any

import docx
import openpyxl
import pytest

from suqiu.base import clock
from suqiu.reports import printing, rules, templates
from suqiu.reports.actions import SHIPPED
from suqiu.reports.models import Report, Template
from tests.reports.golden import FIGURES

EVIL = '=HYPERLINK("http://127.0.0.1:9/","x")'
AT = dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL)


def report(figures: dict[str, Any] | None = None, **given: Any) -> Report:
    """An issued monthly report of the planted figures."""
    figures = figures or copy.deepcopy(FIGURES)
    body = templates.read((SHIPPED / "monthly-2026.yaml").read_text("utf-8"))
    said = [
        {"heading": s.heading, "paragraphs": rules.written(s, figures),
         "table": rules.table(s.table, figures) if s.table else None}
        for s in body.sections
    ]  # fmt: skip
    row = Template(code=body.id, version=body.version, body={"addressee": "各有关单位"})
    kept = {"title": "2026年9月月报", "number": "诉求月报〔2026〕1号", "issued_at": AT, **given}
    return Report(template=row, kind="monthly", start=dt.date(2026, 9, 1), end=dt.date(2026, 10, 1),
                  figures=figures, sections=said, position=7, root="7:ab", **kept)  # fmt: skip


def forms(row: Report) -> dict[str, bytes]:
    return printing.all_forms(row, "示例市城市管理热线中心")


def test_the_document_has_the_parts_of_an_official_one_in_their_order() -> None:
    row = report()
    made = docx.Document(io.BytesIO(forms(row)["docx"]))
    said = [p.text for p in made.paragraphs if p.text]
    assert said[:4] == ["示例市城市管理热线中心", "诉求月报〔2026〕1号", row.title, "各有关单位："]
    assert said[4] == "一、总体情况" and said[5].startswith("本期受理诉求 480 件")
    assert said[-3:-1] == ["示例市城市管理热线中心", "2026年10月9日"]
    assert "统计期 2026-09-01 – 2026-09-30" in said[-1] and "7:ab" in said[-1]
    page = made.sections[0]
    assert (page.page_width.mm, page.page_height.mm) == (
        pytest.approx(210, 0.01),
        pytest.approx(297, 0.01),
    )
    tables = [[[cell.text for cell in line.cells] for line in t.rows] for t in made.tables]
    kept = [s["table"] for s in row.sections if s["table"] and s["table"]["rows"]]
    assert tables == [[t["head"], *t["rows"]] for t in kept]


def test_the_documents_letters_are_named_with_free_stand_ins() -> None:
    with zipfile.ZipFile(io.BytesIO(forms(report())["docx"])) as parts:
        table, body = (
            parts.read("word/fontTable.xml").decode(),
            parts.read("word/document.xml").decode(),
        )
    for name in ("方正小标宋简体", "仿宋_GB2312", "黑体"):
        assert f'w:name="{name}"><w:altName' in table and f'w:eastAsia="{name}"' in body
    assert table.count("Noto") >= 3


def test_what_has_no_number_says_so_in_every_form() -> None:
    made = forms(report(number=None, issued_at=None))
    assert "（未编号）" in [p.text for p in docx.Document(io.BytesIO(made["docx"])).paragraphs]
    assert "未编号" in str(openpyxl.load_workbook(io.BytesIO(made["xlsx"]))["主要指标"]["A1"].value)


def test_the_workbook_holds_numbers_and_draws_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(forms(report())["xlsx"]))
    assert book.sheetnames == ["正文", "主要指标", "各区情况", "事项构成", "热点", "超期未处置"]
    rates = list(book["主要指标"].iter_rows(min_row=4, values_only=True))
    assert rates[0][:4] == ("及时率", 400 / 412, 400, 412)
    assert rates[1][2:4] == (250.4, 300) and rates[1][6] == 12
    assert rates[2][4:6] == (None, None), "no interval under thirty"
    drawn = {name: len(book[name]._charts) for name in book.sheetnames}
    assert drawn == {
        "正文": 0,
        "主要指标": 1,
        "各区情况": 1,
        "事项构成": 1,
        "热点": 0,
        "超期未处置": 1,
    }


def test_the_workbook_has_no_nought_where_nothing_is_to_compare_with() -> None:
    nothing = {**FIGURES, "volume": {**FIGURES["volume"], "period": 0}}
    book = openpyxl.load_workbook(io.BytesIO(forms(report(nothing))["xlsx"]))
    head, *rows = book["事项构成"].iter_rows(min_row=3, max_row=5, values_only=True)
    assert head[2] == "上一期（无可比数）" and [row[2] for row in rows] == [None, None]
    assert len(book["事项构成"]._charts[0].series) == 1


def test_a_circulars_workbook_names_no_unit_for_a_few_orders() -> None:
    row = report()
    row.kind = "circular"
    book = openpyxl.load_workbook(io.BytesIO(forms(row)["xlsx"]))
    assert "超期未处置" not in book.sheetnames and "各区情况" in book.sheetnames


def test_a_district_under_thirty_has_no_bar() -> None:
    book = openpyxl.load_workbook(io.BytesIO(forms(report())["xlsx"]))
    rows = {row[0]: row for row in book["各区情况"].iter_rows(min_row=4, values_only=True)}
    assert rows["崇明"] == ("崇明", 30, None, 22, None, 20, None, 29)
    assert rows["黄浦"][6] == pytest.approx(0.9)
    assert list(rows)[:3] == ["黄浦", "徐汇", "崇明"], "an order by value would rank"


def test_no_text_is_a_formula_a_link_or_a_broken_file() -> None:
    figures = copy.deepcopy(FIGURES)
    figures["districts"][0]["name"] = EVIL
    figures["overdue"]["units"][0]["name"] = "+1+cmd|' /C calc'!A0"
    figures["composition"][0]["name"] = "@SUM(1)\x01\x0b"
    row = report(figures, title=EVIL)
    row.sections[0]["paragraphs"] = [EVIL, "http://127.0.0.1:9/", "<w:p/>&\x00\x1f"]
    made = forms(row)
    with zipfile.ZipFile(io.BytesIO(made["xlsx"])) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
        assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None]
    assert EVIL in {c.value for c in cells} and not any(c.data_type == "f" for c in cells)
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as parts:
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert 'TargetMode="External"' not in links
    assert "<w:p/>&" in [p.text for p in docx.Document(io.BytesIO(made["docx"])).paragraphs]


def test_an_empty_month_makes_every_form() -> None:
    none = {**copy.deepcopy(FIGURES), "rates": [], "before": [], "against": "", "districts": [],
            "composition": [], "hot": [], "overdue": {"due": 0, "n": 0, "units": []},
            "volume": {"now": 0, "period": 0, "year": 0, "closed": 0}}  # fmt: skip
    made = forms(report(none))
    assert openpyxl.load_workbook(io.BytesIO(made["xlsx"])).sheetnames == ["正文"]
    assert made["pdf"].startswith(b"%PDF")
