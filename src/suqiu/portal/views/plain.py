"""Help, and how large and how dark the letters are."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from suqiu.organisations.queries import centre
from suqiu.portal.views import doors

YEAR = 365 * 24 * 3600
LOOKS = {"large": "portal_large", "contrast": "portal_contrast"}


@doors.public()
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html", {"centre": centre()})


@doors.public("POST")
def look(request: HttpRequest) -> HttpResponse:
    """Turn large letters or strong contrast on or off; kept by this browser."""
    told = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()})
    answer = HttpResponseRedirect(
        told if safe and told.startswith("/") else reverse("portal:submit")
    )
    if cookie := LOOKS.get(request.POST.get("what", "")):
        if request.COOKIES.get(cookie):
            answer.delete_cookie(cookie)
        else:
            answer.set_cookie(cookie, "1", max_age=YEAR, httponly=True, samesite="Lax")
    return answer
