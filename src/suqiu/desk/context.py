"""What stands around every page: the moment, the day, who is here, where one may go."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from suqiu.accounts import queries as accounts
from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.calendars import queries as calendars
from suqiu.desk import words

CENTRE = frozenset({"call_taker", "dispatcher", "callback_officer", "inspector"})
WORKERS = frozenset({"hub", "handler", "head"})
LEADERS = frozenset({"leader", "assessor", "inspector", "external_supervisor"})
KEEPERS = frozenset({"sysadmin", "secadmin", "auditadmin", "auditor"})


class Place(NamedTuple):
    route: str
    label: Promise
    roles: frozenset[str] | None  # None: everyone who is logged in


PLACES = (
    Place("desk:register", gettext_lazy("受理台"), frozenset({"call_taker"})),
    Place("desk:queue", gettext_lazy("工单"), CENTRE | WORKERS),
    Place("desk:callbacks", gettext_lazy("回访"), frozenset({"callback_officer", "inspector"})),
    Place("desk:leader", gettext_lazy("看板"), LEADERS),
    Place("desk:figures", gettext_lazy("指标"), CENTRE | WORKERS | LEADERS | {"auditor"}),
    Place("desk:people", gettext_lazy("人员"), KEEPERS),
)
# What is needed now and then stands in the menu under one's name.
MORE = (
    Place("desk:roster", gettext_lazy("值班表"), CENTRE | WORKERS | {"leader"}),
    Place("desk:publications", gettext_lazy("公布数据"), frozenset({"leader"})),
    Place("desk:clients", gettext_lazy("机器客户端"), KEEPERS),
)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Context processor. A view may set `request.nav_counts`, {route: how many wait there}."""
    around: dict[str, Any] = {
        "now": clock.now(),
        "day_note": "",
        "search_url": "/search",
        "logout_url": "/logout",
        "demo": settings.MODE == "demo",
        "nav": [],
        "more": [],
        "who": None,
    }
    person = getattr(request, "user", None)
    actor = getattr(request, "actor", None)
    if isinstance(person, Person) and isinstance(actor, Actor):
        role = accounts.role_label(actor)
        around["who"] = {"id": person.pk, "name": person.name, "role": role}
        around["day_note"] = words.day_note(clock.today(), calendars.calendar())
        around["nav"] = navigation(actor, request.path, getattr(request, "nav_counts", {}))
        around["more"] = navigation(actor, request.path, {}, MORE)
    return around


def navigation(
    actor: Actor, path: str, counts: dict[str, int], places: tuple[Place, ...] = PLACES
) -> list[dict[str, Any]]:
    """The places open to this actor, the present one marked."""
    items = []
    for place in places:
        if place.roles is not None and not place.roles & actor.roles:
            continue
        try:
            url = reverse(place.route)
        except NoReverseMatch:  # a city may leave a surface out
            continue
        active = path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
        count = counts.get(place.route)
        items.append({"url": url, "label": place.label, "count": count, "active": active})
    return items
