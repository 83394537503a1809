"""The forms about who is away, who stands in, and who answers for which line."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.accounts.absences import KEEPERS
from suqiu.accounts.charges import of_line
from suqiu.accounts.models import Person
from suqiu.accounts.queries import deputies, people_as
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS
from suqiu.catalogue.queries import lines
from suqiu.desk.forms import VerbForm
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), validators=DAYS, required=required)


def _leaders() -> list[tuple[str, str]]:
    return [("", "——"), *((str(p.pk), p.name) for p in people_as("leader"))]


class _Naming(SpokenForm):
    """A choice of leaders gives the person."""

    people: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.people:
            if name in self.fields:
                self.fields[name].choices = _leaders()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.people:
            if cleaned.get(name):
                cleaned[name] = Person.objects.get(pk=int(cleaned[name]))
        return cleaned


class Away(_Naming):
    """A leader states it of himself; who keeps the record says whose it is."""

    people = ("person", "deputy")
    person = forms.ChoiceField(label=_("谁外出"))
    deputy = forms.ChoiceField(label=_("代签人（B 角）"))
    since = _day(_("起"))
    until = _day(_("止"))

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.roles & KEEPERS:
            del self.fields["person"]


class Instead(_Naming):
    people = ("deputy",)
    deputy = forms.ChoiceField(label=_("换代签人"))


class NameLeader(VerbForm):
    """Proposed by the line of the order's category; whoever names them may choose others."""

    leader = forms.ChoiceField(label=_("责任领导"))
    section = forms.ModelChoiceField(Unit.objects.none(), label=_("责任科室"))

    def about(self, order: Order, by: Actor) -> None:
        people = people_as("leader")
        absent = deputies({p.actor_id for p in people})
        called = {p.actor_id: p.name for p in people}
        choices = [
            (who, gettext("%(name)s（外出，%(deputy)s 代签）")
             % {"name": name, "deputy": called.get(absent[who], "—")} if who in absent else name)
            for who, name in called.items()
        ]  # fmt: skip
        leader, section = self.fields["leader"], self.fields["section"]
        leader.choices = [("", "——"), *choices]  # type: ignore[attr-defined]
        sections = valid_on(clock.today()).filter(kind="section").order_by("code")
        section.queryset = sections  # type: ignore[attr-defined]
        if order.leader:  # named already: what stands is where one begins
            leader.initial, section.initial = order.leader, order.section_id
        elif found := of_line(order.category.line if order.category else ""):
            leader.initial, section.initial = found.leader.actor_id, found.section_id
            leader.help_text = gettext("按条线分管先选好，可以改")


class InCharge(_Naming):
    people = ("leader",)
    line = forms.ChoiceField(label=_("条线"), required=False)
    leader = forms.ChoiceField(label=_("责任领导"))
    section = forms.ModelChoiceField(Unit.objects.none(), label=_("责任科室"))
    since = _day(_("从哪天起"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", _("其余条线")), *lines()]  # type: ignore[attr-defined]
        sections = valid_on(clock.today()).filter(kind="section").order_by("code")
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]
