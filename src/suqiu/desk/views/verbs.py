"""The form of one verb, and doing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from suqiu.base.actors import Actor
from suqiu.base.errors import Missing, NotAllowed, Refused, WrongState
from suqiu.catalogue.queries import unit_for
from suqiu.desk import forms, shapes, signing, uploads
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views import asked
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.order import called_in, page, rounds, withheld_seats
from suqiu.desk.views.timeline import latest
from suqiu.desk.views.verb_forms import VERB_FORMS, Way
from suqiu.orders import situations
from suqiu.orders.access import Denied, can
from suqiu.orders.actions.attach import limits_of
from suqiu.orders.models import Order
from suqiu.orders.past import read
from suqiu.orders.queries import get_for, looked_at, with_past
from suqiu.orders.states import VERBS, Verb
from suqiu.organisations.models import Unit

# Whoever does these speaks with the citizen: whom to call stands beside the form.
CALLS = frozenset({"contact", "reply", "convey_reply", "verify_first", "verify_second", "withdraw"})
# Lists from which a form is reached, and to which one goes on when it is done.
BACK = ("/queue", "/signing")
PAGE, PART = "desk/pages/verb.html", "desk/pages/parts/verb_form.html"


@staff(methods=("GET", "HEAD", "POST"))
def show(request: DeskRequest, number: str, verb: str) -> HttpResponse:
    way = VERB_FORMS.get(verb)
    if way is None:
        raise Http404
    order = get_for(request.actor, number, log=False)
    if request.method == "POST":
        return _do(request, order, VERBS[verb], way)
    answer = can(request.actor, verb, situations.of(order)[0])
    if isinstance(answer, Denied):
        if answer.state:
            said = _too_late(answer.reason, order, request.actor)
            raise WrongState(answer.code, said, number=order.number)
        raise NotAllowed(answer.code, answer.reason, number=order.number)
    return _form(request, order, VERBS[verb], way.form(order=order, by=request.actor))


def _do(request: DeskRequest, order: Order, verb: Verb, way: Way) -> HttpResponse:
    answer = can(request.actor, verb, situations.of(order)[0])
    if isinstance(answer, Denied) and answer.code in {"post", "accused"}:
        # Whose post never does this keeps nothing here, neither words nor uploads.
        raise NotAllowed(answer.code, answer.reason, number=order.number)
    form = way.form(request.POST, request.FILES, order=order, by=request.actor)
    if not form.is_valid():
        return _form(request, order, verb, form, status=422)
    try:
        # Before the transaction: where the bytes go may be across a network.
        given = _kept(form, order, request.actor)
        address = once(request, lambda: _address(way.do(order, given, request.actor)))
    except Missing:
        raise
    except Refused as error:
        return _refused(request, order, verb, form, error)
    messages.success(
        request, _("%(verb)s：已办（%(number)s）") % {"verb": verb.label, "number": order.number}
    )
    back = request.POST.get("back", "")
    address = back if back.startswith(BACK) else address
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _refused(
    request: DeskRequest, order: Order, verb: Verb, form: forms.VerbForm, error: Refused
) -> HttpResponse:
    """What was written stays. Where nothing was, the order itself tells best how it stands now."""
    if isinstance(error, WrongState):
        error = WrongState(error.code, _too_late(error.message, order, request.actor), **error.data)
    if form.fields or request.htmx:
        return _form(request, order, verb, form, error=error, status=error.status)
    messages.error(request, error.message)
    now, past = with_past(request.actor, order.number)
    context = page(now, past, request.actor)
    return render(request, "desk/pages/order.html", context, status=error.status)


def _too_late(reason: str, order: Order, by: Actor) -> str:
    """Somebody else was faster, mostly: who, when and with what."""
    last = latest(order, by)
    return (
        _("%(reason)s（最近一步：%(last)s）") % {"reason": reason, "last": last} if last else reason
    )


def _kept(form: forms.VerbForm, order: Order, by: Actor) -> dict[str, Any]:
    """What the form gave, its uploads turned into files that are kept."""
    limits = limits_of(order, order.pack_id)
    return {
        name: uploads.receive(value, limits=limits, by=by)
        if isinstance(form.fields.get(name), uploads.Files)
        else value
        for name, value in form.cleaned_data.items()
    }


def _address(order: Order) -> str:
    return reverse("desk:order", args=[order.number])


def _form(
    request: DeskRequest,
    order: Order,
    verb: Verb,
    form: forms.VerbForm,
    *,
    error: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    looked_at(order, request.actor)  # the whole appeal stands beside the form
    past = read(order)
    called = called_in(order, past)
    requests = asked.requests(past, called, withheld_seats(order, past, request.actor))
    context: dict[str, Any] = {
        "order": order,
        "verb": verb,
        "form": form,
        "error": error,
        "text": shapes.text(order, request.actor),
        "badge": shapes.state(order, request.actor, past),
        "flags": shapes.flags(order),
        "place_of": shapes.place(order, request.actor),
        "person": shapes.person(order, request.actor) if verb.name in CALLS else None,
        "suggested": suggested(order) if verb.name == "dispatch" else None,
        "back": request.GET.get("back", ""),
        "signs_for": signing.instead_of(order, verb.name, request.actor),
        "rounds": rounds(order, past, called, request.actor),
        "asked": asked.ruled_on(verb.name, requests),
    }
    return render(request, PART if request.htmx else PAGE, context, status=status)


def suggested(order: Order) -> Unit | None:
    """The unit that the order's edition of the duty catalogue names; None where it names none."""
    if order.category_id is None or order.duty_version_id is None:
        return None
    return unit_for(order.duty_version_id, order.category_id, order.region, order.street)
