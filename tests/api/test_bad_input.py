"""What comes in wrong gets a clear problem, never a fault, and leaves nothing behind."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test import Client, RequestFactory

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.config.wsgi import application
from suqiu.demo import city as demo_city
from suqiu.intake.models import Receipt
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from tests.api.machines import APPEAL, Machine
from tests.city import DISTRICT, MONDAY, OTHER, City

pytestmark = [pytest.mark.filterwarnings("ignore")]


def raw(machine: Machine, body: bytes, kind: str = "application/json", **headers: str) -> Any:
    heads = {"Authorization": f"Bearer {machine.token}", "Idempotency-Key": "k", **headers}
    return machine.http.generic("POST", "/api/v1/appeals", body, content_type=kind, headers=heads)


def mine(machine: Machine) -> int:
    return visible_to(system("test")).filter(drafted_by=machine.row.actor_id).count()


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["code"] == code and told["status"] == status and told["detail"]
    return told


@pytest.fixture
def machine(city: City) -> Machine:
    return Machine(source="12345")


@pytest.mark.parametrize("letter", ["\x00", "\x03", "\x7f", "\ufffe", "\x0b"])
def test_a_control_character_is_named_with_its_place(machine: Machine, letter: str) -> None:
    for field in ("content", "title", "source_no", "address"):
        told = is_problem(
            machine.post("/appeals", {**APPEAL, field: f"油烟{letter}大"}), 422, "api.field"
        )
        assert told["errors"][0]["field"] == field
        assert f"U+{ord(letter):04X} at 2" in told["errors"][0]["message"]
    assert not mine(machine)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"content": "\\ud800"}', 422, "api.field"),
        (b'{"\\ud800": "x"}', 422, "api.field"),
        (b'{"citizen": {"name": "\\udfff"}, "content": "x"}', 422, "api.field"),
        ('{"content": "油烟"}'.encode("gb18030"), 400, "api.json"),
        ('{"content": "油烟"}'.encode("utf-16"), 400, "api.json"),
        (b'\xef\xbb\xbf{"content": "x"}', 400, "api.json"),
        (b"{", 400, "api.json"),
        (b"[]", 400, "api.json"),
        (b"null", 400, "api.json"),
        (b'{"content": "a", "content": "b"}', 400, "api.json"),
        (b'{"content": NaN}', 400, "api.json"),
        (b'{"content": 1e999}', 422, "api.field"),
        (b'{"content": ' + b"9" * 5000 + b"}", 400, "api.json"),
        (b'{"content": ' + b"[" * 100_000 + b"}", 400, "api.json"),
        (b'{"content": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001, 400, "api.json"),
        (b"", 422, "api.field"),
        (b'{"content": "x", "state": "closed"}', 422, "api.field"),
        (b'{"content": "x", "citizen": {"name": "x", "id": 3}}', 422, "api.field"),
        (b'{"content": "' + b"a" * 4001 + b'"}', 422, "api.field"),
        (b'{"content": "   "}', 422, "api.field"),
        (b'{"content": "x", "occurred_at": "0001-01-01T00:00:00+14:00"}', 422, "api.field"),
        (b'{"content": "x", "occurred_at": "9999-12-31T23:59:59-12:00"}', 422, "api.field"),
        (b'{"content": "x", "occurred_at": "2026-09-13T20:00:00"}', 422, "api.field"),
        (b'{"content": "x", "occurred_at": 1e308}', 422, "api.field"),
        (b'{"content": "x", "category": "nope"}', 422, "api.unknown"),
        (b'{"content": "x", "source": "12319"}', 422, "api.unknown"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_told_what_is_wrong(
    machine: Machine, body: bytes, status: int, code: str
) -> None:
    is_problem(raw(machine, body), status, code)
    assert not mine(machine) and not Receipt.objects.filter(client=machine.row.actor_id).exists()


def test_ten_megabytes_are_not_read(machine: Machine) -> None:
    is_problem(raw(machine, b'{"content": "' + b"a" * 10_000_000 + b'"}'), 413, "api.large")
    answer = machine.http.generic("POST", "/api/v1/appeals", b"{}", CONTENT_LENGTH="x")
    is_problem(answer, 413, "api.large")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "",
        "application/json; charset=gb2312",
    ],
)
def test_only_json_is_read(machine: Machine, kind: str) -> None:
    is_problem(raw(machine, b'{"content": "x"}', kind), 415, "api.type")


@pytest.mark.parametrize("field", ["category", "region", "street"])
def test_an_empty_code_names_nothing(city: City, field: str) -> None:
    number = city.registered().number
    desk = Machine("dispatcher", scopes=("verbs", "city"))
    is_problem(desk.post(f"/orders/{number}/correct", {field: ""}), 422, "api.unknown")


def test_a_wrong_value_is_not_repeated(machine: Machine) -> None:
    secret = "13900000001" * 30
    told = machine.post("/appeals", {**APPEAL, "citizen": {"name": "王试", "phone": secret}})
    assert told.status_code == 422 and "139000" not in told.content.decode()


def test_unknown_addresses_and_methods_are_problems(machine: Machine) -> None:
    for path in (
        "/nothing",
        "/orders/SQ260914-0001/fly",
        "/orders/SQ260914-0001/recompute",
        "/appeals/",
    ):
        is_problem(machine.get(path), 404, "api.missing")
    for method in ("put", "delete", "patch", "head", "options"):
        answer = machine.ask(method, "/appeals")
        assert answer.status_code == 405 and set(answer["Allow"].split(", ")) == {"GET", "POST"}, (
            method
        )
        if method != "head":
            is_problem(answer, 405, "api.method")
    is_problem(machine.http.get("/api/v2/appeals"), 404, "api.missing")


@pytest.mark.parametrize(
    "number", ["SQ0", "%00", "%ff%fe", "a" * 300, "诉求", "1%27 OR 1=1", "..%2f..", "%0d%0a"]
)
def test_no_number_is_no_order(machine: Machine, number: str) -> None:
    answer = machine.get(f"/appeals/{number}")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query",
    [
        "state=flying", "limit=0", "limit=1e9", "limit=" + "9" * 400, "after=%00", "after=nope",
        "since=0001-01-01", "until=9999-12-31", "since=x", "nonsense=1", "category=%03", "open=maybe",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named(machine: Machine, query: str) -> None:
    answer = machine.get(f"/appeals?{query}")
    assert answer.status_code == 422, answer.content
    assert json.loads(answer.content)["code"] in {"api.field", "api.unknown"}


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 101, "键"])
def test_a_key_is_of_plain_letters(machine: Machine, key: str) -> None:
    heads = {"Authorization": f"Bearer {machine.token}", "Idempotency-Key": key}
    answer = machine.http.post(
        "/api/v1/appeals", APPEAL, content_type="application/json", headers=heads
    )
    is_problem(answer, 422, "api.field")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer \x7f", "bearer x y", "Token a"]
)
def test_without_a_token_nothing_opens(machine: Machine, given: str) -> None:
    for path in ("/appeals", "/categories", "/figures", "/appeals/SQ1"):
        answer = machine.http.get(f"/api/v1{path}", headers={"Authorization": given})
        is_problem(answer, 401, "api.token")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_guessing_at_a_token_ends_whatever_the_port(machine: Machine) -> None:
    wrong = machine.token[:-3] + "AAA"
    statuses = [
        machine.http.get(
            "/api/v1/sources",
            headers={"Authorization": f"Bearer {wrong}"},
            REMOTE_ADDR=f"10.0.0.9:{port}",
        ).status_code
        for port in range(40_000, 40_012)
    ]
    assert statuses == [401] * 10 + [429] * 2
    assert machine.get("/sources").status_code == 200  # another address, the right token


def test_a_forged_forwarding_header_opens_no_new_measure(machine: Machine) -> None:
    wrong = machine.token[:-3] + "AAA"

    def tried(turn: int) -> Any:
        heads = {"Authorization": f"Bearer {wrong}", "X-Forwarded-For": f"203.0.{turn}.9"}
        return machine.http.get("/api/v1/sources", headers=heads)

    last = [tried(turn) for turn in range(11)][-1]
    told = is_problem(last, 429, "api.throttled")
    assert 1 <= int(last["Retry-After"]) <= 60 and told["retry_after"] == int(last["Retry-After"])


def test_a_client_is_held_to_its_measure_and_told_of_it(machine: Machine) -> None:
    assert "RateLimit" not in machine.get("/sources")  # without a measure nothing is counted
    machine.row.per_minute = 3
    machine.row.save(update_fields=["per_minute"])
    answers = [machine.get("/sources"), machine.get("/figures"), machine.post("/appeals", APPEAL)]
    assert [a.status_code for a in answers] == [200, 422, 201]  # what is refused counts too
    assert [a["RateLimit"].split(";")[1] for a in answers] == ["r=2", "r=1", "r=0"]
    assert {a["RateLimit-Policy"] for a in answers} == {'"client";q=3;w=60'}
    over = machine.post("/appeals", {**APPEAL, "demand": "别的"})
    is_problem(over, 429, "api.throttled")
    assert over["Retry-After"] and over["RateLimit"].startswith('"client";r=0;t=')
    assert mine(machine) == 1
    clock.set_to(clock.now() + dt.timedelta(seconds=61))
    assert machine.get("/sources").status_code == 200


def test_a_staff_session_is_no_token(city: City) -> None:
    from tests.desk.test_pages import client_of

    is_problem(client_of(city.dispatcher).get("/api/v1/appeals"), 401, "api.token")


@pytest.mark.slow
def test_a_hundred_equal_requests_at_once_make_one_order(bare_database: None) -> None:
    """Real threads, real connections: one order, one receipt, one answer."""
    if not Unit.objects.exists():  # a test with real transactions ends by emptying the tables
        clock.set_to(MONDAY)
        demo_city.lay([DISTRICT, OTHER])
        clock.set_to(None)
    machine = Machine(scopes=("intake", "city"))
    told = {**APPEAL, "source": "12345", "source_no": "HUNDRED-1"}
    answers: list[tuple[int, bytes]] = []
    start = threading.Barrier(20)

    def send() -> None:
        http = Client(raise_request_exception=False)
        heads = {"Authorization": f"Bearer {machine.token}", "Idempotency-Key": "hundred"}
        start.wait(30)
        try:
            for _ in range(5):
                answer = http.post(
                    "/api/v1/appeals", told, content_type="application/json", headers=heads
                )
                answers.append((answer.status_code, answer.content))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert len(answers) == 100 and len(set(answers)) == 1 and answers[0][0] == 201, set(answers)
    assert visible_to(system("test")).filter(source_no="HUNDRED-1").count() == 1
    assert Receipt.objects.filter(client=machine.row.actor_id).count() == 1


class _Cut:
    """A caller who goes away in the middle of his body."""

    def read(self, *_size: int) -> bytes:
        raise OSError("connection reset")

    readline = read


def test_a_body_that_breaks_off_is_a_problem_and_leaves_nothing(machine: Machine) -> None:
    said: list[Any] = []
    environ = {
        **RequestFactory()._base_environ(), "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/appeals",
        "HTTP_AUTHORIZATION": f"Bearer {machine.token}", "HTTP_IDEMPOTENCY_KEY": "cut",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "500", "wsgi.input": _Cut(),
    }  # fmt: skip
    ends = (request_started, request_finished)
    for signal in ends:  # the test's own connection must stay
        signal.disconnect(close_old_connections)
    try:
        body = b"".join(application(environ, lambda status, heads: said.append((status, heads))))
    finally:
        for signal in ends:
            signal.connect(close_old_connections)
    status, heads = said[0]
    assert status.startswith("400") and json.loads(body)["code"] == "api.request"
    assert dict(heads)["Content-Type"] == "application/problem+json"
    assert not mine(machine) and not Receipt.objects.exists()
