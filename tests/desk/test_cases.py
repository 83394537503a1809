"""The case page: the next step in one place, and what a unit may read."""

from django.test import Client

from suqiu.accounts.models import Person
from suqiu.supervision.cases.models import Case
from tests.city import DISTRICT, City
from tests.supervision import work


def _browser(username: str) -> Client:
    client = Client()
    person = Person.objects.get(username=username)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_case_is_opened_and_planned_through_its_pages(city: City) -> None:
    order = city.signed()
    desk = _browser("inspector1")
    desk.post("/cases/open", {"order": order.number, "words": "群众反映强烈"})
    case = Case.objects.get()
    at = f"/cases/{case.number}"
    desk.post(f"{at}/do/survey", {"words": "还有六辆"})
    finding = {"cause": "effort", "words": "值守短", "advice": "延到收摊"}
    desk.post(f"{at}/do/find", finding)
    desk.post(f"{at}/do/demand", {"unit": str(city.squad.pk)})
    unit = _browser(f"head.{DISTRICT}-SQ01")
    page = unit.get(at).content.decode()
    assert "延到收摊" in page
    assert "群众反映强烈" not in page, "the grounds are the centre's"
    assert "还有六辆" not in page, "so is what was seen at a visit"
    bad = unit.post(
        f"{at}/do/plan", {"words": "方案", "measures": "值守"}, headers={"Accept": "text/html"}
    )
    assert bad.status_code == 422
    unit.post(f"{at}/do/plan", {"words": "方案", "measures": "值守 | 中队长 | 2026-09-20"})
    case.refresh_from_db()
    assert case.state == "reviewing"
    assert case.number in desk.get("/cases").content.decode()


def test_a_filed_case_stands_in_the_register_and_prints_whole(city: City) -> None:
    case = work.filed(city, work.opened(city), city.leader)
    assert "2026-0001" in _browser("inspector1").get("/cases").content.decode()
    page = _browser("leader1").get(f"/cases/{case.number}").content.decode()
    for said in ("群众反映强烈", "值守延到收摊", "固定值守到二十二点", "根子在值守时段"):
        assert said in page
