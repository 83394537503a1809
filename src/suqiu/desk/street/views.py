"""The doors of the app: its shell, which is everybody's and holds nothing; the list; the sending."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.street import cases, sending, tasks
from suqiu.desk.street.words import words
from suqiu.desk.views.doors import staff

Page = Callable[..., HttpResponse]
PARTS = (
    "desk/css/tokens.css", "desk/css/base.css", "desk/css/street.css", "street/css/app.css",
    "street/js/app.js", "street/js/store.js", "street/js/outbox.js", "street/js/ways.js",
    "street/js/form.js", "street/js/build.js", "street/js/capture.js", "vendor/icons.svg",
    "desk/mark.svg",
)  # fmt: skip


def _machine(view: Page) -> Page:
    """A script asks: whose login ran out is told so, and not sent to a page that it cannot read."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"login": True}, status=401)
        return view(request, *args, **kwargs)

    return asked


@require_GET
@csp_update({"img-src": ["blob:"], "media-src": ["'self'", "blob:"]})
def shell(request: HttpRequest) -> HttpResponse:
    """The page that the phone keeps. It knows nobody: what it shows, it fetches."""
    answer = render(request, "desk/street/app.html", {"words": words(), "who": None})
    answer["Cache-Control"] = "no-store"  # the worker keeps it by its own hand
    return answer


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it has to come from the app's own folder."""
    kept = {"parts": [static(part) for part in PARTS]}
    answer = render(request, "desk/street/worker.js", kept, content_type="text/javascript")
    answer["Cache-Control"] = "no-store"  # the worker keeps it by its own hand
    return answer


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    told = {
        "name": _("诉求 · 现场"), "short_name": _("现场"), "start_url": "/street/",
        "scope": "/street/", "display": "standalone", "background_color": "#edf2f0",
        "theme_color": "#10201d",
        "icons": [{"src": static("desk/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-store"
    return answer


@_machine
@staff()
def listed(request: DeskRequest) -> HttpResponse:
    """All that the phone takes along, and the token that it sends with."""
    by = request.actor
    found, led = tasks.all_for(by), cases.all_for(by)
    person = request.user
    assert isinstance(person, Person)
    told = {
        "person": by.id,
        "name": person.name,
        "token": get_token(request),
        "now": clock.now(),
        "tasks": [*found, *led],
        "forms": {**tasks.forms_for(by, found), **cases.forms_for(led)},
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@never_cache
@_machine
@staff(methods=("POST",))
def send(request: DeskRequest) -> HttpResponse:
    """One deed. 200: done, now or before; 409: it stands otherwise by now; else why not."""
    try:
        deed = sending.read(request.POST, request.FILES)
        answer = sending.send(deed, by=request.actor)
    except Refused as error:
        task = sending.now(request.POST.get("task", ""), by=request.actor)
        told = {"code": error.code, "message": error.message, "now": task}
        return JsonResponse(told, status=error.status, json_dumps_params={"ensure_ascii": False})
    return JsonResponse(answer)
