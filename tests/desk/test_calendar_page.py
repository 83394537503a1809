"""The calendar's page and command: a year shown, a notice tried, taken, refused with its line."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from suqiu.accounts.queries import actor_named
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.calendars import queries
from suqiu.orders.models import Obligation
from tests.calendars.test_actions import NOTICE, SHEET
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
GIVEN = {"year": "2027", "source": "国办发明电〔2026〕7号", "text": SHEET}


def test_a_year_shows_its_days_and_where_knowledge_ends(city: City) -> None:
    text = client_of(city.handler).get("/calendar?year=2026").content.decode()
    assert "确知到 2026-12-31" in text and "is-provisional" not in text
    assert "看会改动什么" not in text, "only the system administrator imports"
    ahead = client_of(city.handler).get("/calendar?year=2027").content.decode()
    assert "本年有 365 天是推算的" in ahead
    assert client_of(city.handler).get("/calendar?year=1999").status_code == 422


def test_the_missing_year_is_told_from_november_on(city: City) -> None:
    said = "2027 年的日历还没有导入"
    assert said not in client_of(city.dispatcher).get("/roster").content.decode()
    clock.set_to(dt.datetime(2026, 11, 1, 9, tzinfo=clock.LOCAL))
    assert said in client_of(city.dispatcher).get("/roster").content.decode()
    assert said not in client_of(city.handler).get("/roster").content.decode()
    client_of(actor_named("sysadmin")).post("/calendar/import", GIVEN)
    assert said not in client_of(city.dispatcher).get("/roster").content.decode()


def test_a_notice_is_tried_before_it_is_taken(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    order = city.signed()
    Obligation.objects.filter(order=order, code="dispose").update(
        provisional=True, due=dt.datetime(2027, 1, 6, tzinfo=clock.LOCAL)
    )
    text = client.post("/calendar/preview", GIVEN).content.decode()
    assert "02-08" in text and "02-20" in text and "有 1 个未了结的时限是暂定的" in text
    assert queries.known_until() == "2026-12-31", "nothing is written"
    assert client.post("/calendar/import", GIVEN).status_code == 302
    assert queries.known_until() == "2027-12-31"
    entry = chain("calendar:2027")[-1]
    assert (entry.kind, entry.actor) == ("calendar.imported", actor_named("sysadmin").id)


def test_what_the_preview_carries_on_is_what_was_given(city: City) -> None:
    from suqiu.calendars.actions import as_csv, read_csv

    assert read_csv(as_csv(NOTICE).encode()) == NOTICE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": SHEET + "2027-13-01,休,什么\n"}, "第 16 行"),
        ({"text": "日期,类型\n2027-01-01,休\n"}, "法定节假日"),
        ({"text": ""}, "贴上内容"),
        ({"year": "2026"}, "不在 2026 年"),
        ({"source": ""}, "source"),
    ],
)
def test_a_bad_notice_is_refused_and_keeps_what_was_written(
    city: City, wrong: dict[str, str], said: str
) -> None:
    said = said.replace("16", str(len(SHEET.splitlines()) + 1))
    client = client_of(actor_named("sysadmin"))
    for door in ("preview", "import"):
        answer = client.post(f"/calendar/{door}", {**GIVEN, **wrong})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert queries.known_until() == "2026-12-31"


def test_a_certain_year_is_changed_only_as_a_correction(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    client.post("/calendar/import", GIVEN)
    assert client.post("/calendar/import", GIVEN).status_code == 422
    assert client.post("/calendar/import", {**GIVEN, "correcting": "on"}).status_code == 302


def test_the_command_says_the_line(tmp_path: Path) -> None:
    from suqiu.cli.main import main

    file = tmp_path / "2027.csv"
    file.write_text(SHEET + "2027-2-30,休,\n", "utf-8")
    said = CliRunner().invoke(main, ["calendar", "import", str(file)])
    assert said.exit_code == 2 and "--year" in said.output
