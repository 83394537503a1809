"""The lists that people work from, and sending out what the catalogue decides."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed, Refused
from suqiu.desk import queries, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.queries import View
from suqiu.desk.views.doors import once, staff
from suqiu.desk.views.verbs import suggested
from suqiu.orders.actions.dispatch import dispatch
from suqiu.orders.models import Order
from suqiu.orders.past import read
from suqiu.orders.queries import get_for, menu, visible_to

BOARD = frozenset({"leader", "assessor", "external_supervisor"})
KEEPERS = frozenset({"sysadmin", "secadmin", "auditadmin"})


@staff()
def home(request: DeskRequest) -> HttpResponse:
    """Each role goes to where its work waits."""
    roles = request.actor.roles
    if roles == {"external_supervisor"}:
        return redirect("desk:external")
    if roles & BOARD:
        return redirect("desk:leader")
    if queries.views_of(request.actor):
        return redirect("desk:queue")
    if roles & KEEPERS:
        return redirect("desk:people")
    return render(request, "desk/pages/home.html")


@staff()
def show(request: DeskRequest) -> HttpResponse:
    by = request.actor
    views = queries.views_of(by)
    if not views:
        raise NotAllowed("post", _("您的岗位没有工单队列"))
    shown = counted(views, by)
    # Without a wish, the first list in which work waits; an empty one greets nobody.
    waiting = next((v for v, c in zip(views, shown, strict=True) if c["count"] != "0"), views[0])
    view = next((v for v in views if v.key == request.GET.get("view")), waiting)
    page = queries.page(view.pick(by), request.GET.get("after", ""))
    context = {
        "views": shown,
        "view": view,
        "rows": _rows(page.orders, view, by),
        "after": page.after,
        "first_page": not request.GET.get("after"),
        "bulk": view.key == "dispatch",
    }
    return render(request, "desk/pages/queue.html", context)


@staff()
def preview(request: DeskRequest, number: str) -> HttpResponse:
    """The right pane: enough to decide most things without opening the order."""
    order = get_for(request.actor, number)
    by = request.actor
    past = read(order)
    context = {
        "order": order,
        "text": shapes.text(order, by),
        "badge": shapes.state(order, by, past),
        "flags": shapes.flags(order),
        "place_of": shapes.place(order, by),
        "person": shapes.person(order, by),
        "bar": shapes.verb_bar(order, menu(order, by, past), by),
        "suggested": suggested(order) if order.state == "accepted" else None,
    }
    context["row"] = shapes.rows([order], by)[0]
    return render(request, "desk/pages/parts/preview.html", context)


@staff("dispatcher", methods=("POST",))
def dispatch_suggested(request: DeskRequest) -> HttpResponse:
    """Send the chosen orders where the catalogue says; what it does not decide stays for a person."""
    chosen = visible_to(request.actor).filter(number__in=request.POST.getlist("number")[:200])
    orders = list(chosen.select_related("region", "street"))
    address = reverse("desk:queue") + "?view=dispatch"
    once(request, lambda: _send(request, orders, address))
    return redirect(address)


def _send(request: DeskRequest, orders: Sequence[Order], address: str) -> str:
    sent, kept = 0, []
    for order in orders:
        unit = suggested(order)
        if unit is None:
            kept.append(_("%s 目录没有写明") % order.number)
            continue
        try:
            dispatch(order, to=unit, by=request.actor)
            sent += 1
        except Refused as error:
            kept.append(f"{order.number} {error.message}")
    messages.success(request, _("已按目录派出 %d 件") % sent)
    if kept:
        messages.warning(
            request, _("%(n)d 件没有派：%(why)s") % {"n": len(kept), "why": _("；").join(kept[:5])}
        )
    return address


def counted(views: list[View], by: Actor) -> list[dict[str, Any]]:
    """The lists as tabs and boards show them, each with how many wait."""
    shown = []
    for view, count in zip(views, queries.numbers(views, by), strict=True):
        words = f"{queries.MOST}+" if count > queries.MOST else str(count)
        tone = view.tone if count else ""
        shown.append(
            {"key": view.key, "label": view.label, "icon": view.icon, "count": words, "tone": tone}
        )
    return shown


def _rows(orders: Sequence[Order], view: View, by: Actor) -> list[dict[str, Any]]:
    """Rows; where orders wait for dispatch, each with the unit that the catalogue names."""
    rows = shapes.rows(orders, by)
    units = [suggested(order) if view.key == "dispatch" else None for order in orders]
    return [{"row": row, "unit": unit} for row, unit in zip(rows, units, strict=True)]
