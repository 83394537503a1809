"""One's own account: the second step, and going out everywhere."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from suqiu.accounts import factors, passwords, queries
from suqiu.accounts.models import ROLES
from suqiu.base.errors import Invalid
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff
from suqiu.desk.views.second_factor import typed_twice


@staff()
def show(request: DeskRequest) -> HttpResponse:
    roles = request.actor.roles
    context = {
        "one": request.user,
        "roles": [label for role, label in ROLES.items() if role in roles],
        "factor": queries.enrolled(request.user),
        "codes_left": queries.recovery_codes_left(request.user),
        "required": queries.needs_second_factor(request.user),
    }
    return render(request, "desk/pages/account.html", context)


@sensitive_post_parameters("old", "new", "again")
@staff(methods=("GET", "HEAD", "POST"))
def password(request: DeskRequest) -> HttpResponse:
    """One's own password; wrong tries at the old one count like those at the door."""
    if request.method != "POST":
        return _page(request)
    old = request.POST.get("old", "")[:256]
    known = passwords.proved(request, username=request.user.username, password=old)
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined] # our page says it, not the middleware's line
        return _page(request, 429, _("错了太多次，过 15 分钟再试。"))
    if known is None:
        return _page(request, 422, _("现在的密码不对。"))
    try:
        passwords.choose(request.user, new=typed_twice(request), by=request.actor)
    except Invalid as wrong:
        return _page(request, 422, wrong.message)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("密码已改，别处的登录都已退出"))
    return redirect("desk:account")


def _page(request: DeskRequest, status: int = 200, errors: str = "") -> HttpResponse:
    return render(request, "desk/pages/password.html", {"errors": errors}, status=status)


@staff(methods=("POST",))
def end_sessions(request: DeskRequest) -> HttpResponse:
    """Everywhere else: here one stays, under a new key."""
    factors.end_sessions(request.user, by=request.actor)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("别处的登录都已退出"))
    return redirect("desk:account")
