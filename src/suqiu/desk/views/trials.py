"""Trying another pack of rules on orders of the past."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.bounds import DAYS
from suqiu.base.errors import Invalid
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views.doors import staff
from suqiu.desk.widgets import DayInput
from suqiu.figures import trials
from suqiu.figures.models import Trial
from suqiu.figures.rules import DEFINITIONS
from suqiu.policy.queries import in_force

ROLES = tuple(sorted(trials.ROLES))
PAGE = 50


class TrialForm(SpokenForm):
    """Which rules, on the orders of which days."""

    pack = forms.ChoiceField(label=gettext_lazy("按哪一版规则"))
    since = forms.DateField(
        label=gettext_lazy("受理自"),
        validators=DAYS,
        widget=DayInput(),
    )
    until = forms.DateField(
        label=gettext_lazy("受理至"),
        validators=DAYS,
        widget=DayInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A pack's name is its city's word, in its city's language; an option cannot say which.
        named = get_language() != "en"
        packs = trials.choices().items()
        known = [(key, f"{pack.name} ({key})" if named else key) for key, pack in packs]
        self.fields["pack"].choices = known  # type: ignore[attr-defined]


@staff(*ROLES)
def show(request: DeskRequest) -> HttpResponse:
    today = clock.today()
    form = TrialForm(initial={"since": today - dt.timedelta(days=29), "until": today})
    return _list(request, form)


@staff(*ROLES, methods=("POST",))
def ask(request: DeskRequest) -> HttpResponse:
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        row = trials.ask(**form.cleaned_data, by=request.actor)
    except Invalid as error:
        form.add_error(error.data.get("field"), error.message)
        return _list(request, form, status=422)
    return redirect("desk:trial", row.pk)


@staff(*ROLES)
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """What was found, or that it is being counted; the page asks again by itself."""
    row = trials.get_for(pk, request.actor)
    found: dict[str, Any] = row.found or {}
    clocks = {spec["id"]: spec["name"] for spec in row.pack["obligations"]}
    clocks |= {spec["id"]: spec["name"] for spec in in_force().body["obligations"]}
    page = Paginator(found.get("moved", []), PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        **_told(row),
        "waits": row.done_at is None,
        "rates": [
            {"name": row_of.name, **values}
            for code, row_of in DEFINITIONS.items()
            if (values := found.get("rates", {}).get(code)) and (values["n"] or values["n_now"])
        ],
        "found": found,
        "same": bool(found) and not found["moved_n"] and not _changed(found),
        "page": page,
        "moved": [
            {
                "number": number,
                "before": [clocks.get(code, code) for code in before],
                "now": [clocks.get(code, code) for code in now],
            }
            for number, before, now in page
        ],
        "not_judged": [clocks.get(code, code) for code in found.get("not_judged", [])],
    }
    part = request.htmx and request.htmx.target == "trial"
    name = "desk/pages/parts/trial_found.html" if part else "desk/pages/trial.html"
    return render(request, name, context)


def _changed(found: dict[str, Any]) -> bool:
    return any(values["changed"] for values in found["rates"].values())


def _told(row: Trial) -> dict[str, Any]:
    return {
        "pack_name": row.pack["name"],
        "pack_code": f"{row.pack['id']} v{row.pack['version']}",
        "by": names({row.asked_by}).get(row.asked_by, ""),
    }


def _list(request: DeskRequest, form: TrialForm, status: int = 200) -> HttpResponse:
    rows = trials.recent(request.actor)
    context = {"rows": [{"row": row, **_told(row)} for row in rows], "form": form}
    return render(request, "desk/pages/trials.html", context, status=status)
