"""The description of the API: beside what each operation answers, which faults it may have."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic.json_schema import models_json_schema

from suqiu.api.answers import Problem

REF = "#/components/schemas/{model}"
_ALWAYS = {
    401: "No token, or one that opens nothing",
    403: "The token's scope, or the client's post, does not go so far",
    422: "A field or a rule says no; `errors` tells where",
    429: "Too often; `Retry-After` tells when to come again",
    500: "A fault of ours; nothing was done",
}
_NUMBERED = {404: "There is none, or it is not yours"}
_WRITING = {
    400: "What was sent cannot be read",
    409: "Not now: the order stands elsewhere",
    413: "Too large",
    415: "Another content type is wanted",
}
_GUARDED = {412: "It has changed since it was read"}
_VERSION = {"ETag": {"description": "The version", "schema": {"type": "string"}}}
_WRITTEN = {
    **_VERSION,
    "Idempotency-Replayed": {
        "description": "Given with the stored answer of an earlier request with this key",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


class DescribedAPI(NinjaAPI):
    """ninja's API; every fault of it is problem+json, which ninja has no way to say."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        _, made = models_json_schema([(Problem, "serialization")], ref_template=REF)
        schema["components"]["schemas"].update(made["$defs"])
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _tell_faults(path, method, operation)
        return schema


def _tell_faults(path: str, method: str, operation: dict[str, Any]) -> None:
    heads = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
    faults = {
        **_ALWAYS,
        **(_NUMBERED if "{number}" in path else {}),
        **(_WRITING if method == "post" else {}),
        **(_GUARDED if "If-Match" in heads else {}),
    }
    responses = operation["responses"]
    for status, response in responses.items():
        if int(status) < 300 and "Idempotency-Key" in heads:
            response["headers"] = _WRITTEN
        elif "If-None-Match" in heads:
            response["headers"] = _VERSION
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in sorted(faults.items()):
        responses[status] = {"description": words, "content": content}
