"""A line in the log for each request, and an id that ties all lines of one request together."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
            response = self.get_response(request)
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


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "-"
