"""A city from its sheet: what can be told is filled in, what is wrong is told line by line."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from suqiu.accounts.queries import actor_named
from suqiu.audit.queries import chain
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed, Refused
from suqiu.cli import house
from suqiu.demo import city as demo_city
from suqiu.organisations import layout, queries
from suqiu.organisations.actions import found_unit
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.sheets import read
from tests.city import City

pytestmark = pytest.mark.django_db
BY = system("cli")
SHEET = (Path(__file__).parents[1] / "cli" / "small_city.csv").read_text("utf-8")
HEAD = SHEET.splitlines()[0]


@pytest.fixture
def nothing(db: None) -> None:
    """No unit and no district: as `suqiu migrate` leaves a database."""
    names = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in connection.introspection.table_names():
            if table.startswith(("organisations_", "accounts_", "catalogue_", "audit_")):
                cursor.execute(f"DELETE FROM {names(table)}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def lay(text: str) -> layout.Laid:
    return layout.lay_out(read(text.encode()), by=BY)


def findings(text: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        lay(text)
    return [said for _line, _rule, said in refused.value.data["findings"]]


def test_the_whole_city_with_what_can_be_told_filled_in(nothing: None) -> None:
    laid = lay(SHEET)
    assert (len(laid.places), len(laid.founded), laid.changed, laid.ended) == (3, 7, [], [])
    units = {u.code: u for u in Unit.objects.select_related("parent", "region")}
    above = {code: u.parent.code if u.parent else "" for code, u in units.items()}
    assert above == {
        "YZ": "", "YZ-ZH": "YZ", "DH": "YZ", "XL": "YZ", "DH-LH": "DH", "DH-01": "DH",
        "DH-01-Z": "DH-01",
    }  # fmt: skip
    assert {u.region.name for u in (units["YZ"], units["YZ-ZH"])} == {"云州市"}
    assert (units["DH-01-Z"].trade, units["DH-01-Z"].line) == ("CG", "C")
    assert units["DH"].email == "dh@yunzhou.example"
    districts = Region.objects.exclude(tile_row=None).order_by("code")
    assert [(r.code, r.tile_row, r.tile_column) for r in districts] == [
        ("990101", 1, 1),
        ("990102", 1, 2),
    ]
    assert queries.centre().code == "YZ"
    assert {e.actor for e in chain(f"unit:{units['YZ'].pk}")} == {"system:cli"}


def test_a_second_time_changes_nothing_and_a_new_name_one_unit(nothing: None) -> None:
    lay(SHEET)
    entries = len(chain("regions"))
    assert lay(SHEET) == layout.Laid([], [], [], [])
    assert len(chain("regions")) == entries
    assert lay(SHEET.replace("听雨中队", "听雨执法队")) == layout.Laid([], [], [], ["DH-01-Z"])
    assert Unit.objects.get(code="DH-01-Z").name == "听雨执法队"
    assert lay(f"{HEAD}\n街镇,DH-02,望湖街道,,东湖区,,街镇,\n").founded == ["DH-02"]


def test_excel_s_chinese_encoding_and_english_columns_are_read_too(nothing: None) -> None:
    layout.lay_out(read(SHEET.encode("gb18030")), by=BY)
    laid = lay("kind,code,name,district,parent,trade\nsquad,DH-01-Y,听雨二队,990101,DH-01,CG\n")
    assert laid.founded == ["DH-01-Y"]


def test_every_wrong_line_is_told_and_nothing_is_written(nothing: None) -> None:
    lay(SHEET)
    said = findings(
        f"{HEAD}\n"
        "街道,DH-02,望湖街道,,东湖区,,街镇,\n"
        "街镇,,望湖街道,,东湖区,,街镇,\n"
        "街镇,DH-03,,,东湖区,,街镇,\n"
        "街镇,DH-04,望湖街道,,东湖区,,街 道,\n"
        "街镇,DH-05,望湖街道,,东湖区,,街镇,not-mail\n"
        "街镇,DH-05,望湖街道,,东湖区,,街镇,\n"
        f"街镇,DH-06,{'望' * 65},,东湖区,,街镇,\n"
    )
    assert [line[:6] for line in said] == [f"第 {n} 行：" for n in range(2, 9)]
    assert said[-1] == "第 8 行：名称超过 64 字"
    said = findings(
        f"{HEAD}\n"
        "街镇,DH-02,望湖街道,,南山区,,街镇,\n"
        "中队,DH-02-Z,望湖中队,,东湖区,DH,城管执法,\n"
        "街镇,DH-03,望湖街道,,东湖区,NONE,街镇,\n"
        "街镇,XL,西岭街道,,西岭区,,街镇,\n"
    )
    assert [part in line for part, line in zip(
        ("第 2 行：没有区“南山区”", "第 3 行：中队的上级须是街镇", "第 4 行：没有上级单位“NONE”",
         "第 5 行：XL 已经是另一类单位"), said, strict=True)] == [True] * 4  # fmt: skip
    assert not Unit.objects.filter(code__startswith="DH-02").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "缺少列"),
        ("类别,代码\n", "缺少列：名称"),
        (f"{HEAD}\n", "没有一行单位"),
        (f"{HEAD}\n市,990000,云州市,,,,,\n受理中心,A,甲,,,,,\n受理中心,B,乙,,,,,\n", "只能有一个受理中心"),
        (f"{HEAD}\n市,990000,云州市,,,,,\n中心科室,A,甲,,,,,\n", "还没有受理中心"),
    ],
)  # fmt: skip
def test_what_is_no_city_is_refused(nothing: None, text: str, said: str) -> None:
    assert said in findings(text)[0]
    assert not Unit.objects.exists() and not Region.objects.exists()


def test_districts_left_out_end_unless_units_stand_there(nothing: None) -> None:
    lay(SHEET)
    without = "\n".join(line for line in SHEET.splitlines() if "西岭" not in line)
    assert findings(without) == ["表里没有区 990102，那里还有单位 XL"]
    Unit.objects.filter(code="XL").update(valid_to="2026-01-01")
    assert lay(without).ended == ["990102"]
    assert Region.objects.filter(valid_to=None).count() == 2


def test_another_city_s_districts_do_not_come_back(nothing: None) -> None:
    lay(SHEET)
    house.furnish()
    assert queries.centre().code == "YZ"
    assert {r.code[:2] for r in Region.objects.all()} == {"99"}


def test_one_database_one_centre(nothing: None) -> None:
    house.furnish()
    house.furnish()
    assert queries.centre().code == "CENTRE"
    with pytest.raises(Refused) as refused:
        demo_city.lay(["310101"])
    assert refused.value.code == "unit.centre" and "CENTRE" in refused.value.message
    with pytest.raises(Refused):
        found_unit(code="B", name="乙", kind="centre", region="310000", by=BY)
    assert any("CENTRE" in said for said in findings(SHEET))
    with pytest.raises(IntegrityError, match="organisations_one_centre"), transaction.atomic():
        Unit.objects.create(code="B", name="乙", kind="centre", region_id="310000")
    # Who has served before gives the centre that stands its new name.
    assert "CENTRE" in lay(SHEET.replace("受理中心,YZ,", "受理中心,CENTRE,")).changed
    assert queries.centre().name == "云州市绿化市容受理中心"


def test_only_the_system_administrator_brings_a_city(city: City) -> None:
    for username in ("secadmin", "auditadmin", "leader1", "dispatcher1"):
        with pytest.raises(NotAllowed):
            layout.lay_out(read(SHEET.encode()), by=actor_named(username))


def placed() -> dict[str, tuple[int | None, int | None]]:
    rows = Region.objects.filter(valid_to=None).exclude(tile_row=None)
    return {row.short: (row.tile_row, row.tile_column) for row in rows}


def test_a_district_stands_where_the_sheet_says_and_the_others_where_it_is_free(
    nothing: None,
) -> None:
    head = "类别,代码,名称,简称,方格\n市,990000,云州市,云州,\n受理中心,YZ,云州中心,,\n"
    lay(head + '区,990101,甲区,甲,\n区,990102,乙区,乙,"1,1"\n区,990103,丙区,丙,3 7\n')
    assert placed() == {"甲": (1, 2), "乙": (1, 1), "丙": (3, 7)}
    # Without the column they stay; one that moves onto another's place moves that one.
    lay(
        head.replace(",方格", "").replace(",\n", "\n")
        + "区,990101,甲区,甲\n区,990102,乙区,乙\n区,990103,丙区,丙\n"
    )
    assert placed() == {"甲": (1, 2), "乙": (1, 1), "丙": (3, 7)}
    lay(head + '区,990101,甲区,甲,"1,1"\n区,990102,乙区,乙,\n区,990103,丙区,丙,\n')
    assert placed()["甲"] == (1, 1) and len(set(placed().values())) == 3


def test_what_is_no_place_on_the_map_is_told_with_its_line(nothing: None) -> None:
    head = "类别,代码,名称,方格\n市,990000,云州市,\n"
    said = findings(
        head
        + '区,990101,甲区,"0,1"\n区,990102,乙区,"2,2"\n区,990103,丙区,2 2\n受理中心,YZ,中心,"1,1"\n'
    )
    assert [one[: one.index("：")] for one in said] == ["第 3 行", "第 5 行", "第 6 行"]
    assert "占了" in said[1]
