"""Shapes of the verbs that pass orders on, join, part and end them."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.catalogue.models import Category
from suqiu.desk import shapes
from suqiu.desk.forms import LONG, VerbForm
from suqiu.orders.actions.links import LEADS_NONE
from suqiu.orders.actions.transfer import BELOW
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.triage.queries import duplicates_of

CANDIDATES = 5  # shown to be taken as the master


def _others(order: Order) -> Any:
    """Units that handle orders and sit nowhere in this one."""
    sitting = order.seats.filter(closed=None).values("unit")
    accused = order.seats.filter(role="accused").values("unit")
    units = valid_on(clock.today()).filter(kind__in=BELOW)
    return units.exclude(pk__in=sitting).exclude(pk__in=accused).order_by("region", "kind", "code")


class Transfer(VerbForm):
    to = forms.ModelChoiceField(Unit.objects.none(), label=_("转给"))
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        lead = order.seats.filter(role="lead", closed=None).select_related("unit").first()
        units = _others(order).filter(region=lead.unit.region) if lead else _others(order).none()
        self.fields["to"].queryset = units  # type: ignore[attr-defined]


class AskCo(VerbForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("协办单位"))
    reason = forms.CharField(label=_("请其办什么"), widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        units = _others(order).filter(region=order.region) if order.region else _others(order)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class Merge(VerbForm):
    """The master: one of those that may tell of the same matter, or another by its number."""

    near = forms.CharField(label=_("主单"), required=False, max_length=24)
    master = forms.CharField(label=_("主单编号"), required=False, max_length=24)
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        self.order, self.by = order, by

    @cached_property
    def candidates(self) -> list[dict[str, Any]]:
        """Those that could lead now, the likest first, each with what it resembles this one in."""
        found = duplicates_of(self.order, by=self.by, top=4 * CANDIDATES)
        fit = [one for one in found if one.order.state not in LEADS_NONE]
        return [
            {
                "number": one.order.number, "title": shapes.text(one.order, self.by).title,
                "day": clock.local(one.order.drafted_at).date(), "why": one.why,
                "state": shapes.state(one.order, self.by)["label"],
                "place": shapes.place(one.order, self.by), "share": round(one.likeness * 100),
            }
            for one in fit[:CANDIDATES]
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What was typed goes before what was taken."""
        cleaned: dict[str, Any] = super().clean() or {}
        number = (cleaned.get("master") or cleaned.pop("near", "") or "").strip()
        cleaned.pop("near", None)
        seen = visible_to(self.by).exclude(pk=self.order.pk)
        cleaned["master"] = seen.filter(number__iexact=number).first() if number else None
        if cleaned["master"] is None:
            self.add_error("master", _("没有这张单子") if number else _("选一张主单，或填它的编号"))
        return cleaned


class Split(VerbForm):
    title = forms.CharField(label=_("标题"), max_length=200)
    content = forms.CharField(
        label=_("经过"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    demand = forms.CharField(label=_("期望结果"), required=False, max_length=500)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True).order_by("code"), label=_("类别"), required=False
    )
    address = forms.CharField(label=_("地点"), required=False, max_length=200)
    paraphrase = forms.CharField(label=_("转述"), required=False, widget=LONG, max_length=2000)

    def about(self, order: Order, by: Actor) -> None:
        if not order.confidential:
            del self.fields["paraphrase"]


class Discipline(VerbForm):
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)
    accused = forms.ModelChoiceField(
        Unit.objects.exclude(kind="centre").order_by("region", "code"),
        label=_("被反映的单位"),
        required=False,
        help_text=_("移送后各单位都看不到这件"),
    )


class Force(VerbForm):
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)
    evidence = forms.CharField(label=_("依据"), widget=LONG, max_length=2000)
