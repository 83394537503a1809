"""The API's outer wall: no request too large comes in, no page of HTML goes out."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from suqiu.accounts.throttles import Tries
from suqiu.api import problems

PREFIX = "/api/"
LARGEST = 256 * 1024
# Ends a flood before it is read; how large one file may be, the pack says.
LARGEST_UPLOAD = 64 * 1024 * 1024
_UPLOAD = re.compile(r"/api/v1/orders/[^/]{1,64}/files")


class ProblemMiddleware:
    """For what never reaches an operation: unknown addresses, methods, sizes, and faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        uploads = request.method == "POST" and _UPLOAD.fullmatch(request.path)
        if _length(request) > (LARGEST_UPLOAD if uploads else LARGEST):
            return problems.instead_of(HttpResponse(status=413))
        response = self.get_response(request)
        kind = response.get("Content-Type", "")
        if response.status_code >= 400 and not kind.startswith("application/problem+json"):
            response = problems.instead_of(response)
        _tell_limit(request, response)
        return response


def _tell_limit(request: HttpRequest, response: HttpResponse) -> None:
    """How many requests are left, as the IETF's draft of RateLimit header fields spells it."""
    tries: Tries | None = getattr(request, "tries", None)
    if tries is not None:
        response["RateLimit-Policy"] = f'"client";q={tries.most};w={tries.window}'
        response["RateLimit"] = f'"client";r={tries.left};t={tries.resets_in}'


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else LARGEST + 1
