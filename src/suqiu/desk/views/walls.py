"""The screen on the wall: the city's sums, read from five metres, nobody's identity."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.accounts import throttles
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for, names
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.net import net_of_request
from suqiu.desk import running
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views import charts
from suqiu.desk.views.doors import staff
from suqiu.figures import keeping, walls
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import FOUR
from suqiu.orders.queries import at_work

# Sums of the whole city are the same for whoever stands before them.
BY = system("wall")
ROLES = frozenset(
    {"leader", "assessor", "inspector", "dispatcher", "callback_officer", "call_taker"}
)
COOKIE, PATH = "wall", "/wall"
DAYS = 30
EACH_SECONDS = 60
GUESSES, LOOKS, MINUTE = 10, 30, 60
TOP = 6


class WallForm(SpokenForm):
    """Where the screen hangs, and for how long its link is good."""

    name = forms.CharField(label=gettext_lazy("挂在哪里"), max_length=64)
    days = forms.IntegerField(
        label=gettext_lazy("有效（天）"), min_value=1, max_value=walls.LONGEST, initial=90
    )


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """For who holds a screen's link or one of the centre's posts. `part=1`: what is refreshed."""
    refused = _refused(request)
    if refused is not None:
        return refused
    part = request.GET.get("part") == "1"
    page = "desk/pages/parts/wall_figures.html" if part else "desk/pages/wall.html"
    return render(request, page, _figures())


@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A screen's link, once: from here on its browser holds a cookie for this page alone, so that the
    token stands in no address that is logged, shown or sent on."""
    row = _guarded(request, token)
    if row is None:
        return _gone(request)
    answer = redirect("desk:wall")
    answer.set_cookie(
        COOKIE,
        token,
        # By the browser's own clock, which need not be ours.
        max_age=int((row.expires_at - clock.now()).total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@staff("leader")
def links(request: DeskRequest) -> HttpResponse:
    return _links(request, WallForm())


@staff("leader", methods=("POST",))
def open_link(request: DeskRequest) -> HttpResponse:
    """The link is in this one answer and nowhere else."""
    form = WallForm(request.POST)
    if not form.is_valid():
        return _links(request, form, status=422)
    try:
        row, token = walls.open_wall(**form.cleaned_data, by=request.actor)
    except Invalid as error:
        form.add_error(None, error.message)
        return _links(request, form, status=422)
    address = request.build_absolute_uri(reverse("desk:wall_enter", args=[token]))
    return _links(request, WallForm(), made=(row, address))


@staff("leader", methods=("POST",))
def revoke(request: DeskRequest, pk: int) -> HttpResponse:
    if walls.revoke_wall(pk, by=request.actor) is None:
        raise Http404
    return redirect("desk:wall_links")


def _refused(request: HttpRequest) -> HttpResponse | None:
    """None where this browser may see the wall."""
    token = request.COOKIES.get(COOKIE, "")
    if token:
        row = _guarded(request, token)
        if row is not None:
            looks = throttles.count("wall", str(row.pk), most=LOOKS, seconds=MINUTE)
            if looks.too_many:
                return HttpResponse(status=429, headers={"Retry-After": str(looks.resets_in)})
            walls.note_use(row)
            return None
    if isinstance(request.user, Person):
        if actor_for(request.user).roles & ROLES:
            return None
        raise NotAllowed("post", _("您的岗位不用这一页"))
    return _gone(request) if token else redirect_to_login(request.get_full_path())


def _guarded(request: HttpRequest, token: str) -> Any:
    """The screen of this token; guessing from one network ends after a few."""
    net = net_of_request(request)
    if not throttles.look("wall_guess", net, most=GUESSES, seconds=MINUTE).left:
        return None
    row = walls.wall_of(token)
    if row is None:
        throttles.count("wall_guess", net, most=GUESSES, seconds=MINUTE)
    return row


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/pages/wall_gone.html", status=404)


def _figures() -> dict[str, Any]:
    until = clock.today()
    cohort = Cohort(
        "closed_in",
        midnight(until - dt.timedelta(days=DAYS - 1)),
        midnight(until + dt.timedelta(days=1)),
    )
    board = Board(cohort, BY)
    ready = keeping.ready()
    around = {
        "at": clock.now(),
        "each": EACH_SECONDS,
        "ready": ready,
        "demo": settings.MODE == "demo",
    }
    if not ready:
        return around
    composed = board.composition()
    tiles = charts.tiles(board.regions, board.city["solved"], "solved", cohort)
    return {
        **around,
        "first": clock.local(cohort.start).date(),
        "last": until,
        "counts": _counts(),
        "clocks": _clocks(),
        "cards": [
            {
                **charts.card(board.city[code], cohort, board.moved.get(code), board.against),
                "few": not board.city[code].may_rank,
            }
            for code in FOUR
        ],
        "tiles": tiles,
        "extent": charts.extent(tiles),
        "city": charts.card(board.city["solved"], cohort),
        "trend": charts.trend(board.trend("month"), "month"),
        "stages": charts.stages(board.lost, cohort),
        "bars": charts.bars(composed, cohort, TOP),
        "against": charts.AGAINST.get(board.against, ""),
    }


def _counts() -> dict[str, int]:
    start = midnight(clock.today())
    today = Cohort("accepted_in", start, start + dt.timedelta(days=1))
    bins = running.bins()
    clocks = running.clocks(BY)
    return {
        "accepted": Board(today, BY).volumes(today).get("", 0),
        "open": at_work(BY).count(),
        "tonight": clocks.filter(bins["soon"] | bins["today"]).count(),
        "overdue": clocks.filter(bins["overdue"]).count(),
    }


def _clocks() -> list[dict[str, Any]]:
    """Of each obligation how many run out today and how many have."""
    rows = [(row.name, dict(row.bins)) for row in running.table(BY)]
    return [
        {"name": name, "today": n["soon"] + n["today"], "overdue": n["overdue"]} for name, n in rows
    ]


def _links(
    request: DeskRequest, form: WallForm, *, made: tuple[Any, str] | None = None, status: int = 200
) -> HttpResponse:
    rows, now = walls.walls(), clock.now()
    called = names({row.created_by for row in rows})
    context = {
        "rows": [
            {
                "one": row,
                "by": called[row.created_by],
                "ended": row.revoked_at is not None or row.expires_at <= now,
            }
            for row in rows
        ],
        "form": form,
        "made": made,
    }
    return render(request, "desk/pages/wall_links.html", context, status=status)
