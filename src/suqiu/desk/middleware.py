"""A refusal becomes an answer here, for every page; and a request learns who acts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from suqiu.accounts import queries as accounts
from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused
from suqiu.base.logs import told

log = structlog.get_logger("suqiu.request")


class DeskRequest(HttpRequest):
    """What a view of the desk may rely on, behind `doors.staff`."""

    actor: Actor
    user: Person  # behind doors.staff nobody is anonymous
    htmx: HtmxDetails


class RefusalMiddleware:
    """Answers `Refused`: problem+json to machines, a message or a page to people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Lazy: a page for everyone asks neither session nor database who is there.
        request.actor = SimpleLazyObject(lambda: _actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError):
            # What no column holds (a character NUL, a thousand words for a code) is the sender's slip.
            log.warning("unfit", **told(error))
            error = Invalid("request.unfit", _("有一栏存不下：太长，或有不能用的字符"))
        if not isinstance(error, Refused):
            return None
        if _wants_json(request):
            return _problem(error)
        if isinstance(error, Missing):
            return render(request, "desk/missing.html", status=error.status)
        before = came_from(request)
        if request.method == "POST" and before:
            messages.error(request, _sentence(error))
            if request.headers.get("HX-Request") == "true":
                return HttpResponseClientRedirect(before)
            return HttpResponseRedirect(before)
        return render(request, "desk/refused.html", _refusal(error), status=error.status)


class IdleMiddleware:
    """Who leaves his desk is logged out after a while, whatever the session's age."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A page for everyone asks no session: without its cookie there is none.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            now, last = int(clock.now().timestamp()), request.session.get("seen")
            if last is not None and now - last > settings.IDLE_SECONDS:
                logout(request)
            # Written once a minute: a row's update is not worth each click.
            elif SESSION_KEY in request.session and (last is None or now - last >= 60):
                request.session["seen"] = now
        return self.get_response(request)


def _actor_of(request: HttpRequest) -> Actor:
    if not isinstance(request.user, Person):
        raise NotAllowed("not_logged_in", _("请先登录。"))
    return accounts.actor_for(request.user)


def _wants_json(request: HttpRequest) -> bool:
    return "json" in request.headers.get("Accept", "") and not request.accepts("text/html")


def _problem(error: Refused) -> JsonResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.message,
        "status": error.status,
        "code": error.code,
        **error.data,
    }
    return JsonResponse(
        body,
        status=error.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False, "default": str},
    )


def came_from(request: HttpRequest) -> str | None:
    """The path the form was on; only ever our own, and never the address that refused."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return None
    parts = urlsplit(referer)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # "//elsewhere" is a path to urlsplit and a host to a browser.
    return path if path.startswith("/") and not path.startswith("//") else None


def _sentence(error: Refused) -> str:
    """The message, and under it what each finding says."""
    findings = error.data.get("findings") or ()
    found = _("；").join(str(finding[-1]) for finding in findings if finding)
    return f"{error.message} {found}".strip() if found not in error.message else error.message


def _back_to(error: Refused) -> list[dict[str, Any]]:
    """Who was refused at an order, a visit or a case wants to see how it stands now. `thing` is the
    word that its page is called by; what tells none is an order."""
    number = error.data.get("number")
    if not number:
        return []
    url = reverse(f"desk:{error.data.get('thing', 'order')}", args=[number])
    return [{"url": url, "label": _("看这件现在怎样")}]


def _refusal(error: Refused) -> dict[str, Any]:
    return {
        "message": _sentence(error),
        "kept": _("什么都没有改动。"),
        "code": error.code,
        "ways": [*_back_to(error), {"url": "/", "label": _("回首页")}],
    }
