"""What all public pages share: who asks, what he has opened, and how a refusal is told."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suqiu.base import clock
from suqiu.base.errors import Missing, Refused
from suqiu.base.net import net_of_request
from suqiu.files.models import File
from suqiu.files.rules import check_count, check_size
from suqiu.intake.codes import is_sent_key
from suqiu.intake.queries import mark_of
from suqiu.orders.actions.attach import limits_of
from suqiu.orders.models import Order
from suqiu.orders.queries import get_for
from suqiu.policy.queries import in_force
from suqiu.portal import actions
from suqiu.portal.actions import BY

Page = Callable[..., HttpResponse]
OPEN_SECONDS = 1800
SESSION, PHOTOS = "portal_open", "portal_photos"


def public(*methods: str) -> Callable[[Page], Page]:
    """For everybody, kept by no browser; a refusal becomes a plain page."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Refused as error:
                context = {"error": error, "missing": isinstance(error, Missing)}
                page = render(request, "portal/refused.html", context, status=error.status)
                return wait(page, error)

        return never_cache(require_http_methods([*(methods or ("GET", "HEAD"))])(checked))

    return decorate


def wait(page: HttpResponse, error: Refused | None) -> HttpResponse:
    """Who asked too often is told in the header too when to come again."""
    if error is not None and (seconds := error.data.get("retry_after")) is not None:
        page["Retry-After"] = str(seconds)
    return page


def sent(request: HttpRequest) -> str:
    """The form's own key; a new one where it has lost it, so that it can be sent after all."""
    given = str(request.POST.get("sent", ""))
    return given if is_sent_key(given) else uuid.uuid4().hex


def mine(*methods: str) -> Callable[[Page], Page]:
    """For who opened this order with its number and code, in this browser, within the half hour."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
            kept: dict[str, list[Any]] = request.session.get(SESSION, {})
            now = clock.now().timestamp()
            until, mark = kept.get(number, [0, ""])
            if until < now:
                return redirect("portal:follow")
            order = get_for(BY, number, log=False)
            if mark != mark_of(order):  # another code was given since: this one opens no more
                return redirect("portal:follow")
            request.session[SESSION] = {**kept, number: [now + OPEN_SECONDS, mark]}
            return view(request, order, *args, **kwargs)

        return public(*methods)(checked)

    return decorate


def remember(request: HttpRequest, order: Order) -> None:
    """This browser has shown the code. The session gets another name: one that was planted before
    opens nothing."""
    request.session.cycle_key()
    kept: dict[str, list[Any]] = request.session.get(SESSION, {})
    until = clock.now().timestamp() + OPEN_SECONDS
    opened = {**dict(list(kept.items())[-9:]), order.number: [until, mark_of(order)]}
    request.session[SESSION] = opened


def photos(request: HttpRequest) -> list[File]:
    """What this browser has handed in and no order has yet."""
    kept = request.session.get(PHOTOS, [])
    return list(File.objects.filter(pk__in=kept, linked_at=None, received_by=BY.id).order_by("pk"))


def keep_photos(request: HttpRequest, there: int = 0) -> list[File]:
    """Keep what came with the form beside what came before; a refused one leaves the others."""
    before = photos(request)
    given: list[UploadedFile[Any]] = [f for f in request.FILES.getlist("photos") if f]
    limits = limits_of(None, in_force().pk)
    check_count(there + len(before), len(given), limits)
    kept = [row.pk for row in before]
    try:
        for one in given:
            check_size(one.size or 0, limits)
            kept.append(actions.keep(one.read(), one.name or "", net=net_of_request(request)).pk)
    finally:
        request.session[PHOTOS] = kept
    return photos(request)


def drop_photos(request: HttpRequest) -> None:
    """They have an order now, or are not wanted; what has none is cleaned after a day."""
    request.session.pop(PHOTOS, None)


def refused(error: Refused) -> str:
    return error.message or str(_("没有办成"))
