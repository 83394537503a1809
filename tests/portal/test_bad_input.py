"""What citizens' browsers, and what is none, may send: a clear word, and what was written stays."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from suqiu.files.models import File
from suqiu.orders.models import Order
from tests.city import City
from tests.concurrency.threads import Together
from tests.pictures import photo
from tests.portal.test_portal import SAID, form, opening, submitted, upload

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
TYPED = "这句话是刚写下的,不能丢"


def send(city: City, **changes: Any) -> Any:
    http = Client(raise_request_exception=False)
    return http.post("/portal/", {**form(city, send="1"), "demand": TYPED, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"content": f"{SAID}\x00"},
        {"content": "油" * 2001},
        {"content": f"\ufffd\ufffd{SAID}"},
        {"occurred_at": "99999999999999999999-01-01T00:00"},
        {"occurred_at": "0001-01-01T00:00"},
        {"region": "9" * 400},
        {"street": "9" * 400},
        {"category": "9" * 400},
        {"like": "9" * 5000},
        {"phone": "1" * 5000},
        {"phone": "139\x000000"},
        {"kind": "\x00"},
        {"name": "王" * 400},
        {"sent": ""},
        {"sent": "a\x00b"},
        {"sent": "9" * 5000},
    ],
    ids="-".join,
)
def test_what_cannot_be_is_told_and_the_rest_stays(city: City, changes: dict[str, Any]) -> None:
    answer = send(city, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422, (answer.status_code, changes)
    assert 'role="alert"' in page and TYPED in page
    assert not Order.objects.exists()
    kept = re.search(r'name="sent" value="([^"]*)"', page)
    if "sent" in changes:  # a form that has lost its key gets another, so that it can be sent
        assert kept and uuid.UUID(kept[1])


def test_characters_that_nothing_can_carry_are_left_out(city: City) -> None:
    order, _code = submitted(city, content=f"{SAID}\x03\x0b\x7f\ufffe", address="青禾\x1f路128弄")
    assert order.content == SAID and order.address == "青禾路128弄"


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        ("content=" + "a" * 10_000_000, "application/x-www-form-urlencoded", 413, "写得太长"),
        ("x", "multipart/form-data", 400, "没有传完整"),
        ("&".join(f"a{n}=1" for n in range(1500)), "application/x-www-form-urlencoded", 400, "看不懂"),
        ('{"content": "x"}', "application/json", 422, "请写一句"),
        ("content=x", "text/plain", 422, "请写一句"),
        ("", "application/x-www-form-urlencoded", 422, "请写一句"),
    ],
    ids=["ten megabytes", "no boundary", "1500 fields", "json", "text", "nothing"],
)  # fmt: skip
def test_what_is_no_form_is_told_so(
    city: City, body: str, kind: str, status: int, said: str
) -> None:
    http = Client(raise_request_exception=False)
    answer = http.generic("POST", "/portal/", body.encode(), content_type=kind)
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (status, True), page[:300]
    assert '<body class="public' in page and not Order.objects.exists()


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_another_encoding_is_not_taken_for_words(city: City, encoding: str) -> None:
    told = {**form(city, send="1", kind=""), "content": SAID.replace("摊", "攤")}
    try:
        body = urlencode(told, encoding=encoding, errors="replace").encode()
    except LookupError:
        pytest.fail(encoding)
    http = Client(raise_request_exception=False)
    kind = "application/x-www-form-urlencoded"
    answer = http.generic("POST", "/portal/", body, content_type=kind)
    assert answer.status_code == 422 and not Order.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg onload=alert(1)>",
        photo() + b"<script>alert(1)</script>",
        photo()[:3000],
        b"MZ" + bytes(300),
        b"\x89PNG\r\n\x1a\n" + bytes(300),
    ],
    ids=["svg", "script behind", "cut", "program", "no picture"],
)
def test_a_hostile_photo_is_refused_and_the_words_stay(city: City, data: bytes) -> None:
    answer = send(city, photos=[upload(data, "../../<b>.jpg")])
    page = answer.content.decode()
    assert answer.status_code == 422 and TYPED in page and 'id="error-photos"' in page
    assert not Order.objects.exists() and not File.objects.exists()


def test_who_asks_too_often_keeps_what_he_wrote_and_is_told_when(city: City) -> None:
    for n in range(5):
        submitted(city, content=f"{SAID}第{n}次")
    city.wait(minutes=20)
    again = send(city)
    page = again.content.decode()
    assert again.status_code == 429 and TYPED in page and "次数太多" in page
    assert 2000 < int(again["Retry-After"]) <= 2401  # forty minutes until the first leaves the hour
    city.wait(minutes=41)
    assert send(city).status_code == 200


@pytest.mark.parametrize("key", ["", "a\x00b", "9" * 5000])
def test_a_word_more_with_a_lost_key_can_be_sent_after_all(city: City, key: str) -> None:
    client = opening(*submitted(city))
    (number,) = Order.objects.values_list("number", flat=True)
    refused = client.post(f"/portal/mine/{number}/add", {"words": TYPED, "sent": key})
    page = refused.content.decode()
    kept = re.search(r'name="sent" value="([^"]*)"', page)
    assert refused.status_code == 422 and TYPED in page and kept
    again = client.post(f"/portal/mine/{number}/add", {"words": TYPED, "sent": kept[1]})
    assert again.status_code == 302


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_equal_forms_at_once_make_one_order_with_one_code(city: City) -> None:
    told = form(city, send="1")

    def tries() -> list[tuple[int, str]]:
        http = Client(raise_request_exception=False)
        pages = [http.post("/portal/", told) for _ in range(5)]
        found = [re.search(r'id="code">([\d ]+)<', page.content.decode()) for page in pages]
        return [(p.status_code, f[1] if f else "") for p, f in zip(pages, found, strict=True)]

    answers = [one for some in Together(*[tries] * 20).finish() for one in some]
    assert len(answers) == 100 and len(set(answers)) == 1 and answers[0][0] == 200, set(answers)
    assert Order.objects.filter(content=SAID).count() == 1
