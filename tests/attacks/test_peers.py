"""The classes of faults that hit the peers, each held by a test: docs/threats.md is the table.

Here are the tests that no other package had, and the one that the table names only what is there.
"""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as used
from django.test import Client
from django.urls import path

from suqiu.accounts.models import Person
from suqiu.accounts.queries import by_username
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.demo.city import PASSWORD
from suqiu.intake.actions import issue_code
from suqiu.orders.models import Order
from suqiu.policy.rules import read
from tests.api.machines import APPEAL, Machine
from tests.city import City
from tests.desk.test_pages import call, client_of
from tests.permissions.situations import cast
from tests.permissions.test_routes import _is_of_order, address, routes

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
ROOT = Path(__file__).parents[2]
RUNS = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'"
INJECTED = "x' OR 1=1); DROP TABLE orders_order; --"
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Doors of machines, guarded by a signature or a token instead of by a form's.
MACHINES = {"desk:receipts_sms"}


def logged_in(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def test_the_table_names_only_tests_that_are_there() -> None:
    told = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/threats.md").read_text("utf-8"))
    assert len(told) > 40
    wrong = []
    for file, name in told:
        tree = ast.parse((ROOT / file).read_text("utf-8")) if (ROOT / file).exists() else None
        names = (
            {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)} if tree else set()
        )
        if name not in names:
            wrong.append(f"{file}::{name}")
    assert wrong == []


# Faults tell nothing; sessions hold plain data


def _breaks(_request: Any) -> None:
    secret = "a-word-that-was-in-a-variable"
    raise RuntimeError(f"{secret} session {used.SECRET_KEY}")


urlpatterns = [path("breaks", _breaks), path("api/v1/breaks", _breaks)]


@pytest.mark.urls("tests.attacks.test_peers")
@pytest.mark.parametrize("door", ["/breaks", "/api/v1/breaks"])
def test_a_fault_tells_neither_session_nor_key_nor_variable(door: str) -> None:
    answer = Client(raise_request_exception=False).get(door)
    assert answer.status_code == 500
    said = answer.content.decode()
    for told in ("a-word-that-was", used.SECRET_KEY, "Traceback", "RuntimeError", "sessionid"):
        assert told not in said


def test_a_session_is_data_and_never_a_program() -> None:
    assert used.SESSION_SERIALIZER.endswith("JSONSerializer")
    with pytest.raises(Refused):
        read("id: !!python/object/apply:os.system ['id']\n", "x.yaml")


@pytest.mark.parametrize(
    "header",
    ["Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-WEBAUTH-USER"],
)
def test_no_header_says_who_comes(city: City, header: str) -> None:
    client = Client(REMOTE_USER="leader1")
    assert client.get("/queue", headers={header: "leader1"}).status_code == 302
    machine = Machine(source="12345")
    bare = machine.http.get("/api/v1/appeals", headers={header: "leader1"})
    assert bare.status_code == 401


# Logging in


def test_a_planted_session_gets_another_name_at_the_login(city: City) -> None:
    client = Client()
    client.get("/portal/")
    client.session["planted"] = "1"
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies[used.SESSION_COOKIE_NAME] = session.session_key
    client.post("/login", {"username": "dispatcher1", "password": PASSWORD})
    assert client.session.session_key != session.session_key
    assert not type(session)().exists(session.session_key or "")


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(city: City) -> None:
    answer = Client().post("/login", {"username": "dispatcher1", "password": PASSWORD})
    cookie = answer.cookies[used.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_no_door_tells_who_is_known_or_on_which_telephone(city: City) -> None:
    """Wrong password, no such account, closed account: one answer; and so at the public door."""
    person = by_username("calltaker1")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    said = [
        re.sub(r'value="[^"]*"', "", Client().post("/login", given).content.decode())
        for given in (
            {"username": "dispatcher1", "password": "no"},
            {"username": "nobody-here", "password": "no"},
            {"username": "calltaker1", "password": PASSWORD},
        )
    ]
    plain = [re.sub(r"nonce-?=?\S+", "", page) for page in said]
    assert plain[0] == plain[1] == plain[2]
    order = city.signed()
    issue_code(order, sent="0" * 32, by=city.call_taker)
    for number in (order.number, "SQ990101-0001"):
        page = Client().post("/portal/follow", {"number": number, "code": "00000000"})
        assert page.status_code == 422
        assert "0001" not in re.sub(r'value="[^"]*"|SQ\S+', "", page.content.decode())


# Forms and addresses


def test_every_form_asks_for_its_token(city: City) -> None:
    """From another site no page of staff or citizens can be made to do anything."""
    there = cast(city)
    wrong = []
    for name, pattern in sorted(routes().items()):
        if name in MACHINES:
            continue
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(there.people["leader"], backend=BACKEND)
        where = address(pattern, there, "own" if _is_of_order(pattern) else "")
        status = client.post(where, {"reason": "callback"}).status_code
        if status not in {403, 405}:
            wrong.append((name, status))
    assert wrong == []


def test_no_page_is_kept_framed_or_guessed(city: City) -> None:
    there = cast(city)
    for name, pattern in sorted(routes().items()):
        where = address(pattern, there, "own" if _is_of_order(pattern) else "")
        for role in ("dispatcher", "leader", "secadmin"):
            answer = logged_in(there.people[role]).get(where)
            if answer.status_code != 200:
                continue
            assert "no-store" in answer["Cache-Control"], name
            assert answer["X-Content-Type-Options"] == "nosniff", name
            policy = answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, name
            assert "unsafe" not in policy, name


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/x", "/\\evil.example", "javascript:alert(1)"],
)
def test_nothing_leads_to_another_site(city: City, elsewhere: str) -> None:
    given = {"username": "dispatcher1", "password": PASSWORD, "next": elsewhere}
    leads = [
        Client().post("/login", given),
        Client().post("/portal/look", {"what": "large", "next": elsewhere}),
        Client().post("/language", {"language": "en", "next": elsewhere}),
        client_of(city.handler).post(
            f"/orders/{city.dispatched().number}/sign", {"back": elsewhere}
        ),
        client_of(city.handler).post(
            f"/orders/{city.signed().number}/reveal",
            {"reason": "none"},
            headers={"Referer": f"http://testserver{elsewhere}"},
        ),
    ]
    for answer in leads:
        where = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", where), where


def test_another_host_is_refused() -> None:
    assert (
        Client(raise_request_exception=False)
        .get("/login", headers={"Host": "evil.example"})
        .status_code
        == 400
    )


def test_a_call_is_written_down_for_who_called_and_for_no_id(city: City) -> None:
    """The telephone's form has no field for a citizen that is known already."""
    known = city.signed().appellant
    assert known
    more = {
        k: str(known.pk) for k in ("appellant", "appellant_id", "customer_id", "citizen", "who")
    }
    more |= {"drafted_by": "person:1", "state": "closed", "number": "SQ000000-0001", "leader": "x"}
    answer = client_of(city.call_taker).post("/register", call(**more))
    assert answer.status_code == 302
    order = Order.objects.order_by("-pk").first()
    assert order and order.appellant_id != known.pk
    assert (order.state, order.drafted_by, order.leader) == ("registered", city.call_taker.id, "")
    body = {**APPEAL, "appellant": known.pk}
    assert Machine(source="12345").post("/appeals", body).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "by",
        "rate",
        "part",
        "reason",
        "region",
        "source",
        "line",
        "category",
        "unit",
        "urgency",
        "after",
    ],
)
def test_no_query_reaches_the_database_as_a_command(city: City, query: str) -> None:
    city.signed()
    for where in ("/figures", "/figures/orders"):
        answer = client_of(city.leader).get(where, {query: INJECTED})
        assert answer.status_code in {200, 404, 422}
        assert INJECTED not in answer.content.decode()
    machine = Machine("auditor", scopes=("read", "figures", "city"))
    for where in (
        "/figures?since=2026-01-01&until=2026-12-31&group=",
        "/appeals?source=",
        "/appeals?after=",
    ):
        assert machine.get(f"{where}{INJECTED}").status_code in {200, 422}
    assert Order.objects.exists()


# What was written is shown, and never run


def test_what_a_citizen_or_a_unit_wrote_never_runs(city: City) -> None:
    order = city.signed(
        title="<script>alert(1)</script>",
        content=RUNS + "占道经营,每晚如此,请来看看。",
        demand=RUNS,
        address="青禾路" + RUNS,
    )
    from suqiu.orders.actions import attach, dispose, waits

    attach.attach(order, words=RUNS, by=city.handler)
    dispose.contact(order, reached=False, way="电话", reason=RUNS[:90], by=city.handler)
    waits.ask_extension(order, days=3, reason=RUNS, by=city.handler)
    Person.objects.filter(pk=int(city.handler.id.removeprefix("person:"))).update(name=RUNS[:60])
    issued = issue_code(order, sent="1" * 32, by=city.call_taker)
    citizen = Client()
    citizen.post("/portal/follow", {"number": order.number, "code": issued})
    shown = [citizen.get(f"/portal/mine/{order.number}").content.decode()]
    asked: list[tuple[Actor, str]] = [
        (by, where)
        for by in (city.handler, city.dispatcher, city.leader, city.call_taker)
        for where in (
            f"/orders/{order.number}",
            f"/queue/preview/{order.number}",
            "/queue?view=open",
            "/search?q=script",
            f"/search?q={RUNS}",
            "/queue?view=waits",
            f"/orders/{order.number}/contact?back={RUNS}",
            "/register",
            "/leader",
        )
    ]
    asked += [(city.inspector, "/cases?order=" + RUNS), (city.leader, f"/nothing/{RUNS}")]
    for by, where in asked:
        client = client_of(by)
        client.raise_request_exception = False
        shown.append(client.get(where).content.decode())
    check = client_of(city.call_taker).post("/register/check", {"content": RUNS, "title": RUNS})
    shown.append(check.content.decode())
    assert any("&lt;script&gt;" in page for page in shown)
    for page in shown:
        for live in ("<script>alert(1)", "<img src=x", "49}"):
            assert live not in page
