"""A day is planned from days of its kind; a sheet that is wrong says where, and changes nothing."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.calendars.queries import calendar
from suqiu.figures import calls, planning
from suqiu.figures.models import CallSlot
from tests.city import MONDAY, City

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("test")
BACKEND = "django.contrib.auth.backends.ModelBackend"
HEAD = "日期,时段,呼入,接通,平均时长\n"


def sheet(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text(head + "\n".join(lines) + "\n", "utf-8")
    return file


def test_the_sheet_comes_in_again_and_again_without_doubling(city: City, tmp_path: Path) -> None:
    first = sheet(tmp_path, "2026-08-31,09:00,100,90,180", "2026/8/31,9:30-10:00,60,60,200.5")
    assert calls.take_in(calls.read(first), by=BY) == 2
    again = sheet(tmp_path, "2026-08-31,09:00,120,110,170", "2026-08-31,10:00,5,0,0")
    assert calls.take_in(calls.read(again), by=BY) == 1
    kept = CallSlot.objects.order_by("slot").values_list("slot", "offered", "handling_s")
    assert list(kept) == [(18, 120, 170), (19, 60, 200.5), (20, 5, 0)]
    told = Entry.objects.filter(kind="calls.imported").order_by("pk").last()
    assert told and told.data["rows"] == 2 and told.data["since"] == "2026-08-31"
    with pytest.raises(NotAllowed):
        calls.take_in(calls.read(again), by=city.call_taker)


def test_a_sheet_may_count_who_was_answered_within_15_seconds(tmp_path: Path) -> None:
    wide = HEAD.strip() + ",15 秒接通\n"
    rows = calls.read(
        sheet(tmp_path, "2026-08-31,09:00,9,8,60,7", "2026-08-31,09:30,9,8,60,", head=wide)
    )
    assert [row.quick for row in rows] == [7, None]
    with pytest.raises(Invalid):
        calls.read(sheet(tmp_path, "2026-08-31,09:00,9,8,60,9", head=wide))


def test_excel_says_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["日期", "时段", "呼入", "接通", "平均时长"])
    book.active.append([dt.date(2026, 8, 31), dt.time(9, 30), 12, 11, 95])
    book.save(tmp_path / "calls.xlsx")
    (row,) = calls.read(tmp_path / "calls.xlsx")
    assert (row.day, row.slot, row.offered, row.handling_s) == (dt.date(2026, 8, 31), 19, 12, 95)


@pytest.mark.parametrize(
    ("line", "said"),
    [("31.8.2026,09:00,1,1,60", "31.8.2026"), ("2026-08-31,09:10,1,1,60", "09:10"),
     ("2026-08-31,09:00,-1,0,60", "呼入“-1”"), ("2026-08-31,09:00,5,6,60", "接通比呼入还多"),
     ("2026-08-31,09:00,nan,1,60", "呼入“nan”"), ("2026-08-31,09:00,5,5,0", "0 秒"),
     ("2026-08-31,08:30,5,5,60", "已有一行")],
)  # fmt: skip
def test_a_wrong_line_is_named(line: str, said: str, tmp_path: Path) -> None:
    file = sheet(tmp_path, "2026-08-31,08:30,5,5,60", line)
    with pytest.raises(Invalid) as refused:
        calls.read(file)
    assert "第 3 行" in refused.value.message and said in refused.value.message


def test_a_column_that_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        calls.read(sheet(tmp_path, "2026-08-31,09:00,1", head="日期,时段,呼入\n"))
    assert "接通、平均时长" in refused.value.message


def test_a_monday_is_planned_from_mondays_and_a_holiday_from_rest_days(
    city: City, tmp_path: Path
) -> None:
    """Three Mondays of 90 to 110 calls, Tuesdays of 20, Sundays of 10."""
    clock.set_to(dt.datetime(2026, 9, 21, 12, tzinfo=clock.LOCAL))
    lines = []
    for first, n in (
        (dt.date(2026, 8, 31), 90),
        (dt.date(2026, 9, 7), 100),
        (dt.date(2026, 9, 14), 110),
    ):
        lines += [f"{first},09:00,{n},{n},180", f"{first + dt.timedelta(days=1)},09:00,20,20,180"]
        lines.append(f"{first - dt.timedelta(days=1)},09:00,10,10,180")
    calls.take_in(calls.read(sheet(tmp_path, *lines)), by=BY)
    monday = planning.plan(dt.date(2026, 9, 28))
    assert monday.work and [day.weekday() for day in monday.days] == [0, 0, 0]
    (slot,) = monday.slots
    assert slot.calls == pytest.approx(100) and slot.load == pytest.approx(10)
    assert (slot.agents, slot.roster) == (14, 20) and slot.reached > 0.8
    holiday = planning.plan(dt.date(2026, 10, 1))
    assert not calendar().is_work(holiday.day) and not holiday.work
    assert [day.weekday() for day in holiday.days] == [6, 6, 6]
    assert holiday.slots[0].calls == 10
    # What came on the day itself or later is no past: nobody plans a day from itself.
    assert len(planning.plan(dt.date(2026, 9, 7)).days) == 1


def test_a_unit_may_expect_what_it_was_given(city: City) -> None:
    for k in range(3):
        clock.set_to(MONDAY + dt.timedelta(days=k))
        city.dispatched()
    day = clock.local(clock.now()).date() + dt.timedelta(days=1)
    clock.set_to(clock.now() + dt.timedelta(days=1))
    (row,) = planning.loads(day)
    assert row.past == 3 and 0 < row.orders < 3 and row.low <= row.orders <= row.high


def test_the_page(city: City, tmp_path: Path) -> None:
    clock.set_to(dt.datetime(2026, 9, 21, 12, tzinfo=clock.LOCAL))
    calls.take_in(calls.read(sheet(tmp_path, "2026-09-14,09:00,100,100,180")), by=BY)
    client = Client()
    client.force_login(Person.objects.get(username="dispatcher1"), backend=BACKEND)
    page = client.get("/planning", {"day": "2026-09-28"}).content.decode()
    assert "话务排班" in page and "09:00" in page and "Erlang C" in page
    assert 'value="2026-09-28"' in page  # the picker stands on the day that is shown
    assert client.get("/planning", {"day": "soon"}).status_code == 422
