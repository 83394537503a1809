"""Every answer that a test gets is held against the description: its status, type and shape."""

import functools
import json
import re
from typing import Any

import jsonschema_rs

from suqiu.api.urls import api


@functools.cache
def _description() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return told


@functools.cache
def _operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    return [
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for path, methods in _description()["paths"].items()
        for method, operation in methods.items()
    ]


@functools.cache
def _validator(text: str) -> Any:
    schema = {**json.loads(text), "components": _description()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def hold(method: str, path: str, answer: Any) -> None:
    """Fails where the answer is none that the description of this operation has."""
    bare = path.partition("?")[0]
    found = next((o for m, p, o in _operations() if m == method and p.fullmatch(bare)), None)
    if bare == "/api/v1/openapi.json":
        return
    if found is None:
        assert answer.status_code in {404, 405, 413}, (method, bare, answer.status_code)
        return
    told = found["responses"].get(str(answer.status_code))
    assert told is not None, (method, bare, answer.status_code, answer.content)
    if answer.status_code == 304:
        return
    kind = answer["Content-Type"].partition(";")[0]
    assert kind in told["content"], (method, bare, kind)
    if kind.endswith("json"):
        schema = json.dumps(told["content"][kind]["schema"], sort_keys=True)
        wrong = [
            (list(e.instance_path), e.message)
            for e in _validator(schema).iter_errors(json.loads(answer.content))
        ]
        assert not wrong, (method, bare, wrong)
