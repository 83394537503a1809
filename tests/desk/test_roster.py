"""The duty roster's page: who reads and keeps it, what it shows, what it refuses."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.accounts.actions import end_post
from suqiu.accounts.models import Person, Posting
from suqiu.audit.queries import chain
from suqiu.base.actors import Actor
from suqiu.organisations.models import Duty
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def line(city: City, **more: str) -> dict[str, str]:
    return {
        "unit": city.squad.code,
        "day": "2026-09-14",
        "days": "date",
        "date": "2026-09-20",
        "since": "09:00",
        "until": "23:59",
        "person": city.handler.id,
        "phone": "021-55550000",
        **more,
    }


def page(actor: Actor, **asked: str) -> str:
    answer = client_of(actor).get("/roster", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_head_keeps_the_roster_of_his_unit_and_it_is_journalled(city: City) -> None:
    before = len(chain(f"unit:{city.squad.pk}"))
    answer = client_of(city.head).post("/roster/keep", line(city, deputy=city.head.id))
    assert answer.status_code == 302
    kept = Duty.objects.get(unit=city.squad, days="2026-09-20")
    assert (kept.person, kept.deputy, kept.until) == (
        city.handler.id,
        city.head.id,
        dt.time(23, 59, 59),
    )
    entry = chain(f"unit:{city.squad.pk}")[before]
    assert (entry.kind, entry.actor, entry.data["days"]) == ("duty.set", city.head.id, "2026-09-20")
    assert "021-55550000" not in str(entry.data), "a number is no code"
    client_of(city.head).post(f"/roster/{kept.pk}/drop", {"unit": city.squad.code})
    assert not Duty.objects.filter(pk=kept.pk).exists()
    assert chain(f"unit:{city.squad.pk}")[-1].kind == "duty.dropped"


@pytest.mark.parametrize("who", ["handler", "outsider", "call_taker"])
def test_others_do_not_keep_it(city: City, who: str) -> None:
    count = Duty.objects.count()
    client = Client(headers={"accept": "application/json"})
    person = Person.objects.get(pk=int(getattr(city, who).id.split(":")[1]))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/roster/keep", line(city)).status_code in {403, 404}
    assert Duty.objects.count() == count


def test_a_head_elsewhere_finds_no_such_unit(city: City) -> None:
    assert client_of(city.head).get("/roster", {"unit": city.other_squad.code}).status_code == 404
    assert city.squad.name in page(city.hub, unit=city.squad.code), "a hub reads its district's"


def test_the_week_marks_rest_days_worked_weekends_and_gaps(city: City) -> None:
    text = page(city.head, day="2026-09-20")
    assert "无人值班" not in text
    assert text.count("is-rest") == 1, "of this week only Saturday rests: Sunday 9-20 is worked"
    assert "国庆节调休" in text or "国庆调休" in text
    Duty.objects.filter(unit=city.squad, days="rest").delete()
    text = page(city.head, day="2026-09-20")
    assert "有 1 天有无人值班的时段" in text and "09-19 00:00–24:00" in text


def test_one_who_left_the_unit_is_a_finding(city: City) -> None:
    assert "已不在本单位" not in page(city.head)
    post = Posting.objects.get(person_id=int(city.handler.id.split(":")[1]), role="handler")
    from suqiu.base.actors import system

    end_post(post, by=system("test"))
    assert "已不在本单位" in page(city.head)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": "person:1"}, "person"),
        ({"since": "09:00", "until": "09:00"}, "起止时间相同"),
        ({"days": "date", "date": ""}, "写明是哪一天"),
        ({"phone": "<b>"}, "不是电话号码"),
        ({"deputy": "same"}, "副班不能就是值班人本人"),
    ],
)
def test_what_is_no_line_is_refused_beside_its_field(
    city: City, wrong: dict[str, str], said: str
) -> None:
    count = Duty.objects.count()
    given = line(city, **wrong)
    if given.get("deputy") == "same":
        given["deputy"] = given["person"]
    answer = client_of(city.head).post("/roster/keep", given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Duty.objects.count() == count


def test_last_week_is_copied_and_what_stands_stays(city: City) -> None:
    client = client_of(city.head)
    for date in ("2026-09-08", "2026-09-09", "2026-09-15"):
        client.post("/roster/keep", line(city, date=date))
    client.post("/roster/copy", {"unit": city.squad.code, "day": "2026-09-14"})
    kept = Duty.objects.filter(unit=city.squad, days__startswith="2026-09-1")
    assert sorted(kept.values_list("days", flat=True)) == ["2026-09-15", "2026-09-16"]
    before = Duty.objects.count()
    client.post("/roster/copy", {"unit": city.squad.code, "day": "2026-12-14"})
    assert Duty.objects.count() == before, "nothing to copy"


def test_a_sheet_is_taken_whole_or_not_at_all(city: City) -> None:
    account = Person.objects.get(pk=int(city.handler.id.split(":")[1])).username

    def send(rows: str) -> str:
        file = SimpleUploadedFile("a.csv", f"日期,起,止,值班人\n{rows}".encode("gb18030"))
        client = Client(headers={"referer": "http://testserver/roster"})
        client.force_login(
            Person.objects.get(pk=int(city.head.id.split(":")[1])),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        answer = client.post("/roster/keep", {"unit": city.squad.code, "file": file}, follow=True)
        return answer.content.decode()

    count = Duty.objects.count()
    text = send(
        f"2026-9-26,08:00,24:00,{account}\n休息日,八点,24:00,{account}\n2026-9-27,8:00,9:00,谁"
    )
    assert "第 3 行" in text and "第 4 行" in text and "八点" in text
    assert Duty.objects.count() == count
    assert "已按文件排班 1 行" in send(f"2026/9/26,08:00,24:00,{account}\n")
    assert Duty.objects.get(days="2026-09-26").until == dt.time(23, 59, 59)
