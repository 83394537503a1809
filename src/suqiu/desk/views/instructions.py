"""Leaders' instructions on reports: the list of what is not at its end, giving one, and its steps."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS
from suqiu.base.errors import Invalid, Refused
from suqiu.desk.context import REPORT_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm, wrong
from suqiu.desk.views.doors import once, staff
from suqiu.desk.widgets import DayInput
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.reports import instructing
from suqiu.reports.instructions import GIVEN, STATES, VERBS, can
from suqiu.reports.models import Instruction, Report
from suqiu.reports.queries import get_for

PAGE = 100


def _words(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "class": "input"})
    return forms.CharField(label=label, max_length=500, widget=area)


def _day(label: Any) -> forms.DateField:
    widget = DayInput()
    return forms.DateField(label=label, widget=widget, validators=DAYS)


class Give(SpokenForm):
    words = _words(gettext_lazy("批示内容"))
    owner = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("谁办"), widget=forms.Select(attrs={"lang": "zh"})
    )
    until = _day(gettext_lazy("哪天前办完"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = valid_on(clock.today()).filter(kind__in=instructing.OWNERS)
        self.fields["owner"].queryset = units.order_by("region", "kind", "code")  # type: ignore[attr-defined]


FIELDS: dict[str, dict[str, Callable[[], forms.Field]]] = {
    "fulfil": {"words": lambda: _words(gettext_lazy("怎么落实的"))},
    "confirm": {},
    "refuse": {"words": lambda: _words(gettext_lazy("还差什么"))},
    "close": {},
    "again": {
        "words": lambda: _words(gettext_lazy("还要办什么")),
        "until": lambda: _day(gettext_lazy("哪天前办完")),
    },
    "withdraw": {"words": lambda: _words(gettext_lazy("为什么撤回"))},
}
DEEDS: dict[str, Callable[..., Instruction]] = {
    "fulfil": instructing.fulfil,
    "confirm": instructing.confirm,
    "refuse": instructing.refuse,
    "close": instructing.close,
    "again": instructing.again,
    "withdraw": instructing.withdraw,
}


def form_for(step: str, about: object, data: Any = None) -> SpokenForm:
    """The form of this step; `about` makes the ids of its fields its own on a page with many."""
    fields = {key: make() for key, make in FIELDS[step].items()}
    made: SpokenForm = type("StepForm", (SpokenForm,), fields)(data, auto_id=f"{step}{about}-%s")
    return made


@staff(*sorted(REPORT_READERS))
def show(request: DeskRequest) -> HttpResponse:
    """What is not at its end: a leader's own, a unit's own, all for those who check."""
    rows = lines(list(instructing.open_for(request.actor)[:PAGE]), request.actor)
    return render(request, "desk/pages/instructions.html", {"rows": rows})


@staff("leader", methods=("POST",))
def give(request: DeskRequest, pk: int) -> HttpResponse:
    get_for(pk, request.actor)
    form = Give(request.POST)
    try:
        if not form.is_valid():
            raise Invalid("instruction.form", _("没有填对：%s") % wrong(form))

        def done() -> str:
            instructing.instruct(pk, **form.cleaned_data, by=request.actor)
            return f"/reports/{pk}"

        once(request, done)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("批示已下达"))
    return redirect("desk:report", pk)


@staff(*sorted(REPORT_READERS), methods=("POST",))
def do(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """One step of an instruction."""
    row = instructing.visible_to(request.actor).filter(pk=pk).first()
    if row is None or step not in DEEDS:
        raise Http404
    form = form_for(step, pk, request.POST)
    try:
        if not form.is_valid():
            raise Invalid("instruction.form", _("没有填对：%s") % wrong(form))

        def done() -> str:
            DEEDS[step](pk, **form.cleaned_data, by=request.actor)
            return "/instructions"

        once(request, done)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(step)s：已办") % {"step": VERBS[step].label})
    return redirect("desk:report", row.report_id)


def of_report(row: Report, by: Actor) -> list[dict[str, Any]]:
    return lines(list(instructing.visible_to(by).filter(report=row)), by)


def lines(rows: list[Instruction], by: Actor) -> list[dict[str, Any]]:
    """Each with how it stands, and what this reader may do with it now."""
    stand = instructing.standings(rows)
    called = names({r.given_by for r in rows} | {r.confirmed_by for r in rows if r.confirmed_by})
    return [
        {
            "one": row,
            "state": STATES[row.state],
            "giver": called[row.given_by],
            "finder": called.get(row.confirmed_by, ""),
            "late": row.state == GIVEN and row.due < clock.now(),
            "steps": [
                {"name": name, "label": verb.label, "form": form_for(name, row.pk)}
                for name, verb in VERBS.items()
                if can(by, name, stand[row.pk])
            ],
        }
        for row in rows
    ]
