"""What no view answers has a page of the house too, and what was written outlives a lost login."""

import pytest
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path

from suqiu.accounts.models import Person
from suqiu.config import urls
from suqiu.desk.views import faults
from tests.city import City
from tests.desk.test_pages import BACKEND, call, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def breaks(request: object) -> None:
    raise ZeroDivisionError("words of a citizen")


handler500 = urls.handler500
urlpatterns = [path("breaks", breaks), path("portal/breaks", breaks), *urls.urlpatterns]


@pytest.mark.parametrize(
    ("address", "look"), [("/nonsense", "desk"), ("/portal/nonsense", "public")]
)
def test_an_unknown_address_has_a_page_of_the_house(city: City, address: str, look: str) -> None:
    answer = Client().get(address)
    page = answer.content.decode()
    assert (answer.status_code, f'<body class="{look}' in page) == (404, True)
    assert "没有这一页" in page and "requested resource" not in page
    assert (
        "No such page" in Client().get(address, headers={"Accept-Language": "en"}).content.decode()
    )


@pytest.mark.parametrize(("address", "look"), [("/register", "desk"), ("/portal/follow", "public")])
def test_a_form_without_its_token_says_that_nothing_was_lost(
    city: City, address: str, look: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(username="calltaker1"), backend=BACKEND)
    answer = client.post(address, call())
    page = answer.content.decode()
    assert (answer.status_code, f'<body class="{look}' in page) == (403, True)
    assert "返回" in page and "CSRF" not in page
    if look == "desk":
        assert "data-keeps-drafts" in page  # desk.js keeps the draft of what was sent


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("address", "home"), [("/breaks", "/"), ("/portal/breaks", "/portal/")])
def test_a_fault_of_ours_is_told_with_its_number_and_nothing_else(
    city: City, address: str, home: str
) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get(address, headers={"X-Request-ID": "edge-2026.11_a1"})
    page = answer.content.decode()
    assert (answer.status_code, "edge-2026.11_a1" in page) == (500, True)
    assert f'href="{home}"' in page
    assert "words of a citizen" not in page and "ZeroDivision" not in page


def test_the_page_of_a_fault_needs_nothing_that_may_be_broken(
    django_assert_num_queries: object,
) -> None:
    request = RequestFactory().get("/queue")  # no user, no session, no messages
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert faults.broken(request).status_code == 500


def test_whose_login_ran_out_comes_back_to_where_he_was(city: City) -> None:
    client = client_of(city.dispatcher)
    client.logout()
    sent = client.post(
        "/queue/dispatch", headers={"Referer": "http://testserver/queue?view=dispatch"}
    )
    assert (sent.status_code, sent["Location"]) == (302, "/login?next=/queue%3Fview%3Ddispatch")
    assert "登录已过期" in client.get(sent["Location"]).content.decode()
    far = client.post("/queue/dispatch", headers={"Referer": "https://elsewhere.example/x"})
    assert far["Location"] == "/login?next=/"
    assert client.get("/queue?view=open")["Location"] == "/login?next=/queue%3Fview%3Dopen"


def test_a_part_of_a_page_never_holds_the_login(city: City) -> None:
    answer = Client().post("/register/check", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert "data-signed-out hidden" in client_of(city.call_taker).get("/register").content.decode()
