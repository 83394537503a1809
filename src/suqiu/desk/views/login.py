"""Coming in and going out; a door that stays shut for a while after five wrong tries."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from suqiu.accounts import passwords
from suqiu.accounts.models import ROLES, Person
from suqiu.desk.queries import busiest
from suqiu.desk.views import second_factor


@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    given = {
        "username": request.POST.get("username", ""),
        "password": request.POST.get("password", ""),
    }
    person = passwords.proved(request, **given)
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined] # our page says it, not the middleware's line
        return _page(request, status=429, lockout=_("错了太多次，这个账号在这台机器上停 15 分钟。"))
    if not isinstance(person, Person):
        return _page(request, status=422, errors=_("用户名或密码不对。"))
    if passwords.is_stale(person):
        return _page(request, status=422, errors=_("一次性密码过期了，请系统管理员再重置一次。"))
    if second_factor.asked_of(person):
        return second_factor.begin(request, person, _next(request))
    login(request, person)
    return redirect(_next(request) or settings.LOGIN_REDIRECT_URL)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _next(request: HttpRequest) -> str:
    told = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        told, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return told if safe else ""


def _page(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    context = {"next": _next(request), "username": request.POST.get("username", ""), **said}
    if settings.MODE == "demo":
        context["demo_logins"] = _demo_logins()
    return render(request, "desk/login.html", context, status=status)


def _demo_logins() -> list[dict[str, str]]:
    """One account for each role; the demo's password is public, so its page may carry it."""
    password = getattr(settings, "DEMO_PASSWORD", "")
    shown = [(role, busiest(role)) for role in ROLES] if password else []
    called = Person.objects.in_bulk([pk for _role, pk in shown if pk is not None])
    return [
        {"role": str(ROLES[role]), "username": called[pk].username, "password": password}
        for role, pk in shown
        if pk in called
    ]
