"""Advice that a callback left for the unit: the unit answers, the centre sees whether it did."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.accounts.queries import names
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing
from suqiu.callbacks import queries
from suqiu.callbacks.actions import answer_advice
from suqiu.desk import shapes
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff

PAGE = 50
UNIT = ("handler", "head")
CENTRE = ("dispatcher", "callback_officer", "inspector")


@staff(*UNIT, *CENTRE)
def show(request: DeskRequest) -> HttpResponse:
    return _page(request)


@staff(*UNIT, methods=("POST",))
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    words = request.POST.get("words", "")[:1000]
    row = queries.advice_to(request.actor).filter(pk=pk).first()
    if row is None:
        raise Missing("missing", _("没有这条待答的建议"))
    try:
        answer_advice(row, words=words, by=request.actor)
    except Invalid as wrong:
        return _page(request, wrong=wrong.message, wrong_at=pk, status=422)
    messages.success(request, _("已答复建议"))
    return redirect("desk:advice")


def _page(
    request: DeskRequest, wrong: str = "", wrong_at: int = 0, status: int = 200
) -> HttpResponse:
    by, now = request.actor, clock.now()
    waiting = list(queries.advice_to(by).order_by("attempt__at")[:PAGE])
    inside = bool(by.roles & set(CENTRE))
    given = list(queries.advice_given(by)[:PAGE])
    called = names({row.answered_by for row in given if row.answered_by})
    context = {
        "waiting": [
            {
                "advice": row,
                "age": now - row.attempt.at,
                "title": shapes.text(row.attempt.order, by).title,
            }
            for row in waiting
        ],
        "given": [{"advice": row, "by": called.get(row.answered_by, "")} for row in given],
        "inside": inside,
        "wrong": wrong,
        "wrong_at": wrong_at,
    }
    return render(request, "desk/pages/advice.html", context, status=status)
