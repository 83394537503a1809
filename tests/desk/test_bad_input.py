"""The registration form of the telephone: whatever is sent, a clear word, and what was typed stays."""

from typing import Any

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.orders.models import Order
from tests.city import City
from tests.concurrency.threads import Together
from tests.desk.test_files import logged_in, upload
from tests.desk.test_pages import BACKEND, call
from tests.pictures import photo

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
TYPED = "这句话是刚写下的,不能丢"
FORM = "application/x-www-form-urlencoded"


def taker() -> Client:
    http = logged_in("calltaker1")
    http.raise_request_exception = False
    return http


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "油烟扰民\x00"},
        {"content": "油" * 4001},
        {"content": "\ufffd\ufffd油烟扰民每晚六点"},
        {"occurred_at": "99999999999999999999-01-01T00:00"},
        {"category": "9" * 400},
        {"street": "9" * 400},
        {"source": "\x00"},
        {"kind": "没有这种"},
        {"do": "fly"},
        {"phone": "1" * 5000},
    ],
    ids="-".join,
)
def test_what_cannot_be_is_told_and_the_rest_stays(city: City, changes: dict[str, Any]) -> None:
    answer = taker().post("/register", {**call(), "demand": TYPED, **changes})
    assert answer.status_code == 422, (answer.status_code, changes)
    assert TYPED in answer.content.decode() and not Order.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        ("content=" + "a" * 10_000_000, FORM, 413, "写得太长"),
        ("x", "multipart/form-data", 400, "没有传完整"),
        ("&".join(f"a{n}=1" for n in range(1500)), FORM, 400, "看不懂"),
        ('{"content": "x"}', "application/json", 422, "还没有登记"),
    ],
    ids=["ten megabytes", "no boundary", "1500 fields", "json"],
)
def test_what_is_no_form_is_told_so(
    city: City, body: str, kind: str, status: int, said: str
) -> None:
    answer = taker().generic("POST", "/register", body.encode(), content_type=kind)
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (status, True), page[:300]
    assert not Order.objects.exists()


def test_a_hostile_file_is_refused_and_the_words_stay(city: City) -> None:
    for data in (b"<html>", photo()[:3000], photo() + b"PK\x05\x06" + bytes(18)):
        told = {**call(), "demand": TYPED, "photos": [upload(data)]}
        answer = taker().post("/register", told)
        assert answer.status_code == 422 and TYPED in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_equal_forms_at_once_make_one_order(city: City) -> None:
    """One desk, one form, a hand that shakes: five clicks in each of twenty windows."""
    http = Client()
    http.force_login(Person.objects.get(username="calltaker1"), backend=BACKEND)
    cookies, told = http.cookies, {**call(), "idempotency_key": "hundred-1"}

    def tries() -> list[tuple[int, str]]:
        own = Client(raise_request_exception=False)
        own.cookies = cookies.copy() if hasattr(cookies, "copy") else cookies
        answers = [own.post("/register", told) for _ in range(5)]
        return [(a.status_code, a.get("Location", "")) for a in answers]

    answers = [one for some in Together(*[tries] * 20).finish() for one in some]
    assert len(answers) == 100 and len(set(answers)) == 1 and answers[0][0] == 302, set(answers)
    assert Order.objects.count() == 1
