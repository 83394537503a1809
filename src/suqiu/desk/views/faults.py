"""Pages for what no view answered: an unknown address, a form that is too old, a fault of ours.

The citizen's pages and the desk look each like themselves; the API turns these into problem+json.
"""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

PUBLIC = "/portal/"


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page lay open too long, or its owner has logged in anew since: nothing was done.

    `reason` is Django's sentence for programmers; it is in the log."""
    kept = _("按浏览器的“返回”，写下的还在（姓名、电话和附件要重填），再提交一次。")
    return _page(request, 403, _("这一页放得太久，没有提交成"), kept)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("没有这一页"), _("地址写错了，或者这一页已经不在。"))


def bad(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        kept = _("按浏览器的“返回”，写下的还在；请写短些，长的作为附件传。")
        return _page(request, 413, _("写得太长，没有提交成"), kept)
    if isinstance(exception, MultiPartParserError | UnreadablePostError):
        kept = _("按浏览器的“返回”，再提交一次。")
        return _page(request, 400, _("没有传完整，没有提交成"), kept)
    return _page(request, 400, _("看不懂这个请求"), _("什么都没有改动。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, _("不能这样做"), _("什么都没有改动。"))


def broken(request: HttpRequest) -> HttpResponse:
    """Ours. Asks nothing of database, session or request: any of them may be what is broken."""
    told = structlog.contextvars.get_contextvars().get("request_id", "")
    public = request.path.startswith(PUBLIC)
    page = render_to_string("desk/broken.html", {"id": told, "home": PUBLIC if public else "/"})
    return HttpResponse(page, status=500, headers={"Cache-Control": "no-store"})


def _page(request: HttpRequest, status: int, message: str, kept: str) -> HttpResponse:
    context: dict[str, Any] = {"message": message, "kept": kept}
    if request.path.startswith(PUBLIC):
        page = "portal/fault.html"
    else:
        page = "desk/fault.html"
        context["ways"] = [{"url": reverse("desk:home"), "label": _("回首页")}]
    response = render(request, page, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
