"""The further steps of coming in: the second factor, and a password of one's own for who was given one.
Until all are done nobody is logged in: the session holds a note of who gave the right password, which
opens these pages and no other."""

from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from suqiu.accounts import factors, passwords, queries, rules
from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.errors import Invalid, NotAllowed

NOTE = "half_logged_in"
PATIENCE = 300  # seconds between the password and the code


def asked_of(person: Person) -> bool:
    """Whether the password alone does not let this person in."""
    return person.one_time_until is not None or _by_factor(person)


def _by_factor(person: Person) -> bool:
    return queries.enrolled(person) is not None or queries.needs_second_factor(person)


def begin(request: HttpRequest, person: Person, next: str) -> HttpResponse:
    """The password was right. Whatever the session held before is gone, its key too."""
    request.session.flush()
    request.session[NOTE] = {
        "person": person.pk,
        "bound": person.get_session_auth_hash(),
        "at": clock.now().timestamp(),
        "next": next,
        "proved": not _by_factor(person),
    }
    if not _by_factor(person):
        return redirect("desk:login_password")
    return redirect("desk:login_code" if queries.enrolled(person) else "desk:login_enrol")


def _halfway(request: HttpRequest) -> Person | None:
    note = request.session.get(NOTE)
    if note is None or not 0 <= clock.now().timestamp() - note["at"] <= PATIENCE:
        return None
    person = Person.objects.filter(pk=note["person"], is_active=True).first()
    # A password changed, or all sessions ended, since then.
    return person if person and person.get_session_auth_hash() == note["bound"] else None


def _onward(request: HttpRequest, person: Person) -> str:
    """The second factor is proved: in, unless the password is still another's to know."""
    if person.one_time_until is None:
        return _let_in(request, person)
    note = request.session[NOTE]
    request.session[NOTE] = {**note, "proved": True, "at": clock.now().timestamp()}
    return reverse("desk:login_password")


def _let_in(request: HttpRequest, person: Person) -> str:
    """Log in under a new session key; answers where to go."""
    note = request.session.pop(NOTE)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return str(note["next"] or settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    person = _halfway(request)
    if person is None or queries.enrolled(person) is None:
        return redirect(settings.LOGIN_URL)
    if request.method != "POST":
        return _page(request, "code")
    by = queries.actor_for(person)
    try:
        right = factors.check(person, code=request.POST.get("code", "")[:64], by=by)
    except NotAllowed as closed:
        return _page(request, "code", status=429, errors=closed.message)
    if not right:
        return _page(request, "code", status=422, errors=_("验证码不对，或者已经用过。"))
    return redirect(_onward(request, person))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """For those who must, on the way in; and for those who wish to, once they are in."""
    inside = isinstance(request.user, Person)
    person = request.user if isinstance(request.user, Person) else _halfway(request)
    if person is None:
        return redirect(settings.LOGIN_URL)
    if queries.enrolled(person) is not None:
        return redirect("desk:account" if inside else "desk:login_code")
    by = queries.actor_for(person)
    secret = factors.prepare(person, by=by)
    shown: dict[str, Any] = {
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "picture": segno.make(rules.address(secret, person.username), micro=False).svg_data_uri(
            scale=5, border=4, light="#fff"
        ),
        "inside": inside,
    }
    if request.method != "POST":
        return _page(request, "enrol", **shown)
    try:
        codes = factors.enrol(person, code=request.POST.get("code", "")[:64], by=by)
    except Invalid as wrong:
        return _page(request, "enrol", status=422, errors=wrong.message, **shown)
    except NotAllowed as closed:
        return _page(request, "enrol", status=429, errors=closed.message, **shown)
    onward = "/account" if inside else _onward(request, person)
    return _page(request, "recovery", codes=codes, onward=onward)


@never_cache
@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """The last step of who came with a one-time password: one that nobody else knows."""
    person = _halfway(request)
    if person is None or person.one_time_until is None or not request.session[NOTE]["proved"]:
        return redirect(settings.LOGIN_URL)
    if request.method != "POST":
        return _page(request, "password")
    try:
        passwords.choose(person, new=typed_twice(request), by=queries.actor_for(person))
    except Invalid as wrong:
        return _page(request, "password", status=422, errors=wrong.message)
    return redirect(_let_in(request, person))


def typed_twice(request: HttpRequest) -> str:
    """The new password of a form. Raises Invalid where the two fields differ."""
    new, again = request.POST.get("new", "")[:256], request.POST.get("again", "")[:256]
    if new != again:
        raise Invalid("password.again", _("两次输入的密码不一样"))
    return new


def _page(request: HttpRequest, name: str, status: int = 200, **said: Any) -> HttpResponse:
    return render(request, f"desk/login_{name}.html", said, status=status)
