"""What stands around every page: the moment, the day, who is here, where one may go."""

import datetime as dt
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy

from suqiu.accounts import queries as accounts
from suqiu.accounts.models import Person
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.calendars import queries as calendars
from suqiu.calendars.rules import WorkCalendar
from suqiu.desk import words
from suqiu.notifications import queries as messages
from suqiu.orders.signing import to_sign

CENTRE = frozenset({"call_taker", "dispatcher", "callback_officer", "inspector"})
WORKERS = frozenset({"hub", "handler", "head"})
LEADERS = frozenset({"leader", "assessor", "inspector", "external_supervisor"})
REPORT_READERS = frozenset({"leader", "assessor", "inspector", "hub", "head"})
KEEPERS = frozenset({"sysadmin", "secadmin", "auditadmin", "auditor"})
PACK_READERS = CENTRE | LEADERS | KEEPERS | WORKERS
CATALOGUE_READERS = CENTRE | {"leader", "assessor", "hub", "sysadmin", "auditor"}
UNIT_READERS = KEEPERS | {"dispatcher", "leader"}
IMPORT_READERS = frozenset({"dispatcher", "sysadmin", "auditor"})


class Place(NamedTuple):
    route: str
    label: Promise
    roles: frozenset[str] | None  # None: everyone who is logged in


PLACES = (
    Place("desk:external", gettext_lazy("监督任务"), frozenset({"external_supervisor"})),
    Place("desk:register", gettext_lazy("受理台"), frozenset({"call_taker"})),
    Place("desk:queue", gettext_lazy("工单"), CENTRE | WORKERS | {"leader", "assessor", "auditor"}),
    Place(
        "desk:street",
        gettext_lazy("现场"),
        frozenset({"handler", "head", "inspector", "external_supervisor"}),
    ),
    Place("desk:callbacks", gettext_lazy("回访"), frozenset({"callback_officer", "inspector"})),
    Place("desk:signing", gettext_lazy("我的签批"), frozenset({"leader"})),
    Place("desk:leader", gettext_lazy("看板"), LEADERS),
    Place("desk:unit_board", gettext_lazy("本单位看板"), WORKERS),
    Place("desk:centre_board", gettext_lazy("中心看板"), CENTRE),
    Place("desk:figures", gettext_lazy("指标"), CENTRE | WORKERS | LEADERS | {"auditor"}),
    Place(
        "desk:inspections",
        gettext_lazy("专项检查"),
        frozenset({"inspector", "assessor", "external_supervisor"}),
    ),
    Place("desk:reports", gettext_lazy("报告"), REPORT_READERS),
    Place("desk:people", gettext_lazy("人员"), KEEPERS),
)
NOVEMBER = 11
# What is needed now and then: under "more", beside the places of every day.
MORE = (
    Place("desk:messages", gettext_lazy("消息"), None),
    Place(
        "desk:messages_log",
        gettext_lazy("消息记录"),
        frozenset({"dispatcher", "sysadmin", "auditor"}),
    ),
    Place(
        "desk:advice",
        gettext_lazy("回访建议"),
        frozenset({"handler", "head", "dispatcher", "callback_officer", "inspector"}),
    ),
    Place("desk:roster", gettext_lazy("值班表"), CENTRE | WORKERS | {"leader"}),
    Place(
        "desk:absences",
        gettext_lazy("外出与分管"),
        frozenset({"leader", "dispatcher", "sysadmin"}),
    ),
    Place("desk:calendar", gettext_lazy("工作日历"), None),
    Place("desk:inspections", gettext_lazy("专项检查"), frozenset({"leader", "auditor"})),
    Place("desk:centre_board", gettext_lazy("中心看板"), frozenset({"leader", "assessor"})),
    Place(
        "desk:external",
        gettext_lazy("外部监督"),
        frozenset({"inspector", "assessor", "leader", "auditor"}) | WORKERS,
    ),
    Place("desk:findings", gettext_lazy("检查发现"), frozenset({"handler", "head"})),
    Place("desk:units", gettext_lazy("单位"), UNIT_READERS),
    Place("desk:catalogue", gettext_lazy("派单目录"), CATALOGUE_READERS),
    Place("desk:imports", gettext_lazy("导入记录"), IMPORT_READERS),
    Place("desk:packs", gettext_lazy("策略包"), PACK_READERS),
    Place(
        "desk:shadow",
        gettext_lazy("影子成绩"),
        frozenset({"inspector", "assessor", "leader", "auditor"}),
    ),
    Place("desk:trials", gettext_lazy("规则试算"), frozenset({"leader", "assessor"})),
    Place(
        "desk:cases",
        gettext_lazy("督办件"),
        CENTRE | WORKERS | {"assessor", "leader", "auditor"},
    ),
    Place(
        "desk:monitoring",
        gettext_lazy("全程监控"),
        frozenset({"dispatcher", "inspector", "assessor", "leader", "auditor"}),
    ),
    Place(
        "desk:signals",
        gettext_lazy("数据异常信号"),
        frozenset({"inspector", "assessor", "leader", "auditor"}),
    ),
    Place(
        "desk:rechecks",
        gettext_lazy("回潮复查"),
        frozenset({"dispatcher", "callback_officer", "inspector", "assessor", "leader", "auditor"}),
    ),
    Place(
        "desk:visits",
        gettext_lazy("走访"),
        CENTRE | {"assessor", "leader", "auditor", "hub"},
    ),
    Place(
        "desk:meetings",
        gettext_lazy("会议"),
        frozenset({"dispatcher", "inspector", "assessor", "leader", "auditor"}) | WORKERS,
    ),
    Place(
        "desk:planning", gettext_lazy("话务排班"), frozenset({"leader", "assessor", "dispatcher"})
    ),
    Place(
        "desk:assessment",
        gettext_lazy("考核"),
        frozenset({"assessor", "inspector", "leader", "auditor", "hub", "head"}),
    ),
    Place("desk:instructions", gettext_lazy("批示件"), REPORT_READERS),
    Place("desk:publications", gettext_lazy("公布数据"), frozenset({"leader"})),
    Place("desk:wall", gettext_lazy("大屏"), CENTRE | {"assessor"}),
    Place("desk:wall_links", gettext_lazy("大屏链接"), frozenset({"leader"})),
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
        "unread": 0,
        "year_missing": 0,
        "who": None,
    }
    person = getattr(request, "user", None)
    actor = getattr(request, "actor", None)
    if isinstance(person, Person) and isinstance(actor, Actor):
        role = accounts.role_label(actor)
        around["who"] = {"id": person.pk, "name": person.name, "role": role}
        calendar = calendars.calendar()
        around["day_note"] = words.day_note(clock.today(), calendar)
        counts = {"desk:signing": SimpleLazyObject(lambda: len(to_sign(actor)))}
        around["nav"] = navigation(
            actor, request.path, {**counts, **getattr(request, "nav_counts", {})}
        )
        around["unread"] = SimpleLazyObject(lambda: messages.unread(actor))
        around["year_missing"] = missing_year(actor, calendar)
        around["more"] = navigation(actor, request.path, {}, MORE)
    return around


@cache
def _url(route: str) -> str | None:
    """None: a city may leave a surface out."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def missing_year(actor: Actor, calendar: WorkCalendar) -> int:
    """From 1 November on the next year, where its calendar is not certain; else 0.

    The State Council's notice comes in the first half of November; without it clocks over New Year
    count with guesses, and those who can do something about it are told on every page.
    """
    today = clock.today()
    if today.month < NOVEMBER or not actor.roles & {"sysadmin", "dispatcher", "leader"}:
        return 0
    ahead = today.year + 1
    return ahead if calendar.is_provisional(dt.date(ahead, 1, 1)) else 0


def navigation(
    actor: Actor, path: str, counts: dict[str, Any], places: tuple[Place, ...] = PLACES
) -> list[dict[str, Any]]:
    """The places open to this actor, the present one marked."""
    items: list[dict[str, Any]] = []
    for place in places:
        if place.roles is not None and not place.roles & actor.roles:
            continue
        url = _url(place.route)
        if url is None:
            continue
        active = path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
        count = counts.get(place.route)
        items.append({"url": url, "label": place.label, "count": count, "active": active})
    here = max((len(item["url"]) for item in items if item["active"]), default=0)
    for item in items:  # one place is here: what lies within another is not both
        item["active"] = item["active"] and len(item["url"]) == here
    return items
