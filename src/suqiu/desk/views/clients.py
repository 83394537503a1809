"""Other systems that call the API. The security administrator gives and takes; keepers look."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts import actions, queries
from suqiu.accounts.grants import CLIENT_ROLES, SCOPES
from suqiu.accounts.models import ROLES, Client
from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.catalogue.models import Source
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views.doors import staff
from suqiu.desk.views.people import KEEPERS
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on

PAGE = "desk/pages/clients.html"


class MachineClient(SpokenForm):
    """What a client is given; whether it goes together, the action says."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)
    role = forms.ChoiceField(
        label=gettext_lazy("岗位"),
        choices=[(role, label) for role, label in ROLES.items() if role in CLIENT_ROLES],
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("单位"))
    source = forms.ModelChoiceField(
        Source.objects.filter(active=True).order_by("code"),
        label=gettext_lazy("来源"),
        required=False,
        help_text=gettext_lazy("只看、只交这一来源的件"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("有效（天）"), min_value=1, max_value=730, initial=365
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("每分钟最多请求（次）"),
        min_value=0,
        max_value=1_000_000,
        initial=1200,
        required=False,
        help_text=gettext_lazy("空着或 0 为不限"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = valid_on(clock.today()).order_by("region", "kind", "code")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


@staff(*KEEPERS)
def show(request: DeskRequest) -> HttpResponse:
    return _page(request, MachineClient())


@staff("secadmin", methods=("POST",))
def add(request: DeskRequest) -> HttpResponse:
    """The token is in this one answer; it is neither kept nor put into the session."""
    form = MachineClient(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = dict(form.cleaned_data)
    until = clock.now() + dt.timedelta(days=given.pop("days"))
    source = given.pop("source")
    try:
        client, token = actions.add_client(
            **given, source=source.code if source else "", expires_at=until, by=request.actor
        )
    except Invalid as error:
        form.add_error(None, error.message)
        return _page(request, form, status=422)
    return _page(request, MachineClient(), made=(client, token))


@staff("secadmin", methods=("POST",))
def revoke(request: DeskRequest, pk: int) -> HttpResponse:
    client = actions.revoke_client(get_object_or_404(Client, pk=pk), by=request.actor)
    messages.success(request, _("已停用 %s，令牌即刻失效") % client.name)
    return redirect("desk:clients")


def _page(
    request: DeskRequest,
    form: MachineClient,
    *,
    made: tuple[Client, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows, now = queries.clients(), clock.now()
    called = names({row.created_by for row in rows})
    context = {
        "rows": [
            {
                "one": row,
                "role": ROLES.get(row.role, row.role),
                "scopes": [SCOPES[s] for s in SCOPES if s in row.scopes],
                "by": called[row.created_by],
                "ended": row.revoked_at is not None or row.expires_at <= now,
            }
            for row in rows
        ],
        "form": form,
        "made": made,
        "may": "secadmin" in request.actor.roles,
    }
    return render(request, PAGE, context, status=status)
