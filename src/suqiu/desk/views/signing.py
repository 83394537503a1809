"""A leader's list (我的签批); who is away and who stands in; who answers for which line."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts import absences, charges
from suqiu.accounts.models import Absence, Person
from suqiu.accounts.queries import away, names, signs_for
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing
from suqiu.catalogue.queries import lines
from suqiu.desk import leading, shapes, signing
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import wrong
from suqiu.desk.views.doors import once, staff
from suqiu.orders import signing as queries

READERS = ("leader", "dispatcher", "sysadmin")
MOST = 200


@staff("leader")
def show(request: DeskRequest) -> HttpResponse:
    """What waits for his signature, the worst clock first; what he answers for; what he signed."""
    by = request.actor
    rows = list(queries.led_by(by).order_by("next_due", "pk")[:MOST])
    signed = queries.signed_by(by)
    called = names({order.leader for order in rows} | {row.leader for row in signed})
    context = {
        "cards": signing.cards(queries.waiting(rows), called, by),
        "orders": signing.answered_for(rows, called, by),
        "signed": [
            {
                "row": row,
                "kind": signing.KINDS[row.kind],
                "title": shapes.text(row.order, by).title,
                "for": "" if row.leader == by.id else called[row.leader],
            }
            for row in signed
        ],
        "mine": away().filter(person=request.user.pk).select_related("deputy").first(),
        "stands_for": [n for a, n in names(set(signs_for(by))).items() if a != by.id],
    }
    return render(request, "desk/pages/signing.html", context)


@staff(*READERS)
def deputies(request: DeskRequest) -> HttpResponse:
    return _page(request)


@staff(*READERS, methods=("POST",))
def state(request: DeskRequest) -> HttpResponse:
    """Somebody goes away, and another stands in."""
    by = request.actor
    form = leading.Away(request.POST, by=by)
    if not form.is_valid():
        return _page(request, away=form, status=422)
    given = form.cleaned_data
    person = given.get("person") or Person.objects.get(pk=request.user.pk)

    def do() -> str:
        absences.state_absence(
            person, deputy=given["deputy"], since=given["since"], until=given["until"], by=by
        )
        return ""

    return _done(request, do, form, "away", _("已记下，这几天由代签人签批"))


@staff(*READERS, methods=("POST",))
def end(request: DeskRequest, pk: int) -> HttpResponse:
    absences.end_absence(_absence(request, pk), by=request.actor)
    messages.success(request, _("外出已结束"))
    return redirect("desk:absences")


@staff(*READERS, methods=("POST",))
def instead(request: DeskRequest, pk: int) -> HttpResponse:
    """Another deputy from now on."""
    form = leading.Instead(request.POST)
    if not form.is_valid():
        raise Invalid("absence.form", _("没有填对：%s") % wrong(form))
    row = _absence(request, pk)
    absences.change_deputy(row, deputy=form.cleaned_data["deputy"], by=request.actor)
    messages.success(request, _("已换代签人"))
    return redirect("desk:absences")


@staff("sysadmin", methods=("POST",))
def charge(request: DeskRequest) -> HttpResponse:
    form = leading.InCharge(request.POST)
    if not form.is_valid():
        return _page(request, charge=form, status=422)
    given = form.cleaned_data

    def do() -> str:
        charges.put_in_charge(
            given["line"], leader=given["leader"], section=given["section"],
            since=given["since"], by=request.actor,
        )  # fmt: skip
        return ""

    return _done(request, do, form, "charge", _("分管已登记"))


def _done(request: DeskRequest, do: Any, form: forms.Form, name: str, said: str) -> HttpResponse:
    """What the action refuses stands beside its field; nothing that was written is lost."""
    try:
        once(request, do)
    except Invalid as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, error.message)
        return _page(request, **{name: form}, status=422)
    messages.success(request, said)
    return redirect("desk:absences")


def _absence(request: DeskRequest, pk: int) -> Absence:
    """Missing alike for what is not there and what is another's."""
    row = next((one for one in absences.known(request.actor) if one.pk == pk), None)
    if row is None or not absences.may_state(row.person, request.actor):
        raise Missing("missing", _("没有这次外出"))
    return row


def _page(
    request: DeskRequest,
    *,
    away: forms.Form | None = None,
    charge: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    by = request.actor
    called = dict(lines())
    keeps = bool(by.roles & charges.KEEPERS)
    context = {
        "away": away or leading.Away(by=by, initial={"since": clock.today()}),
        "rows": [
            {
                "one": row,
                "may": absences.may_state(row.person, by),
                "instead": leading.Instead(auto_id=f"a{row.pk}_%s"),
                "now": row.since <= clock.today(),
            }
            for row in absences.known(by)
        ],
        "charges": [
            {"one": row, "line": called.get(row.line, row.line)}
            for row in charges.held(clock.today())
        ],
        "charge": (charge or leading.InCharge()) if keeps else None,
        "leaderless": queries.without_leader(by) if by.roles & {"dispatcher", "leader"} else [],
    }
    return render(request, "desk/pages/absences.html", context, status=status)
