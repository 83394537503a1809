"""Accounts and posts. Who may change what, the actions of accounts say."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts import actions, factors, passwords, queries, rules
from suqiu.accounts.models import ROLES, Person, Posting
from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.errors import Invalid, NotAllowed, Refused
from suqiu.desk import forms
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff

KEEPERS = ("sysadmin", "secadmin", "auditadmin", "auditor")
PAGE = 50


@staff(*KEEPERS)
def show(request: DeskRequest) -> HttpResponse:
    return _list(request)


def _list(request: DeskRequest, form: forms.Account | None = None) -> HttpResponse:
    """The accounts; with a form that was refused, what was written in it and what is wrong."""
    after, q = request.GET.get("after", ""), request.GET.get("q", "").strip()
    found = Q(username__icontains=q) | Q(name__icontains=q) | Q(pk__in=_posted(q))
    rows = Person.objects.filter(found, username__gt=after).order_by("username")
    required = queries.second_factor_roles()
    people = list(rows.prefetch_related("postings__unit")[: PAGE + 1])
    context = {
        "people": [_shape(p) for p in people[:PAGE]],
        "q": q,
        "after": people[PAGE - 1].username if len(people) > PAGE else "",
        "form": form or forms.Account(),
        "may_open": "sysadmin" in request.actor.roles,
        "may_post": "secadmin" in request.actor.roles,
        "factor_roles": [(r, label, r in required) for r, label in ROLES.items()],
    }
    status = 422 if form else 200
    return render(request, "desk/pages/people.html", context, status=status)


def _posted(words: str) -> QuerySet[Posting, int]:
    """Who holds a post in a unit of this name."""
    lasts = Q(until=None) | Q(until__gte=clock.today())
    open_posts = Posting.objects.filter(lasts, unit__name__icontains=words)
    return open_posts.values_list("person_id", flat=True)


@staff(*KEEPERS)
def person(request: DeskRequest, pk: int) -> HttpResponse:
    return _person(request, get_object_or_404(Person, pk=pk))


def _person(request: DeskRequest, one: Person, password: str = "") -> HttpResponse:
    """The page of an account; `password` is in this one answer, neither kept nor in the session."""
    roles = request.actor.roles
    context = {
        "one": one,
        "password": password,
        "password_days": passwords.ONE_TIME.days,
        "may_reset": passwords.may_reset(request.actor, one),
        "locked": passwords.is_locked(one),
        "posts": _posts(one),
        "form": forms.Post(),
        "may_post": "secadmin" in roles,
        "may_open": "sysadmin" in roles,
        "factor": queries.enrolled(one),
        "journal": _journal(one.pk),
    }
    return render(request, "desk/pages/person.html", context)


@staff("sysadmin", methods=("POST",))
def open_account(request: DeskRequest) -> HttpResponse:
    form = forms.Account(request.POST)
    if not form.is_valid():
        return _list(request, form)
    password = rules.new_password()
    try:
        new = actions.open_account(
            **form.cleaned_data, password=password, one_time=True, by=request.actor
        )
    except Refused as error:
        form.add_error("username", error.message)
        return _list(request, form)
    messages.success(request, _("已开账号 %s，还没有岗位") % new.username)
    return _person(request, new, password)


@staff("secadmin", methods=("POST",))
def give_post(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    form = forms.Post(request.POST)
    if not form.is_valid():
        raise Invalid("accounts.form", _("选好岗位和单位"))
    actions.give_post(
        one, unit=form.cleaned_data["unit"], role=form.cleaned_data["role"], by=request.actor
    )
    messages.success(request, _("已授岗"))
    return redirect("desk:person", pk=pk)


@staff("secadmin", methods=("POST",))
def end_post(request: DeskRequest, pk: int, posting: int) -> HttpResponse:
    actions.end_post(get_object_or_404(Posting, pk=posting, person_id=pk), by=request.actor)
    messages.success(request, _("岗位已结束"))
    return redirect("desk:person", pk=pk)


@staff("secadmin", methods=("POST",))
def reset_factor(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    factors.reset(one, reason=request.POST.get("reason", "")[:200], by=request.actor)
    messages.success(request, _("已重置；下次登录时重新设置"))
    return redirect("desk:person", pk=pk)


@staff("sysadmin", methods=("POST",))
def reset_password(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    reason = request.POST.get("reason", "")[:200]
    return _person(request, one, passwords.reset(one, reason=reason, by=request.actor))


@staff("sysadmin", methods=("POST",))
def unlock(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    passwords.unlock(one, by=request.actor)
    messages.success(request, _("已解锁，%s 可以再试") % one.name)
    return redirect("desk:person", pk=pk)


@staff("secadmin", methods=("POST",))
def require_factor(request: DeskRequest) -> HttpResponse:
    wanted = set(request.POST.getlist("role"))
    for role in ROLES:
        factors.require_second_factor(role, role in wanted, by=request.actor)
    messages.success(request, _("已保存，下次登录起有效"))
    return redirect("desk:people")


@staff("sysadmin", methods=("POST",))
def set_active(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    if one.pk == request.user.pk:
        raise NotAllowed("accounts.self", _("不能停用自己的账号"))
    actions.set_active(one, request.POST.get("active") == "1", by=request.actor)
    return redirect("desk:person", pk=pk)


def _journal(pk: int) -> list[dict[str, object]]:
    """What was done to the account, newest first, in words."""
    done = {
        "account.opened": _("开账号"),
        "account.closed": _("停用账号"),
        "post.given": _("授岗"),
        "post.ended": _("岗位结束"),
        "factor.enrolled": _("设好两步验证"),
        "factor.recovery_used": _("用了一个恢复码"),
        "factor.reset": _("重置两步验证"),
        "account.sessions_ended": _("在所有地方退出"),
        "account.unlocked": _("解锁"),
        "password.reset": _("重置密码"),
        "password.changed": _("改密码"),
    }
    rows = list(reversed(audit.chain(f"account:{pk}")))[:40]
    called = names({e.actor for e in rows})
    return [
        {
            "at": e.at,
            "what": done.get(e.kind, e.kind),
            "role": ROLES.get(e.data.get("role", ""), ""),
            "by": called[e.actor],
            "number": e.seq,
        }
        for e in rows
    ]


def _shape(one: Person) -> dict[str, object]:
    return {"one": one, "posts": [p for p in _posts(one) if p["open"]]}


def _posts(one: Person) -> list[dict[str, object]]:
    today = clock.today()
    return [
        {
            "post": p,
            "role": ROLES.get(p.role, p.role),
            "unit": p.unit,
            "open": p.until is None or p.until >= today,
        }
        for p in one.postings.all()
    ]
