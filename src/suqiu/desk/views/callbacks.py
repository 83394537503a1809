"""What is to be asked back: first callbacks and second checks, the nearest clock first."""

from django.http import HttpResponse
from django.shortcuts import render

from suqiu.desk import queries, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff

LISTS = ("callback", "second", "close")


@staff("hub", "callback_officer", "inspector")
def show(request: DeskRequest) -> HttpResponse:
    by = request.actor
    views = [view for view in queries.views_of(by) if view.key in LISTS]
    lists = [
        {
            "view": view,
            "rows": shapes.rows(queries.page(view.pick(by)).orders, by),
            "count": count,
        }
        for view, count in zip(views, queries.numbers(views, by), strict=True)
    ]
    return render(request, "desk/pages/callbacks.html", {"lists": lists})
