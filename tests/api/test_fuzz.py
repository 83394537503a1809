"""Schemathesis sends each operation what the description allows and forbids: no fault, ever.

The whole WSGI application with its middleware, and the real database. Bounded: a dozen of each.
"""

import itertools
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suqiu.config.wsgi import application
from tests.api.machines import Machine
from tests.city import City

AS_DESCRIBED = (
    response_schema_conformance,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
)
described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
described.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


_keys = itertools.count()


@pytest.fixture(autouse=True)
def _kept_open() -> Iterator[None]:
    """The application ends a request by closing old connections; here the test's own must stay."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def callers(city: City) -> list[Machine]:
    return [
        Machine(
            "dispatcher", scopes=("intake", "read", "verbs", "files", "reveal", "figures", "city")
        ),
        Machine("handler", city.squad),
        Machine("callback_officer", scopes=("read", "verbs", "figures", "city")),
    ]


@pytest.fixture
def numbers(city: City) -> list[str]:
    made = (
        city.draft,
        city.registered,
        city.accepted,
        city.signed,
        city.disposed,
        city.in_callback,
    )
    return [make().number for make in made]


@described.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_a_fault(
    case: schemathesis.Case, callers: list[Machine], numbers: list[str]
) -> None:
    turn = len(repr(case.body)) + len(repr(case.query))  # the same case, the same caller and order
    if turn % 4 and "number" in (case.path_parameters or {}):
        case.path_parameters["number"] = numbers[turn % len(numbers)]
    if turn % 8 and "Idempotency-Key" in (case.headers or {}):
        # Made-up versions and keys used before would end nearly all of them at the door.
        case.headers["Idempotency-Key"] = f"fuzz-{next(_keys)}"
        case.headers.pop("If-Match", None)
    token = callers[turn % len(callers)].token
    answer = case.call(headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code < 500, (answer.status_code, answer.content)
    case.validate_response(answer, checks=[*AS_DESCRIBED])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"], answer.headers
        assert {"status", "code", "detail"} <= set(answer.json())
