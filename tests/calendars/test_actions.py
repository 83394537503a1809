"""Bringing years in, and what every process then reads."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from suqiu.audit.models import Entry, Statement
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, WrongState
from suqiu.calendars import actions, queries
from suqiu.calendars.models import CalendarDay, Edition
from suqiu.calendars.rules import STATUTORY, Day
from tests.calendars.known import KNOWN

BY = system("import")
NOTICE = {dt.date(2027, *key): Day("rest", name) for key, name in STATUTORY.items()} | {
    dt.date(2027, 2, 8): Day("rest", "春节"),
    dt.date(2027, 2, 20): Day("work", "春节调休"),
}
SHEET = "date,kind,name\n" + "".join(
    f"{date},{day.kind},{day.name}\n" for date, day in NOTICE.items()
)


@pytest.fixture
def empty(db: None) -> None:
    CalendarDay.objects.all().delete()
    Edition.objects.all().delete()


def _entries(year: int) -> list[Entry]:
    return list(Entry.objects.filter(chain=f"calendar:{year}").order_by("seq"))


@pytest.mark.usefixtures("empty")
def test_an_empty_calendar_guesses() -> None:
    assert queries.known_until() == ""
    assert queries.calendar().is_provisional(dt.date(2026, 9, 14))


@pytest.mark.usefixtures("empty")
def test_seeding_twice_changes_nothing() -> None:
    assert actions.seed(by=BY) == 23
    assert actions.seed(by=BY) == 0
    assert dict(queries.calendar().days) == dict(KNOWN.days)
    assert queries.known_until() == "2026-12-31"
    assert len(queries.days_of(2024)) == 366


@pytest.mark.usefixtures("empty")
def test_a_year_is_written_and_told_to_the_journal() -> None:
    CalendarDay.objects.create(
        date=dt.date(2027, 2, 5), kind="rest", name="春节", source="guess", provisional=True
    )
    before = len(_entries(2027))
    assert queries.calendar().is_provisional(dt.date(2027, 2, 5))
    changed = actions.import_year(2027, NOTICE, by=BY, source="国务院办公厅通知")
    calendar = queries.calendar()
    assert changed == 365
    assert not calendar.is_provisional(dt.date(2027, 2, 5))
    assert calendar.is_work(dt.date(2027, 2, 5))
    assert calendar.is_work(dt.date(2027, 2, 20))
    assert not calendar.is_work(dt.date(2027, 2, 8))
    entry = _entries(2027)[before]
    assert (entry.kind, entry.actor) == ("calendar.imported", "system:import")
    assert entry.data["work"] == ["2027-02-20"]
    assert entry.data["rest"][0] == "2027-01-01"
    assert Statement.objects.get(entry=entry).words == {"source": "国务院办公厅通知"}


@pytest.mark.usefixtures("empty")
def test_a_year_known_for_certain_is_changed_only_by_a_correction() -> None:
    actions.import_year(2027, NOTICE, by=BY, source="first")
    with pytest.raises(WrongState) as refused:
        actions.import_year(2027, NOTICE, by=BY, source="second")
    assert refused.value.code == "calendar.definitive"
    longer = NOTICE | {dt.date(2027, 2, 9): Day("rest", "春节")}
    assert actions.import_year(2027, longer, by=BY, source="second", correcting=True) == 1
    assert not queries.calendar().is_work(dt.date(2027, 2, 9))
    assert _entries(2027)[-1].data["correcting"] is True


@pytest.mark.usefixtures("empty")
def test_a_change_rolled_back_is_not_remembered() -> None:
    actions.import_year(2027, NOTICE, by=BY, source="first")
    assert queries.calendar().is_work(dt.date(2027, 2, 9))
    longer = NOTICE | {dt.date(2027, 2, 9): Day("rest", "春节")}
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.import_year(2027, longer, by=BY, source="second", correcting=True)
        assert not queries.calendar().is_work(dt.date(2027, 2, 9))
        raise RuntimeError
    assert queries.calendar().is_work(dt.date(2027, 2, 9))
    shorter = {d: day for d, day in NOTICE.items() if d != dt.date(2027, 2, 8)}
    actions.import_year(2027, shorter, by=BY, source="third", correcting=True)
    assert queries.calendar().is_work(dt.date(2027, 2, 9))
    assert queries.calendar().is_work(dt.date(2027, 2, 8))


@pytest.mark.usefixtures("empty")
def test_the_copy_is_read_once_an_edition() -> None:
    actions.import_year(2027, NOTICE, by=BY, source="first")
    first = queries.calendar()
    assert queries.calendar() is first
    actions.import_year(2027, NOTICE, by=BY, source="again", correcting=True)
    assert queries.calendar() is not first


@pytest.mark.usefixtures("empty")
def test_half_a_year_and_other_years_are_refused() -> None:
    half = {date: day for date, day in NOTICE.items() if date.month < 6}
    for days in (half, NOTICE | {dt.date(2028, 1, 1): Day("rest")}, {}):
        with pytest.raises(Invalid) as refused:
            actions.import_year(2027, days, by=BY, source="x")
        assert refused.value.code == "calendar.year"
    for source in (" ", "长" * 65):
        with pytest.raises(Invalid):
            actions.import_year(2027, NOTICE, by=BY, source=source)
    assert not queries.days_of(2027)


@pytest.mark.usefixtures("empty")
def test_the_database_knows_the_kinds() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(date=dt.date(2030, 1, 1), kind="half", source="x")


@pytest.mark.parametrize(
    "content",
    [
        SHEET.encode(),
        SHEET.encode("utf-8-sig"),
        SHEET.replace("\n", "\r\n").encode("gb18030"),
        SHEET.replace("2027-0", "2027/").replace("-", "/").encode(),
        SHEET.replace("date,kind,name", "日期,类型,名称").replace("rest", "休").encode(),
        (SHEET + ",,\n\n").encode(),
    ],
    ids=["plain", "with a mark", "Excel in Chinese", "slashes", "Chinese columns", "blank lines"],
)
def test_sheets_that_are_read(content: bytes) -> None:
    assert actions.read_csv(content) == NOTICE


@pytest.mark.parametrize(
    ("content", "line", "rule"),
    [
        ("date,kind\n2027-02-30,rest\n", "2", "date"),
        ("date,kind\n2027-01-01,rest\n2027-01-01,work\n", "3", "twice"),
        ("date,kind\n2027-01-01,rest\n2027/1/1,work\n", "3", "twice"),
        ("date,kind\n2027-01-01,free\n", "2", "kind"),
        ("date,kind\n2027-01-01\n", "2", "kind"),
        (f"date,kind,name\n2027-01-01,rest,{'长' * 33}\n", "2", "name"),
        ("day,sort\n2027-01-01,rest\n", "1", "columns"),
        ("", "1", "columns"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(
    content: str, line: str, rule: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.read_csv(content.encode())
    where, which, said = refused.value.data["findings"][0]
    assert (where, which) == (line, rule)
    assert f"第 {line} 行" in said


def test_all_bad_lines_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        actions.read_csv(b"date,kind\nx,rest\n2027-01-01,rest\n2027-01-02,y\n")
    assert [finding[:2] for finding in refused.value.data["findings"]] == [
        ("2", "date"),
        ("4", "kind"),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"date,kind\n", b"x" * 1_000_001])
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        actions.read_csv(content)
    assert refused.value.code == "calendar.file"
