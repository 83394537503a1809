"""Files become orders: every row once, or a line that says why not. All appeals are invented."""

import csv
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from suqiu.audit.models import Entry
from suqiu.audit.queries import verify
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.intake import actions
from suqiu.intake.actions import import_file, once
from suqiu.intake.models import ImportRun, Receipt
from suqiu.orders.actions.draft import Appeal
from suqiu.orders.models import Order
from tests.city import DISTRICT, City

BY = system("import")
BOARD = ["id", "title", "time", "text", "against", "for"]
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(
        rows: list[list[str]], name: str = "board.csv", encoding: str = "utf-8", mark: str = ","
    ) -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=mark).writerows(rows)
        return path

    return write


def board(count: int, start: int = 1) -> list[list[str]]:
    rows = [
        [str(n), f"第{n}条:路口流动摊贩占道经营", "2026/9/13 8:05:09", f"门牌{n}号前每晚摆摊,小贩占道。", "0", "3"]
        for n in range(start, start + count)
    ]  # fmt: skip
    return [BOARD, *rows]


def report_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_message_board_comes_registered_and_anonymous(city: City, save: Save) -> None:
    outcome = import_file(save(board(3)), preset="message-board", by=BY)
    assert (outcome.rows, outcome.created, outcome.known, outcome.rejected) == (3, 3, 0, 0)
    assert outcome.errors_path is None
    order = Order.objects.get(source_no="1")
    assert order.state == "registered"
    assert order.source_id == "WEB"
    assert order.title == "第1条:路口流动摊贩占道经营"
    assert order.occurred_at == dt.datetime(2026, 9, 13, 8, 5, 9, tzinfo=clock.LOCAL)
    assert order.appellant is not None
    assert order.appellant.anonymous
    assert order.category_id == "C0101"
    assert order.drafted_by == "system:import"
    assert verify().problems == []


def test_a_run_is_noted_with_who_and_what(city: City, save: Save) -> None:
    import_file(save(board(2)), preset="message-board", by=city.call_taker)
    run = ImportRun.objects.get()
    assert (run.file, run.preset, run.rows, run.created) == ("board.csv", "message-board", 2, 2)
    assert run.by == city.call_taker.id
    assert run.ended is not None
    assert len(run.sha256) == 64
    entry = Entry.objects.get(kind="import.finished")
    assert entry.actor == city.call_taker.id
    assert entry.data["created"] == 2


def test_one_who_registers_nothing_imports_nothing(city: City, save: Save) -> None:
    with pytest.raises(NotAllowed):
        import_file(save(board(1)), preset="message-board", by=city.handler)
    assert not Order.objects.exists()


def test_a_second_run_creates_none(city: City, save: Save) -> None:
    path = save(board(5))
    import_file(path, preset="message-board", by=BY)
    again = import_file(path, preset="message-board", by=BY)
    assert (again.created, again.known, again.rejected) == (0, 5, 0)
    assert Order.objects.count() == Receipt.objects.count() == 5


def test_a_number_twice_in_a_file_is_known_the_second_time(city: City, save: Save) -> None:
    rows = board(2)
    outcome = import_file(save([*rows, rows[1]]), preset="message-board", by=BY)
    assert (outcome.created, outcome.known) == (2, 1)


def test_a_number_that_a_person_has_registered_is_known(city: City, save: Save) -> None:
    city.draft(source_no="1", source=actions.source_of("WEB"))
    outcome = import_file(save(board(2)), preset="message-board", by=BY)
    assert (outcome.created, outcome.known) == (1, 1)


def test_rows_without_numbers_are_known_by_what_they_say(city: City, save: Save) -> None:
    rows = board(2)
    rows[1][0] = rows[2][0] = ""
    path = save(rows)
    assert import_file(path, preset="message-board", by=BY).created == 2
    assert import_file(path, preset="message-board", by=BY).known == 2


def test_a_run_killed_in_the_middle_is_finished_by_the_next(
    city: City, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 10)
    path, seen = save(board(35)), []

    def die(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(path, preset="message-board", by=BY, progress=die)
    assert seen == [(10, 35), (20, 35)]
    assert Order.objects.count() == 20
    assert ImportRun.objects.get().ended is None
    outcome = import_file(path, preset="message-board", by=BY)
    assert (outcome.created, outcome.known) == (15, 20)
    numbers = sorted(int(n) for n in Order.objects.values_list("source_no", flat=True))
    assert numbers == list(range(1, 36))


@pytest.mark.django_db(transaction=True)
def test_a_fault_inside_a_batch_leaves_nothing_of_that_batch(
    city: City, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 4)
    real, calls = actions.take_down, []

    def faulty(appeal: Appeal, *, by: Actor) -> Order:
        calls.append(appeal)
        order = real(appeal, by=by)
        if len(calls) == 7:
            raise RuntimeError("the machine stops here")
        return order

    path = save(board(9))
    monkeypatch.setattr(actions, "take_down", faulty)
    with pytest.raises(RuntimeError):
        import_file(path, preset="message-board", by=BY)
    assert Order.objects.count() == Receipt.objects.count() == 4
    monkeypatch.setattr(actions, "take_down", real)
    outcome = import_file(path, preset="message-board", by=BY)
    assert (outcome.created, outcome.known) == (5, 4)
    assert Order.objects.filter(state="registered").count() == 9


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_order_of_each_row(
    city: City, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 5)
    path = save(board(20))

    def run(_: int) -> actions.Outcome:
        try:
            return import_file(path, preset="message-board", by=BY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(run, range(2))
    assert one.created + other.created == 20
    assert one.known + other.known == 20
    assert one.rejected == other.rejected == 0
    assert Order.objects.count() == Receipt.objects.count() == 20


def test_what_is_rejected_can_be_mended_and_brought_again(city: City, save: Save) -> None:
    rows = board(4)
    rows[2][2] = "去年冬天"
    rows[3][1] = rows[3][3] = ""
    rows[4][3] = '=HYPERLINK("http://example.org")'
    rows[4][2] = "2026-02-30 08:00:00"
    outcome = import_file(save(rows), preset="message-board", by=BY)
    assert (outcome.created, outcome.rejected) == (1, 3)
    assert outcome.errors_path is not None
    assert outcome.errors_path.name == "board.csv.errors.csv"
    told = report_of(outcome.errors_path)
    assert [r["行号"] for r in told] == ["3", "4", "5"]
    assert "去年冬天" in told[0]["原因"]
    assert "空" in told[1]["原因"]
    assert told[2]["text"].startswith("'=")
    mended = outcome.errors_path.read_text("utf-8-sig")
    mended = mended.replace("去年冬天", "2026/9/1 9:00").replace("2026-02-30", "2026-02-28")
    mended = mended.replace("3,,2026/9/13", "3,补上的标题,2026/9/13")
    outcome.errors_path.write_text(mended, "utf-8-sig")
    again = import_file(outcome.errors_path, preset="message-board", by=BY)
    assert (again.created, again.known, again.rejected) == (3, 0, 0)
    assert Order.objects.get(source_no="4").content == '=HYPERLINK("http://example.org")'
    assert import_file(save(rows), preset="message-board", by=BY).known == 1


def test_a_report_that_someone_is_mending_is_not_overwritten(city: City, save: Save) -> None:
    rows = board(1)
    rows[1][2] = "昨天"
    first = import_file(save(rows), preset="message-board", by=BY).errors_path
    assert first is not None
    assert import_file(save(rows), preset="message-board", by=BY).errors_path == first
    first.write_text("mended", "utf-8")
    second = import_file(save(rows), preset="message-board", by=BY).errors_path
    assert second != first
    assert first.read_text("utf-8") == "mended"


def test_surplus_cells_are_not_dropped(city: City, save: Save) -> None:
    rows = board(2)
    rows[1].append("多出来的话")
    rows[2].append(" ")
    outcome = import_file(save(rows), preset="message-board", by=BY)
    assert (outcome.created, outcome.rejected) == (1, 1)
    assert outcome.errors_path is not None
    assert "多出来的话" in report_of(outcome.errors_path)[0]["原因"]


def test_limit(city: City, save: Save) -> None:
    path = save(board(8))
    assert import_file(path, preset="message-board", by=BY, limit=3).rows == 3
    assert import_file(path, preset="message-board", by=BY).created == 5


def test_another_source_may_be_named_but_must_exist(city: City, save: Save) -> None:
    path = save(board(1))
    with pytest.raises(Invalid, match="没有来源"):
        import_file(path, preset="message-board", by=BY, source="NOBODY")
    import_file(path, preset="message-board", by=BY, source="LETTER")
    assert Order.objects.get().source_id == "LETTER"
    assert import_file(path, preset="message-board", by=BY).created == 1


HEAD_12345 = ["工单编号", "标题", "诉求内容", "诉求类型", "紧急程度", "发生时间", "诉求人", "联系电话",
              "区", "街镇", "发生地址", "诉求目的", "是否匿名", "是否保密", "事项分类"]  # fmt: skip


def hotline(**changes: str) -> list[str]:
    row = dict(zip(HEAD_12345, [
        "202609130001", "公厕没有纸且积水", "路口公厕连续三天没有纸,地面积水。", "投诉举报", "加急",
        "2026年9月13日 8:30", "王试", "+86 139-0000-0002", "徐汇", "云溪街道", "青禾路1号", "补纸除水",
        "否", "否", "保洁/异味",
    ], strict=True))  # fmt: skip
    return list({**row, **changes}.values())


def test_the_hotlines_sheet_brings_people_and_places(city: City, save: Save) -> None:
    outcome = import_file(save([HEAD_12345, hotline()]), preset="12345", by=BY)
    assert outcome.created == 1
    order = Order.objects.get()
    assert (order.source_id, order.source_no) == ("12345", "202609130001")
    assert (order.kind, order.urgency, order.category_id) == ("投诉", "较急", "S0601")
    assert order.region_id == DISTRICT
    assert order.street == city.street
    assert order.demand == "补纸除水"
    assert order.appellant is not None
    assert (order.appellant.masked_name, order.appellant.masked_phone) == ("王**", "139****0002")
    assert not order.appellant.anonymous
    assert outcome.warnings == {}


def test_a_place_that_is_not_on_the_map_is_kept_in_the_address(city: City, save: Save) -> None:
    row = hotline(区="某某区", 街镇="不知哪里街道", 事项分类="没有这一类")
    outcome = import_file(save([HEAD_12345, row]), preset="12345", by=BY)
    order = Order.objects.get()
    assert order.region is None
    assert order.address == "某某区 不知哪里街道 青禾路1号"
    assert {"place_unknown", "category_unknown"} <= set(outcome.warnings)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"诉求类型": "闹着玩"}, "闹着玩"),
        ({"紧急程度": "十万火急"}, "紧急程度"),
        ({"是否保密": "也许"}, "也许"),
        ({"发生时间": "2026-13-01"}, "时间"),
        ({"工单编号": "9" * 65}, "编号"),
        ({"发生地址": "路" * 201}, "地址"),
    ],
)
def test_a_wrong_cell_is_named(city: City, save: Save, changes: dict[str, str], why: str) -> None:
    outcome = import_file(save([HEAD_12345, hotline(**changes)]), preset="12345", by=BY)
    assert outcome.rejected == 1
    assert outcome.errors_path is not None
    assert why in report_of(outcome.errors_path)[0]["原因"]
    assert not Order.objects.exists()


def test_a_telephone_in_the_text_is_kept_and_warned_of(city: City, save: Save) -> None:
    rows = board(1)
    rows[1][3] += "请打13900000003"
    outcome = import_file(save(rows), preset="message-board", by=BY)
    assert outcome.warnings["identity_in_text"] == 1
    assert "13900000003" in Order.objects.get().content


def test_a_foreign_export(city: City, save: Save) -> None:
    rows = [
        [
            "Unique Key",
            "Created Date",
            "Complaint Type",
            "Descriptor",
            "Incident Address",
            "City",
            "Agency",
        ],
        [
            "7",
            "01/02/2018 10:58:54 PM",
            "Noise",
            "Loud Music",
            "1 EXAMPLE STREET",
            "SOMEWHERE",
            "X",
        ],
    ]
    assert import_file(save(rows), preset="nyc311", by=BY).created == 1
    order = Order.objects.get()
    assert order.title == "Noise - Loud Music"
    assert order.address == "1 EXAMPLE STREET, SOMEWHERE"
    assert order.occurred_at == dt.datetime(2018, 1, 3, 3, 58, 54, tzinfo=dt.UTC)


def test_the_preset_is_recognised_by_its_columns(city: City, save: Save) -> None:
    assert import_file(save(board(1)), by=BY).created == 1
    with pytest.raises(Invalid, match="认不出"):
        import_file(save([["a", "b"], ["1", "2"]], "other.csv"), by=BY)


def test_own_mapping(city: City, save: Save, tmp_path: Path) -> None:
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(
        "source: LETTER\ncolumns: {content: {join: [甲, 乙], by: ';'}, occurred_at: 丙}\n"
        "times: ['%d.%m.%Y']\ndefaults: {kind: 建议}\n",
        "utf-8",
    )
    path = save([["甲", "乙", "丙"], ["路灯下的树", "该修了", "13.09.2026"]])
    assert import_file(path, mapping=mapping, by=BY).created == 1
    order = Order.objects.get()
    assert (order.content, order.kind, order.title) == (
        "路灯下的树;该修了",
        "建议",
        "路灯下的树;该修了",
    )


def test_a_long_title_loses_nothing(city: City, save: Save) -> None:
    rows = board(2)
    rows[1][1] = "路口," + "很长的标题" * 30
    rows[2][1] = ""
    import_file(save(rows), preset="message-board", by=BY)
    long, none = Order.objects.order_by("source_no")
    assert len(long.title) <= 60
    assert rows[1][1] in long.content
    assert none.title == "门牌2号前每晚摆摊,小贩占道"


def test_once_gives_the_same_answer_again(city: City) -> None:
    calls: list[int] = []

    def act() -> dict[str, int]:
        calls.append(1)
        return {"n": len(calls)}

    assert once("app:1", "k", act) == ({"n": 1}, True)
    assert once("app:1", "k", act) == ({"n": 1}, False)
    assert once("app:2", "k", act) == ({"n": 2}, True)


def test_once_keeps_no_answer_of_what_failed(city: City) -> None:
    def fail() -> dict[str, int]:
        raise Invalid("x", "不行")

    with pytest.raises(Invalid):
        once("app:1", "k", fail)
    assert once("app:1", "k", lambda: {"ok": 1}) == ({"ok": 1}, True)
