"""What watchers ask, and what the log tells of a request."""

import datetime as dt
import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

from suqiu.audit import jobs, journal
from suqiu.audit.models import Beat
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.logs import configured, is_request_id
from suqiu.desk.views import probes
from tests.city import City

PHONE, IDENTITY = "13912345678", "310101199001011234"


def ready(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["parts"]


def test_a_living_process_answers_without_its_database() -> None:
    # No database mark: a query would raise.
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.fixture
def at_work(db: None) -> None:
    jobs.seal()
    jobs.beat("seal", 0.2)
    jobs.beat("archive", 3600)


def test_it_is_ready_when_all_parts_are(client: Client, at_work: None) -> None:
    assert ready(client) == (200, dict.fromkeys(probes.PARTS, "ok"))


def test_no_worker_ever_and_a_silent_one_are_named(client: Client, db: None) -> None:
    Beat.objects.all().delete()
    status, parts = ready(client)
    assert (status, parts["worker"]) == (503, "no job has run yet")
    jobs.beat("seal", 0.2)
    jobs.beat("archive", 3600)
    clock.shift(dt.timedelta(minutes=2))
    status, parts = ready(client)
    assert (status, parts["worker"]) == (503, "silent: seal")
    jobs.forget_beats_but(["archive"])
    assert ready(client)[1]["worker"] == "ok"


def test_a_lagging_seal_is_named(client: Client, at_work: None) -> None:
    with transaction.atomic():
        journal.append("tried", "tried", by=system("seal"))
    clock.shift(dt.timedelta(seconds=95))
    status, parts = ready(client)
    assert status == 503 and parts["seal"].endswith("s behind")
    assert parts["database"] == parts["migrations"] == "ok"


def test_waiting_migrations_are_counted(
    client: Client, at_work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "_applied", [])
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'audit' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'audit')"
        )
    status, parts = ready(client)
    assert (status, parts["migrations"]) == (503, "1 to apply")


def test_a_lost_database_is_told_without_its_secrets(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> str:
        raise OperationalError("connection to 10.1.2.3 as suqiu with password hunter2 failed")

    monkeypatch.setitem(probes.PARTS, "database", lost)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "OperationalError"
    assert "hunter2" not in answer.text and "10.1.2.3" not in answer.text


# -- the log


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What production writes: filled when the test asks by `read(lines)`."""
    stream = io.StringIO()
    made = configured(as_json=True, level="INFO", stream=stream)
    handler = logging.StreamHandler(stream)
    configurator = logging.config.DictConfigurator(made)
    handler.setFormatter(configurator.configure_formatter(made["formatters"]["lines"]))
    ours, root = logging.getLogger("suqiu"), logging.getLogger()
    level = ours.level
    root.addHandler(handler)
    ours.setLevel("INFO")
    found: list[dict[str, Any]] = _Lines(stream)
    yield found
    root.removeHandler(handler)
    ours.setLevel(level)


class _Lines(list[dict[str, Any]]):
    def __init__(self, stream: io.StringIO) -> None:
        super().__init__()
        self.stream = stream

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_route(lines: Any, client: Client, city: City) -> None:
    answer = client.get("/login?next=/orders/1", headers={"X-Request-ID": "edge-2026.11_a1"})
    assert answer["X-Request-ID"] == "edge-2026.11_a1"
    (line,) = lines.read()
    assert line["route"] == "desk:login" and line["status"] == 200 and line["ms"] > 0
    assert line["request_id"] == "edge-2026.11_a1" and line["method"] == "GET"
    assert line["level"] == "info" and line["logger"] == "suqiu.request"
    assert "next" not in lines.stream.getvalue()


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 65, "two words", "new\nline", '"quoted"...', PHONE, "诉求诉求诉求诉求"],
)
def test_an_id_that_is_none_is_replaced(given: str, client: Client) -> None:
    assert not is_request_id(given)
    if "\n" not in given and given.isascii():
        answer = client.get("/healthz", headers={"X-Request-ID": given})
        assert answer["X-Request-ID"] != given and is_request_id(answer["X-Request-ID"])


def test_who_is_looked_for_does_not_reach_the_log(
    lines: Any, client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    client.get(f"/search/{PHONE}/王小明")
    client.get(f"/orders/{PHONE}?q={IDENTITY}&name=王小明")
    client.get("/login", headers={"Host": f"{PHONE}.example", "User-Agent": PHONE})
    client.post("/login", {"username": PHONE, "password": f"王小明{IDENTITY}"})

    def breaks(*_: object, **__: object) -> None:
        try:
            raise IntegrityError(f"Key (phone)=({PHONE}) already exists: 王小明")
        except IntegrityError as error:
            raise ValueError(f"王小明 {PHONE} {IDENTITY}") from error

    monkeypatch.setattr("suqiu.desk.views.login.render", breaks)
    answer = Client(raise_request_exception=False).get(f"/login?next={PHONE}")
    assert answer.status_code == 500
    logging.getLogger("suqiu.tried").warning("told %s", PHONE)
    logging.getLogger("elsewhere").error("no mail to %s", "王小明")
    said = lines.stream.getvalue()
    assert len(lines.read()) >= 6
    for secret in (PHONE, IDENTITY, "王小明"):
        assert secret not in said
    (failed,) = (line for line in lines.read() if line.get("error") == "ValueError")
    assert failed["error"] == "ValueError" and failed["because"] == "IntegrityError"
    assert any("breaks" in frame for frame in failed["at"]) and failed["request_id"]


def test_a_nonsensical_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setenv("SUQIU_LOG_FORMAT", "xml")
    spec = importlib.util.find_spec("suqiu.config.settings")
    assert spec and spec.loader
    with pytest.raises(ImproperlyConfigured, match="json or console"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
