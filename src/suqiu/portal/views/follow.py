"""Opening one's own order with number and code, and what may be done there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.base.errors import Refused, WrongState
from suqiu.base.net import net_of_request
from suqiu.callbacks import actions as callbacks
from suqiu.callbacks import queries as answers
from suqiu.orders.models import Order
from suqiu.orders.states import AT_UNIT, OPEN, State
from suqiu.portal import actions, forms, queries
from suqiu.portal.views import doors

WITHDRAWS = frozenset({State.REGISTERED, State.ACCEPTED, *AT_UNIT})


@doors.public("GET", "HEAD", "POST")
def follow(request: HttpRequest) -> HttpResponse:
    """Number alone opens nothing; a wrong code and no such number are answered alike."""
    if request.method != "POST":
        return render(request, "portal/follow.html", {"form": forms.Follow()})
    form = forms.Follow(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        order = actions.opened(given["number"], given["code"], net=net_of_request(request))
        if order is not None:
            doors.remember(request, order)
            return redirect("portal:mine", number=order.number)
        form.add_error(None, _("单号或查询码不对。查询码是受理时给您的 8 位数字。"))
    return render(request, "portal/follow.html", {"form": form}, status=422)


@doors.public("POST")
def leave(request: HttpRequest) -> HttpResponse:
    request.session.pop(doors.SESSION, None)
    doors.drop_photos(request)
    messages.success(request, _("已退出，别人用这台手机看不到您的件了"))
    return redirect("portal:follow")


@doors.mine()
def show(request: HttpRequest, order: Order) -> HttpResponse:
    seen = queries.looks(order)
    context = {
        "order": order,
        "state": queries.state_of(order),
        "promise": queries.promise(order),
        "notices": queries.three_notices(order),
        "happened": queries.happened(order),
        "told": queries.told(order),
        "photos": queries.photos(order),
        "looks": len(seen),
        "may": may(order),
        "answer": answers.own_answer(order),
    }
    return render(request, "portal/mine.html", context)


def may(order: Order) -> dict[str, bool]:
    """What the citizen may do now."""
    open_now = order.state in OPEN
    return {
        "add": open_now,
        "withdraw": order.state in WITHDRAWS
        and not order.requests.filter(kind="withdraw", ruled_at=None).exists(),
        "survey": answers.may_answer_own(order),
        "reopen": order.state in queries.DONE,
    }


@doors.mine()
def looks(request: HttpRequest, order: Order) -> HttpResponse:
    return render(request, "portal/looks.html", {"order": order, "looks": queries.looks(order)})


@doors.mine()
def photo(request: HttpRequest, order: Order, attachment: int, form: str) -> HttpResponse:
    if form not in {"thumb", "copy"}:
        raise Http404
    opened = queries.photo(order, attachment, "thumb" if form == "thumb" else "copy")
    return HttpResponse(opened.data, headers=opened.headers)


@doors.mine("GET", "HEAD", "POST")
def add(request: HttpRequest, order: Order) -> HttpResponse:
    def act(given: dict[str, Any], sent: str) -> HttpResponse:
        there = order.attachments.filter(kind="appeal").count()
        actions.add(order, given["words"], doors.keep_photos(request, there), sent=sent)
        doors.drop_photos(request)
        messages.success(request, _("已补充到您的件里"))
        return redirect("portal:mine", number=order.number)

    _open(request, may(order)["add"], _("这件已经结束"))
    return _form(request, order, "portal/add.html", forms.More, act)


@doors.mine("GET", "HEAD", "POST")
def withdraw(request: HttpRequest, order: Order) -> HttpResponse:
    def act(given: dict[str, Any], sent: str) -> HttpResponse:
        actions.ask_withdraw(order, given["reason"])
        messages.success(request, _("已记下您要撤回。受理中心核实后办理，在这之前照常办。"))
        return redirect("portal:mine", number=order.number)

    _open(request, may(order)["withdraw"], _("现在不能撤回，或已经要求过了"))
    return _form(request, order, "portal/withdraw.html", forms.Why, act)


@doors.mine("GET", "HEAD", "POST")
def survey(request: HttpRequest, order: Order) -> HttpResponse:
    def act(given: dict[str, Any], sent: str) -> HttpResponse:
        row = callbacks.answer_own(order, **given, by=actions.BY)
        messages.success(request, _("您的评价已直接交受理中心，承办单位改不了"))
        ended = row.solved != "yes" and order.state in queries.DONE
        return redirect("portal:reopen" if ended else "portal:mine", number=order.number)

    _open(request, may(order)["survey"], _("还没有答复，或已经评价过了"))
    return _form(request, order, "portal/survey.html", forms.Survey, act)


@doors.mine("GET", "HEAD", "POST")
def reopen(request: HttpRequest, order: Order) -> HttpResponse:
    def act(given: dict[str, Any], sent: str) -> HttpResponse:
        kept = doors.keep_photos(request)
        child, code = actions.again(order, given["reason"], kept, sent=sent)
        doors.drop_photos(request)
        doors.remember(request, child)
        context = {"order": child, "code": code, "again": order, "step": 3}
        return render(request, "portal/done.html", context)

    _open(request, may(order)["reopen"], _("还没有到这一步，或已经过了"))
    return _form(request, order, "portal/reopen.html", forms.Why, act)


def _open(request: HttpRequest, allowed: bool, why: str) -> None:
    """A form that could only be refused is not shown. What is sent is judged by its action, which
    also knows what was sent before."""
    if request.method != "POST" and not allowed:
        raise WrongState("portal.step", why)


def _form(request: HttpRequest, order: Order, page: str, kind: Any, act: Any) -> HttpResponse:
    """The page of one form: shown, refused with what is to mend, or done."""
    form, error = kind(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        try:
            answer: HttpResponse = act(form.cleaned_data, request.POST.get("sent", ""))
            return answer
        except actions.TooMany:
            raise
        except Refused as refusal:
            error = refusal.message
    context = {
        "order": order,
        "form": form,
        "error": error,
        "photos": doors.photos(request),
        "sent": doors.sent(request),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, page, context, status=status)
