"""A line in the log for each request, and an id that ties all lines of one request together."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from suqiu.audit.kept import still
from suqiu.base.logs import is_request_id

HEADER = "X-Request-ID"
log = structlog.get_logger("suqiu.request")


class RequestMiddleware:
    """First of all: takes a caller's request id if it is one, else makes one, and answers with it.

    The line names the route, never the address: numbers, names and searches are in addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if is_request_id(given) else uuid.uuid4().hex
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = _too_large(request) or self._answer(request)
            if not (request.path.startswith(settings.STATIC_URL) and response.status_code < 400):
                log.info(
                    "request",
                    method=request.method if request.method in METHODS else "other",
                    route=_route(request),
                    status=response.status_code,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                )
        response[HEADER] = request_id
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with still():  # who only reads asks once whether what is kept still holds
            return self.get_response(request)


# Ends a flood before it fills the disk: what comes with a form is laid there while it arrives, whoever
# sends it. How large one file may be and how many, the pack says; API has walls of its own.
LARGEST, LARGEST_UPLOAD = 8 * 1024 * 1024, 200 * 1024 * 1024
UPLOADS = ("/portal/", "/orders/", "/register", "/external/")


def _too_large(request: HttpRequest) -> HttpResponse | None:
    if request.path.startswith("/api/"):
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = LARGEST_UPLOAD if request.path.startswith(UPLOADS) else LARGEST
    if length.isascii() and length.isdecimal() and int(length) <= most:
        return None
    said = _("发来的内容太大，没有收下。请少选几个文件，或缩小后再传。")
    return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8")


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "-"
