"""Planning on the desk: who is needed when, and what the units may expect."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views.doors import staff
from suqiu.desk.widgets import DayInput
from suqiu.figures import planning


class DayForm(SpokenForm):
    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput())


@staff(*planning.READERS)
def show(request: DeskRequest) -> HttpResponse:
    """A day's half hours with calls and people, and the week's orders by unit."""
    day = planning.day_of(request.GET.get("day", ""))
    made = planning.plan(day)
    most = max((slot.roster for slot in made.slots), default=0)
    loads = planning.loads(day)
    busiest = loads[0].orders if loads else 0
    context = {
        "form": DayForm(initial={"day": day}),
        "plan": made,
        "standard": planning.standard(),
        "slots": [{"slot": slot, "bar": slot.roster / most if most else 0} for slot in made.slots],
        "loads": [{"one": one, "bar": one.orders / busiest if busiest else 0} for one in loads],
    }
    return render(request, "desk/pages/planning.html", context)
