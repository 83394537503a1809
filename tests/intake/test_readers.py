"""What is a table and what is none; the words of a wrong file say what and where."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from suqiu.base.errors import Invalid
from suqiu.intake import mapping, readers, reports, rules
from suqiu.intake.readers import table

TEXT = '编号,内容\r\n1,"树枝太低,\n戳人"\r\n2,公厕没有纸\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    read = table(path)
    assert read.columns == ["编号", "内容"]
    assert read.rows == [(2, ["1", "树枝太低,\n戳人"]), (3, ["2", "公厕没有纸"])]


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_separators(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"a{mark}b\n1{mark}2\n", "utf-8")
    assert table(path).rows == [(2, ["1", "2"])]


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\na,b\n\n1,2\n,\n3,4\n", "utf-8")
    assert table(path).rows == [(4, ["1", "2"]), (6, ["3", "4"])]


def test_a_workbook_with_typed_and_hostile_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "时间", "内容", "电话", "匿名"])
    sheet.append([188006, dt.datetime(2026, 9, 13, 8, 5, 9), "x", 13900000001, True])
    sheet.append([1.5, "2026/9/13", "=1+1", "+139", False])
    sheet["C2"].value, sheet["C2"].data_type = "=cmd|' /C calc'!A0", "s"
    path = tmp_path / "a.xlsx"
    book.save(path)
    first, second = (cells for _, cells in table(path).rows)
    assert first == ["188006", "2026-09-13 08:05:09", "=cmd|' /C calc'!A0", "13900000001", "是"]
    assert second[0] == "1.5"
    assert second[4] == "否"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "是空的"),
        (b" \n\n", "是空的"),
        ("编号,内容\n".encode(), "没有数据行"),
        (b"a,b\n1,2\n1,\x00\n", "第 3 行有空字符"),
        (b'a,b\n1,"x\n2,y\n', "没有收尾"),
        ("a,b\n1,公厕没有纸公厕没有纸".encode() + b"\xff\n", "第 2 行有坏掉的 UTF-8"),
        (b"a,b\n1,\xff\xfe\xff\n", "既不是 UTF-8 也不是"),
        (b"a,a\n1,2\n", "两列都叫“a”"),
        (b"a,,b\n1,2,3\n", "第 2 列没有表头"),
        (b"a,b\n1," + b"x" * 10_000_000 + b"\n", "第 2 行有超过"),
        (b"PK\x03\x04 not a workbook", "坏的压缩文件"),
        (b"\xd0\xcf\x11\xe0 not a workbook", "不是读得出的 Excel 表"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "空字符"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, body: bytes, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(body)
    with pytest.raises(Invalid, match=words) as refused:
        table(path)
    assert "bad.csv" in refused.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="打不开"):
        table(tmp_path / "none.csv")
    with pytest.raises(Invalid, match="打不开"):
        table(tmp_path)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 100_000)
    monkeypatch.setattr(readers, "MOST_BYTES", 40_000)
    with pytest.raises(Invalid, match="展开"):
        table(path)


def test_the_report_guards_and_gives_back_what_runs(tmp_path: Path) -> None:
    wild = ["=1+1", "+8613900000001", "-1", "@x", "'quoted", "plain", "'=1", "", "\tx"]
    columns = [f"c{n}" for n in range(len(wild))]
    path = reports.write(tmp_path / "r.csv", columns, [reports.Rejected(7, wild, "=因为")])
    assert path.stat().st_mode & 0o077 == 0
    read = table(path)
    assert read.columns == [*columns, "行号", "原因"]
    ((_, cells),) = read.rows
    assert cells[:-2] == wild
    assert cells[-2] == "7"


def test_a_report_of_a_report_names_its_rows_once(tmp_path: Path) -> None:
    columns = ["a", "行号", "原因"]
    path = reports.write(tmp_path / "r.csv", columns, [reports.Rejected(2, ["x", "9", "旧"], "新")])
    assert table(path).columns == columns
    assert table(path).rows[0][1] == ["x", "2", "新"]


def test_every_preset_reads_and_none_fits_anothers_columns() -> None:
    sheets = {name: mapping.read(mapping.PRESETS / f"{name}.yaml") for name in mapping.presets()}
    assert set(sheets) == {"12345", "message-board", "nyc311"}
    assert all(sheet.name == name for name, sheet in sheets.items())


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("source: WEB\ncolumns: {nonsense: a}", "columns.nonsense"),
        ("source: WEB", "columns"),
        ("source: WEB\ncolumns: {content: a}\nzone: Moon/Base", "zone"),
        ("source: WEB\ncolumns: {content: a}\ncolour: red", "colour"),
        ("- a\n- b", "第 1 行：要写成各带名字的几项"),
        ("a: [", "不是 YAML"),
    ],
)
def test_a_bad_mapping_is_refused_with_the_place(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(Invalid, match="对照文件 m.yaml") as refused:
        mapping.choose(None, path, [])
    assert where in refused.value.message


def test_missing_columns_are_named() -> None:
    sheet = mapping.choose("12345", None, [])
    assert mapping.missing(sheet, ["内容"]) == ["工单编号 / 受理编号 / 受理单号 / 诉求编号"]
    with pytest.raises(Invalid, match="没有叫"):
        mapping.choose("nobody", None, [])


@pytest.mark.parametrize(
    "words", ["昨天", "2026-02-30", "2026/9/13 25:00:00", "46278.33", "0026-01-01", "2026-09-13T"]
)
def test_what_is_no_time(words: str) -> None:
    with pytest.raises(Invalid, match="时间"):
        rules.moment(words, ["%Y/%m/%d %H:%M:%S"], "Asia/Shanghai")


def test_titles() -> None:
    assert rules.titled(" 路口\n脏 ", "很脏") == ("路口 脏", "很脏")
    assert rules.titled("", "路面积水,三天没人管,请处理") == (
        "路面积水,三天没人管,请处理",
        "路面积水,三天没人管,请处理",
    )
    assert rules.titled("只有标题", "") == ("只有标题", "只有标题")
    assert rules.titled("", "") == ("", "")
    title, content = rules.titled("路" * 100, "正文")
    assert title == "路" * 59 + "…"
    assert content == "路" * 100 + "\n正文"
