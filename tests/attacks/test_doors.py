"""The doors: passwords and who tries them, sessions that outlive their right, what a form may hold."""

from collections.abc import Iterator

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from suqiu.accounts import actions
from suqiu.accounts.grants import CENTRE_ROLES
from suqiu.accounts.models import Person
from suqiu.accounts.queries import by_username
from suqiu.base.actors import system
from suqiu.base.errors import Invalid
from suqiu.demo.city import PASSWORD
from suqiu.files.models import File
from suqiu.intake.actions import issue_code
from suqiu.notifications.jobs import follow
from suqiu.organisations.models import Unit
from tests.city import City
from tests.desk.test_pages import client_of
from tests.pictures import photo

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("demo")
NEW = "kettle-orchard-19-moon"
SENT = "0123456789abcdef" * 2


def test_no_password_is_kept_beside_a_wrong_try(city: City) -> None:
    """The page for a password of one's own: the old one mistyped, the new one typed twice."""
    client = client_of(city.handler)
    given = {"old": "an-old-secret-of-mine", "new": NEW, "again": NEW}
    assert client.post("/account/password", given).status_code == 422
    login = {"username": "dispatcher1", "password": "another-secret-of-mine"}
    assert client.post("/login?next=/account", login).status_code == 422
    kept = "\n".join(
        f"{row.get_data} {row.post_data} {row.username} {row.path_info}"
        for row in AccessAttempt.objects.all()
    )
    assert AccessAttempt.objects.count() == 2
    for secret in (NEW, "an-old-secret-of-mine", "another-secret-of-mine"):
        assert secret not in kept


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "User-Agent"])
def test_no_header_opens_a_locked_login(city: City, header: str) -> None:
    client = Client()
    for n in range(5):
        client.post(
            "/login", {"username": "dispatcher1", "password": "no"}, headers={header: f"10.1.2.{n}"}
        )
    answer = client.post(
        "/login", {"username": "dispatcher1", "password": PASSWORD}, headers={header: "10.9.9.9"}
    )
    assert answer.status_code == 429


def test_one_network_of_ipv6_is_one_caller(city: City) -> None:
    """A home has more addresses than there are tries in the world."""
    for n in range(5):
        Client(REMOTE_ADDR=f"2001:db8:1:2::{n + 1:x}").post(
            "/login", {"username": "dispatcher1", "password": "no"}
        )
    again = {"username": "dispatcher1", "password": PASSWORD}
    assert Client(REMOTE_ADDR="2001:db8:1:2:ffff::9").post("/login", again).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:2::9").post("/login", again).status_code == 302


@pytest.fixture
def held() -> Iterator[None]:
    """Somebody else's try for dispatcher1 is under way, on a connection of its own."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('login:dispatcher1', 0))")
        yield
    other.close()


def test_tries_at_the_same_moment_are_not_looked_at(city: City, held: None) -> None:
    """What is counted only afterwards would let a hundred at once pass a lock of five."""
    given = {"username": "Dispatcher1", "password": PASSWORD}
    answer = Client().post("/login", given)
    assert answer.status_code == 403 or "请再试一次" in answer.content.decode()
    assert not AccessAttempt.objects.exists()
    assert Client().post("/login", {**given, "username": "calltaker1"}).status_code == 302


@pytest.mark.parametrize(
    "given",
    [
        {"username": "a\x00b", "password": "x"},
        {"username": "dispatcher1", "password": "x\x00"},
        {"username": "a" * 5000, "password": "x"},
        {"username": "dispatcher1", "password": "x" * 100_000},
    ],
    ids=["nul in login", "nul in password", "long login", "long password"],
)
def test_a_login_that_cannot_be_one_is_a_wrong_one(city: City, given: dict[str, str]) -> None:
    assert Client().post("/login", given).status_code == 422


def test_a_closed_account_comes_back_without_its_old_sessions(city: City) -> None:
    client = client_of(city.handler)
    person = Person.objects.get(pk=int(city.handler.id.removeprefix("person:")))
    assert client.get("/queue").status_code == 200
    actions.set_active(person, False, by=BY)
    assert client.get("/queue").status_code == 302
    actions.set_active(person, True, by=BY)
    assert client.get("/queue").status_code == 302


def test_a_post_that_ended_is_gone_from_a_session_that_goes_on(city: City) -> None:
    order = city.signed()
    client = client_of(city.handler)
    assert client.get(f"/orders/{order.number}").status_code == 200
    person = Person.objects.get(pk=int(city.handler.id.removeprefix("person:")))
    for post in person.postings.filter(until=None):
        actions.end_post(post, by=BY)
    assert client.get(f"/orders/{order.number}").status_code == 404
    assert client.post(f"/orders/{order.number}/contact", {"way": "电话"}).status_code == 404
    assert client.get("/queue").status_code == 403


def test_a_new_query_code_closes_what_the_old_one_opened(city: City) -> None:
    order = city.signed()
    code = issue_code(order, sent=SENT, by=BY)
    thief = Client()
    thief.post("/portal/follow", {"number": order.number, "code": code})
    mine = f"/portal/mine/{order.number}"
    assert thief.get(mine).status_code == 200
    other = issue_code(order, sent=SENT[::-1], by=city.call_taker)
    assert thief.get(mine).status_code == 302
    owner = Client()
    owner.post("/portal/follow", {"number": order.number, "code": other})
    assert owner.get(mine).status_code == 200


def test_whose_post_never_does_it_can_leave_nothing_there(city: City) -> None:
    """The button is not shown; sent all the same, neither the upload nor the words are kept."""
    order = city.signed()
    client, before = client_of(city.hub), File.objects.count()
    from django.core.files.uploadedfile import SimpleUploadedFile

    for given in ({}, {"result": "solved", "fact": "true", "words": "到场处理完毕,已劝离。"}):
        upload = SimpleUploadedFile("a.jpg", photo(), content_type="image/jpeg")
        answer = client.post(f"/orders/{order.number}/dispose", {**given, "after": upload})
        assert answer.status_code == 403
    assert File.objects.count() == before


def test_who_keeps_the_machine_running_sees_no_numbers_by_a_second_post(city: City) -> None:
    """An administrator who works in a unit as well: the log shows him his unit's orders only."""
    from suqiu.accounts.queries import actor_for

    mine, foreign = city.dispatched(), city.registered()
    from suqiu.orders.actions import accept, dispatch

    foreign = accept.accept(foreign, by=city.call_taker)
    foreign = dispatch.dispatch(foreign, to=city.other_squad, by=city.dispatcher)
    from suqiu.audit.jobs import seal

    seal()
    follow()
    person = by_username("sysadmin")
    actions.give_post(person, unit=city.squad, role="handler", by=BY)
    page = client_of(actor_for(person)).get("/messages/log").content.decode()
    assert mine.number in page
    assert foreign.number not in page


@pytest.mark.parametrize("length", ["-1", "²", "a", "99999999999999999999999"])
def test_a_receipt_of_no_sensible_length_is_refused(city: City, length: str) -> None:
    answer = Client().generic("POST", "/receipts/sms", b"", headers={"Content-Length": length})
    assert answer.status_code == 413


def test_browsers_are_told_to_come_by_tls_only(settings: LazySettings) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    assert "max-age" in Client().get("/login", secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in Client().get("/login")


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_no_post_of_the_centre_is_given_in_a_unit(city: City, role: str) -> None:
    """One wrong line of a list, and a squad's clerk would read the whole city."""
    person = Person.objects.create(username="new", name="试", password="!")
    with pytest.raises(Invalid) as refused:
        actions.give_post(person, unit=city.squad, role=role, by=BY)
    assert refused.value.code == "accounts.unit"
    section = Unit.objects.filter(kind="section").order_by("code")[0]
    assert actions.give_post(person, unit=section, role=role, by=BY).unit == section
