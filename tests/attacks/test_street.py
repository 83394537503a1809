"""What the phone's sending answers is a page as any other: no more than the person's own pages show."""

import json
from typing import Any

import pytest

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.supervision.cases.models import Case
from tests.city import City
from tests.desk.test_pages import client_of
from tests.supervision import work

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
SECRET = {"confidential": True, "paraphrase": "反映某路段夜间设摊,请核查处置。"}


def sent(by: Actor, task: str, deed: str = "survey", **told: str) -> Any:
    given = {"key": f"k-{task}-{deed}", "task": task, "deed": deed, "seen": "x",
             "made_at": clock.now().isoformat()}  # fmt: skip
    return client_of(by).post("/street/send", {**given, **told})


def test_a_unit_is_not_told_by_the_phone_where_a_secret_citizen_is(city: City) -> None:
    """A refused deed is answered with the task as it stands: for who goes there, with its point."""
    order = city.signed(lon=121.43217, lat=31.18765, **SECRET)
    case = work.demanded(city, work.opened(city, order))
    for by in (city.head, city.handler):
        for deed in ("survey", "recheck", "plan"):
            said = json.dumps(sent(by, f"case:{case.number}", deed).json(), ensure_ascii=False)
            assert "121.43217" not in said and "31.18765" not in said
            assert city.inspector.id not in said, "who comes to look is not told"
    assert sent(city.inspector, f"case:{case.number}").json()["now"] is not None
    assert Case.objects.get(pk=case.pk).state == case.state


def test_a_stop_of_no_sensible_number_is_refused(city: City) -> None:
    from tests.supervision.test_visits import planned

    visit = planned(city)
    client = client_of(city.inspector)
    for stop in ("9" * 5000, "9" * 30, "x", ""):
        answer = client.post(f"/visits/{visit.number}/do/log", {"stop": stop, "words": "见"})
        assert answer.status_code == 422, stop[:9]
        told = {"commitment": stop, "kept": "yes"}
        assert client.post(f"/visits/{visit.number}/do/settle", told).status_code == 422, stop[:9]
        assert sent(city.inspector, f"stop:{stop}", "log").status_code == 404, stop[:9]
    plan = client.post("/visits/plan", {"stop": "9" * 5000})
    assert plan.status_code == 422


def test_a_page_after_no_sensible_number_is_the_first(city: City) -> None:
    from suqiu.desk import queries
    from suqiu.orders.queries import visible_to

    order = city.signed()
    for after in ("9" * 5000, "9" * 30, "x"):
        page = queries.by_number(visible_to(city.leader), after)
        assert order in page.orders, after[:9]
