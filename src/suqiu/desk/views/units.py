"""The city's units: where they stand, whether anybody is there, and a new one by the administrator."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from suqiu.accounts import staffing
from suqiu.accounts.models import ROLES
from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.base.language import word
from suqiu.calendars.queries import calendar
from suqiu.desk.context import UNIT_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views.doors import once, staff
from suqiu.organisations import layout, queries
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.sheets import TRADES, Row

PAGE = "desk/pages/units.html"
KINDS = dict(Unit.KINDS)
OPEN_KINDS = [(kind, label) for kind, label in Unit.KINDS if kind != "centre"]


class UnitForm(SpokenForm):
    """One line of a city's sheet (docs/install.md); a known code changes that unit."""

    code = forms.RegexField(
        r"^[\w.-]{1,32}$",
        label=gettext_lazy("代码"),
        error_messages={"invalid": gettext_lazy("代码只用字母、数字和 . _ -，最多 32 个")},
        help_text=gettext_lazy("自己定，定了不改；已有的代码就是改那个单位"),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)
    kind = forms.ChoiceField(label=pgettext_lazy("单位", "类别"))
    district = forms.ModelChoiceField(
        Region.objects.none(), label=gettext_lazy("区"), required=False
    )
    parent = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("上级街镇"),
        required=False,
        help_text=gettext_lazy("只有中队要填"),
    )
    # The trades are the sheet's own words, in every language.
    trade = forms.ChoiceField(
        label=gettext_lazy("行业"), required=False, widget=forms.Select(attrs={"lang": "zh"})
    )
    email = forms.EmailField(label=gettext_lazy("邮箱"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        streets = queries.valid_on(today).filter(kind="street").order_by("code")
        self.fields["kind"].choices = [(k, word(label)) for k, label in OPEN_KINDS]  # type: ignore[attr-defined]
        trades = [(code, name) for name, code in TRADES.items()]
        self.fields["trade"].choices = [("", "—"), *trades]  # type: ignore[attr-defined]
        self.fields["district"].queryset = queries.regions_on(today).order_by("code")  # type: ignore[attr-defined]
        self.fields["parent"].queryset = streets  # type: ignore[attr-defined]

    def row(self) -> Row:
        given = self.cleaned_data
        district, parent = given["district"], given["parent"]
        return Row(
            0,
            given["kind"],
            given["code"],
            given["name"],
            district=district.code if district else "",
            parent=parent.code if parent else "",
            trade=given["trade"],
            email=given["email"],
        )


@staff(*sorted(UNIT_READERS))
def show(request: DeskRequest) -> HttpResponse:
    return _page(request, _form_of(request.GET.get("unit", "")))


@staff("sysadmin", methods=("POST",))
def keep(request: DeskRequest) -> HttpResponse:
    """Found a unit, or change the one of this code, as one line of a sheet would."""
    form = UnitForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        return redirect(once(request, lambda: _kept(request, form.row())))
    except Invalid as error:
        form.add_error(None, error.message)
        return _page(request, form, status=422)


def _kept(request: DeskRequest, row: Row) -> str:
    laid = layout.lay_out([row], by=request.actor)
    if laid.founded:
        said = _("已设单位 %s；派单目录另发一版才派得到它") % row.name
    else:
        said = _("已改 %s") % row.name if laid.changed else _("%s 没有变化") % row.name
    messages.success(request, said)
    return f"{reverse('desk:units')}?{urlencode({'region': row.district})}"


def _form_of(code: str) -> UnitForm:
    """An empty form, or that of a known unit."""
    unit = Unit.objects.filter(code=code).exclude(kind="centre").first() if code else None
    if unit is None:
        return UnitForm()
    return UnitForm(
        initial={
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind,
            "district": unit.region_id,
            "parent": unit.parent_id if unit.kind == "squad" else None,
            "trade": unit.trade,
            "email": unit.email,
        }
    )


def _page(request: DeskRequest, form: UnitForm, *, status: int = 200) -> HttpResponse:
    today, words = clock.today(), request.GET.get("q", "").strip()
    regions = list(Region.objects.filter(valid_to=None).order_by("code"))
    wanted = request.GET.get("region", "") or request.POST.get("district", "")
    region = next((one for one in regions if one.pk == wanted), regions[0] if regions else None)
    units = queries.valid_on(today).select_related("parent").order_by("kind", "code")
    found = units.filter(name__icontains=words) if words else units.filter(region=region)
    there = staffing.held(today)
    idle = {unit.pk for unit in queries.units_without_duty(today, calendar().is_work)}
    context = {
        "regions": regions,
        "region": None if words else region,
        "q": words,
        "rows": [_row(unit, there[unit.pk], unit.pk in idle) for unit in found[:200]],
        "may": "sysadmin" in request.actor.roles,
        "form": form,
        "lacking": len(staffing.units_without_people(today)),
        "idle": len(idle),
    }
    return render(request, PAGE, context, status=status)


def _row(unit: Unit, roles: Counter[str], idle: bool) -> dict[str, Any]:
    return {
        "unit": unit,
        "kind": word(KINDS[unit.kind]),
        "people": sum(roles.values()),
        "lacks": [ROLES[role] for role in staffing.lacking(unit, roles)],
        "idle": idle,
    }
