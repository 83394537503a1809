"""A photo, a sentence, a place: from there to a number and a code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.base.errors import Invalid, Refused
from suqiu.base.net import net_of_request
from suqiu.orders.actions.attach import limits_of
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import in_force
from suqiu.portal import actions, forms, queries
from suqiu.portal.actions import BY, Told
from suqiu.portal.views import doors
from suqiu.triage import queries as triage

LIKE = "portal_like"


@doors.public("GET", "HEAD", "POST")
def show(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _what(request, forms.What())
    if request.POST.get("website"):  # no person sees this field
        raise Invalid("portal.form", _("这张表单不完整，请回到上一页重新打开"))
    what = forms.What(request.POST)
    try:
        doors.keep_photos(request)
    except Refused as error:
        return doors.wait(
            _what(request, what, photo_error=error.message, status=error.status), error
        )
    if not what.is_valid() or "back" in request.POST:
        return _what(request, what, status=200 if "back" in request.POST else 422)
    if "send" not in request.POST:
        return _who(request, what, forms.Who(initial={"kind": "投诉"}))
    return _judged(request, what, forms.Who(request.POST))


def _judged(request: HttpRequest, what: forms.What, who: forms.Who) -> HttpResponse:
    """Sent, or the form again with all that was written."""
    if not who.is_valid():
        return _who(request, what, who, status=422)
    try:
        return _send(request, {**what.cleaned_data, **who.cleaned_data})
    except Refused as error:
        return doors.wait(_who(request, what, who, error=error.message, status=error.status), error)


def _send(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    told = Told(
        content=given["content"],
        demand=given["demand"],
        region=given["region"],
        street=given["street"],
        address=given["address"],
        occurred_at=given["occurred_at"],
        category=given["category"],
        kind=given["kind"] or "投诉",
        name=given["name"],
        phone=given["phone"],
        anonymous=given["anonymous"],
        wants_reply=not given["no_reply"],
        confidential=given["confidential"],
        like=_chosen(request, given["like"]),
    )
    sent = request.POST.get("sent", "")
    order, code = actions.submit(
        told, doors.photos(request), sent=sent, net=net_of_request(request)
    )
    doors.drop_photos(request)
    doors.remember(request, order)
    return render(request, "portal/done.html", {"order": order, "code": code, "step": 3})


def _chosen(request: HttpRequest, place: int | None) -> Any:
    """The like appeal that he picked, by its place in the list: its number was never shown."""
    shown = request.session.get(LIKE, [])
    if not place or place > len(shown):
        return None
    return visible_to(BY).filter(pk=shown[place - 1]).first()


def _what(
    request: HttpRequest, form: forms.What, *, photo_error: str = "", status: int = 200
) -> HttpResponse:
    kept = doors.photos(request)
    context = {
        "form": form,
        "photos": kept,
        "may_add": limits_of(None, in_force().pk).max_files - len(kept),
        "photo_error": photo_error,
        "sent": doors.sent(request),
        "step": 1,
    }
    return render(request, "portal/what.html", context, status=status)


def _who(
    request: HttpRequest, what: forms.What, who: forms.Who, *, error: str = "", status: int = 200
) -> HttpResponse:
    given = what.cleaned_data
    advice = triage.suggest("", given["content"], given["region"], given["street"])
    near = queries.near(
        given["content"], region=given["region"], street=given["street"], address=given["address"]
    )
    request.session[LIKE] = [one.order.pk for one in near]
    context = {
        "what": what,
        "form": who,
        "photos": doors.photos(request),
        "near": near,
        "leaves": [one.category for one in advice.categories],
        "door": None if advice.inside else advice.door,
        "sent": doors.sent(request),
        "error": error,
        "step": 2,
    }
    return render(request, "portal/who.html", context, status=status)
