"""One's own account: the second step, and going out everywhere."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts import factors, queries
from suqiu.accounts.models import ROLES
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff


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


@staff(methods=("POST",))
def end_sessions(request: DeskRequest) -> HttpResponse:
    """Everywhere else: here one stays, under a new key."""
    factors.end_sessions(request.user, by=request.actor)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("别处的登录都已退出"))
    return redirect("desk:account")
