"""What the figures say, and the orders behind each of them."""

from django.http import HttpResponse
from django.shortcuts import render

from suqiu.desk import queries, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff

LEADERS = ("leader", "assessor", "inspector", "external_supervisor")
READERS = (
    *LEADERS,
    "call_taker",
    "dispatcher",
    "callback_officer",
    "hub",
    "handler",
    "head",
    "auditor",
)


@staff(*LEADERS)
def leader(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/leader.html", {})


@staff(*READERS)
def figures(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/pages/figures.html", {})


@staff(*READERS)
def orders_behind(request: DeskRequest) -> HttpResponse:
    return render(
        request,
        "desk/pages/figures_orders.html",
        {"rows": shapes.rows([], request.actor), "q": queries.MOST},
    )
