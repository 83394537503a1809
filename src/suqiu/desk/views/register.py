"""The telephone's form: history, findings and repeats in view while typing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.base.errors import Missing, Refused
from suqiu.desk import forms, queries, shapes, uploads
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import taking
from suqiu.desk.views.doors import once, staff
from suqiu.orders.actions.attach import limits_of
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force

PAGE = "desk/pages/register.html"
DOES = ("draft", "register", "accept", "answer")


@staff("call_taker", methods=("GET", "HEAD", "POST"))
def show(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, forms.Register(initial={"phone": request.GET.get("phone", "")}))
    form = forms.Register(request.POST, request.FILES)
    do = request.POST.get("do", "register")
    if not form.is_valid() or do not in DOES:
        return _form(request, form, status=422)
    try:
        limits = limits_of(None, in_force().pk)
        files = uploads.receive(form.cleaned_data["photos"], limits=limits, by=request.actor)
        address = once(
            request, lambda: taking.take(form.cleaned_data, do, request.actor, request, files)
        )
    except Missing:
        raise
    except Refused as error:
        return _form(request, form, error=error, status=error.status)
    return redirect(address)


@staff("call_taker", methods=("POST",))
def check(request: DeskRequest) -> HttpResponse:
    """What the words suggest, what is to mend, and what this may repeat; writes nothing."""
    given = taking.loose(request.POST)
    context = {
        **taking.advice(given, request.actor),
        "found": shapes.findings(taking.found(given)),
        "swap": True,
    }
    context["fields"] = taking.FIELDS
    return render(request, "desk/pages/parts/register_advice.html", context)


@staff("call_taker")
def streets(request: DeskRequest) -> HttpResponse:
    rows = Unit.objects.filter(
        kind="street", region=request.GET.get("region", ""), valid_to=None
    ).order_by("code")
    return render(request, "desk/pages/parts/streets.html", {"streets": rows})


@staff("call_taker", methods=("POST",))
def caller(request: DeskRequest) -> HttpResponse:
    """What this telephone asked for before. Sent in the body: a number does not belong into a log."""
    known = queries.of_phone(request.POST.get("phone", ""), request.actor)
    context = {
        "rows": shapes.rows(known, request.actor),
        "asked": bool(request.POST.get("phone")),
        "known": known,
    }
    return render(request, "desk/pages/parts/caller.html", context)


def _form(
    request: DeskRequest, form: forms.Register, *, error: Refused | None = None, status: int = 200
) -> HttpResponse:
    if status != 200 and error is None:
        messages.error(request, _("还没有登记：红色的栏目须先改。写下的都还在。"))
    region = form["region"].value() or None
    context: dict[str, Any] = {
        "chosen_streets": Unit.objects.filter(kind="street", region=region, valid_to=None).order_by(
            "code"
        )
        if region
        else (),
        "form": form,
        "error": error,
        "fields": taking.FIELDS,
        "today": shapes.rows(queries.registered_today(request.actor), request.actor),
    }
    return render(request, PAGE, context, status=status)
