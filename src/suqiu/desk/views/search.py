"""Finding an order by number, title, address or a whole telephone number."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from suqiu.desk import queries, shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff


@staff()
def show(request: DeskRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    page = queries.by_number(queries.found(text, request.actor), request.GET.get("after", ""))
    if len(page.orders) == 1 and page.orders[0].number.lower() == text.lower():
        return redirect("desk:order", number=page.orders[0].number)
    context = {"q": text, "rows": shapes.rows(page.orders, request.actor), "after": page.after}
    return render(request, "desk/pages/search.html", context)
