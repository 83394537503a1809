"""Every fault of the API as problem+json (RFC 9457), whoever found it."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import AuthenticationError, HttpError, ValidationError

from suqiu.base.errors import Refused

# What the tree of refusals has no status for, since only HTTP knows of it.
STATUS = {
    "api.token": 401,
    "api.stale": 412,
    "api.large": 413,
    "api.type": 415,
    "api.throttled": 429,
}
MOST_ERRORS = 20


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    data: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`code` is stable (docs/errors.md), `detail` is for people, `data` says what and where."""
    body = {
        **{k: v for k, v in (data or {}).items() if k not in {"type", "title", "status"}},
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    # ASCII only: what was wrongly encoded may be told without breaking the answer.
    return HttpResponse(
        json.dumps(body, default=str),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def of_refusal(_request: HttpRequest, error: Refused) -> HttpResponse:
    status = STATUS.get(error.code, error.status)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if (seconds := error.data.get("retry_after")) is not None:
        headers["Retry-After"] = str(seconds)
    return problem(status, error.code, error.message, data=_told(error), headers=headers)


def _told(error: Refused) -> dict[str, Any]:
    """A refusal's data; its findings as objects."""
    data = dict(error.data)
    if found := data.pop("findings", None):
        data["errors"] = [
            {"where": "body", "field": str(f[0]), "rule": str(f[1]), "message": str(f[2])}
            for f in found
        ]
    return data


def of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja's own: a body that it could not read tells by its cause what was wrong."""
    if isinstance(error.__cause__, Refused):
        return of_refusal(request, error.__cause__)
    if isinstance(error, AuthenticationError):
        said = _("请在 Authorization 头给出 Bearer 令牌")
        return of_refusal(request, Refused("api.token", said))
    return problem(error.status_code, "api.json", str(error))


def of_validation(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not fit the shape: where and why. Never the value: it may be an identity."""
    found = []
    for one in error.errors[:MOST_ERRORS]:
        where, *path = (str(part) for part in one["loc"])
        # A parameter's name in our code says nothing to who calls: the body's fields do.
        named = path[1:] if where == "body" else path
        message = str(one["msg"]).encode("ascii", "backslashreplace").decode()[:200]
        found.append({"where": where, "field": _plain(".".join(named)), "message": message})
    return problem(422, "api.field", _("有字段不合要求，见 errors"), data={"errors": found})


def _plain(name: str) -> str:
    return name.encode("ascii", "backslashreplace").decode()[:100]


_WORDS = {
    400: ("api.request", gettext_lazy("这个请求读不懂")),
    404: ("api.missing", gettext_lazy("没有这个地址")),
    405: ("api.method", gettext_lazy("这个地址不收这种方法，见 Allow")),
    413: ("api.large", gettext_lazy("请求太大")),
}


def instead_of(response: HttpResponse) -> HttpResponse:
    """A page of Django's that says no, as a problem; what its headers allow is kept."""
    status = response.status_code
    code, words = _WORDS.get(status, ("api.fault", gettext_lazy("这里出了错，没有办成")))
    headers = {k: response[k] for k in ("Allow", "Retry-After") if k in response}
    return problem(status, code, str(words), headers=headers)
