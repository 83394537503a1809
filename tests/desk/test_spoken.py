"""What is wrong with a form is said in the trade's words, beside the field, and nothing is lost."""

import pytest

from suqiu.accounts.models import Person
from suqiu.desk.spoken import is_telephone
from suqiu.orders.models import Order
from suqiu.supervision.cases.models import Case
from tests.city import City, actor_named
from tests.desk.test_pages import call, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("13900000009", True),
        ("021-5555 0101转203", True),
        ("+86 139 0000 0009", True),
        ("１３９００００００００９", True),
        ("12", False),
        ("139000", False),
        ("不肯留", False),
        ("1" * 21, False),
    ],
)
def test_what_may_be_a_telephone(given: str, right: bool) -> None:
    assert is_telephone(given) is right


def test_a_slip_in_the_number_is_told_while_the_caller_is_there(city: City) -> None:
    answer = client_of(city.call_taker).post("/register", call(phone="139"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "不像电话号码" in page
    assert "每晚六点起有七八辆推车" in page  # what was written is there
    assert not Order.objects.exists()
    assert client_of(city.call_taker).post("/register", call(phone="")).status_code == 302


def test_too_long_and_empty_are_told_in_words(city: City) -> None:
    page = (
        client_of(city.call_taker)
        .post("/register", call(title="题" * 201, content="", source=""))
        .content.decode()
    )
    assert "最多 200 字，现在 201 字" in page
    assert "这一项要填" in page and "选一项" in page
    assert "确保该变量" not in page and "这个字段" not in page


def test_why_a_call_was_not_accepted_is_said_once(city: City) -> None:
    client = client_of(city.call_taker)
    page = client.post("/register", call(do="accept"), follow=True).content.decode()
    assert "还没有受理：C" in page and "受理：受理" not in page


def test_an_account_that_cannot_be_opened_keeps_what_was_written(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    answer = client.post("/people/open", {"username": "xin1", "name": "新人", "email": "nomail"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "不是邮箱地址" in page and 'value="xin1"' in page
    taken = client.post("/people/open", {"username": "calltaker1", "name": "新人"})
    assert taken.status_code == 422 and "已有人用" in taken.content.decode()
    assert not Person.objects.filter(name="新人").exists()


def test_people_are_found_by_name_and_unit(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    page = client.get("/people", {"q": str(city.squad)}).content.decode()
    assert f"handler.{city.squad.code}" in page and "calltaker1" not in page
    name = Person.objects.get(username="calltaker1").name
    assert "calltaker1" in client.get("/people", {"q": name}).content.decode()
    assert "没有找到" in client.get("/people", {"q": "查无此人"}).content.decode()


def test_a_step_that_lacks_something_names_it_as_the_page_does(city: City) -> None:
    client = client_of(city.inspector)
    client.post("/cases/open", {"order": city.signed().number, "words": "群众反映强烈"})
    address = f"/cases/{Case.objects.get().number}"
    referer = {"Referer": f"http://testserver{address}"}
    sent = client.post(f"{address}/do/survey", {}, headers=referer, follow=True)
    page = sent.content.decode()
    assert "没有填全：现场情况（这一项要填）" in page
    assert "没有填全：words" not in page
