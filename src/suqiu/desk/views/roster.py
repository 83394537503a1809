"""The duty roster (值班表) of a unit: a week or a month, who answers, and where nobody does."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from suqiu.accounts.models import ROLES
from suqiu.accounts.queries import names, people_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.calendars import queries as calendars
from suqiu.calendars.rules import WorkCalendar, holiday
from suqiu.desk import rosters
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff, uploaded
from suqiu.organisations import actions, queries
from suqiu.organisations.access import CENTRE, may_keep_roster
from suqiu.organisations.models import Duty, Unit
from suqiu.organisations.rules import day_of, gaps

READERS = (*sorted(CENTRE), "hub", "handler", "head")
KEEPERS = ("dispatcher", "hub", "head")
WEEK = dt.timedelta(days=7)


@staff(*READERS)
def show(request: DeskRequest) -> HttpResponse:
    return _page(request, rosters.Line())


@staff(*KEEPERS, methods=("POST",))
def keep(request: DeskRequest) -> HttpResponse:
    """One line, or a file of lines; what does not fit comes back with its reason."""
    unit = _unit(request, request.POST.get("unit", ""))
    if (sheet := uploaded(request)) is not None:
        shifts = rosters.read_csv(sheet, people_in(unit, *ROLES))
        actions.set_duties(unit, shifts, by=request.actor)
        messages.success(request, _("已按文件排班 %d 行") % len(shifts))
        return _back(request, unit)
    form = rosters.Line(request.POST, people=people_in(unit, *ROLES))
    if not form.is_valid():
        return _page(request, form, unit=unit, status=422)
    try:
        actions.set_duties(unit, [form.shift()], by=request.actor)
    except Invalid as wrong:
        form.add_error(str(wrong.data["field"]), wrong.message)
        return _page(request, form, unit=unit, status=422)
    messages.success(request, _("已排班"))
    return _back(request, unit)


@staff(*KEEPERS, methods=("POST",))
def drop(request: DeskRequest, pk: int) -> HttpResponse:
    unit = _unit(request, request.POST.get("unit", ""))
    actions.drop_duty(unit, pk, by=request.actor)
    messages.success(request, _("已从值班表去掉这一行"))
    return _back(request, unit)


@staff(*KEEPERS, methods=("POST",))
def copy(request: DeskRequest) -> HttpResponse:
    unit = _unit(request, request.POST.get("unit", ""))
    monday = _monday(_day(request.POST.get("day", "")))
    count = actions.copy_week(unit, monday, by=request.actor)
    messages.success(request, _("已从上一周抄来 %d 行") % count)
    return _back(request, unit)


def _page(
    request: DeskRequest, form: rosters.Line, *, unit: Unit | None = None, status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    by = request.actor
    unit = unit or _unit(request, asked.get("unit", ""))
    month = asked.get("view") == "month"
    day = _day(asked.get("day", ""))
    first, last = _span(day, month)
    people = people_in(unit, *ROLES)
    calendar = calendars.calendar()
    days = _days(unit, first, last, calendar, {p.actor_id for p in people})
    may = may_keep_roster(by, unit)
    if may and not form.is_bound:
        form = rosters.Line(people=people, initial={"date": clock.today(), "days": "date"})
    context: dict[str, Any] = {
        "unit": unit,
        "units": list(
            queries.rosters_open_to(by, clock.today()).order_by("region", "kind", "code")
        ),
        "days": days,
        "pad": range(first.weekday()) if month else (),
        "month": month,
        "day": day,
        "first": first,
        "last": last,
        "before": _shifted(day, month, -1),
        "after": _shifted(day, month, 1),
        "today": clock.today(),
        "open_days": [d for d in days if d["gaps"]],
        "lines": _lines(unit, first, last),
        "may": may,
        "form": form,
        "without": _without(by, calendar),
    }
    return render(request, "desk/pages/roster.html", context, status=status)


def _days(
    unit: Unit, first: dt.date, last: dt.date, calendar: WorkCalendar, here: set[str]
) -> list[dict[str, Any]]:
    lines = queries.roster_lines(unit, first, last)
    called = names({who for line in lines for who in (line.person, line.deputy) if who})
    days = []
    for n in range((last - first).days + 1):
        day = first + dt.timedelta(days=n)
        stretches = day_of(lines, day, calendar.is_work)
        work = calendar.is_work(day)
        days.append(
            {
                "day": day,
                "work": work,
                "unusual": work != (day.weekday() < 5),
                "name": holiday(calendar.name(day)),
                "provisional": calendar.is_provisional(day),
                "gaps": gaps(stretches),
                "stretches": [
                    {
                        "hours": s.hours,
                        "line": s.line,
                        "person": called.get(s.line.person, "") if s.line else "",
                        "deputy": called.get(s.line.deputy, "") if s.line else "",
                        # One who has left still stands in the roster: nobody will answer.
                        "left": s.line is not None and s.line.person not in here,
                    }
                    for s in stretches
                ],
            }
        )
    return days


def _lines(unit: Unit, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The lines behind the days, the standing ones first."""
    lines = [
        line
        for line in queries.roster_lines(unit, first, last)
        if line.days in rosters.KINDS or line.days >= first.isoformat()
    ]
    called = names({who for line in lines for who in (line.person, line.deputy) if who})
    lines.sort(key=lambda line: (line.days not in rosters.KINDS, line.days != "work", line.days))
    return [
        {
            "line": line,
            "days": rosters.KINDS.get(line.days) or dt.date.fromisoformat(line.days),
            "dated": line.days not in rosters.KINDS,
            "person": called[line.person],
            "deputy": called.get(line.deputy, ""),
            "hours": _hours(line),
        }
        for line in lines
    ]


def _hours(line: Duty) -> str:
    until = "24:00" if line.until >= dt.time(23, 59) else f"{line.until:%H:%M}"
    after = _("次日 ") if line.since > line.until else ""
    return f"{line.since:%H:%M}–{after}{until}"


def _without(by: Actor, calendar: WorkCalendar) -> list[Unit]:
    """For the centre: the units that it could not reach at some hour of today."""
    if not by.roles & CENTRE:
        return []
    return queries.units_without_duty(clock.today(), calendar.is_work)


def _unit(request: DeskRequest, code: str) -> Unit:
    units = queries.rosters_open_to(request.actor, clock.today())
    own = units.filter(pk__in=request.actor.units).order_by("code")
    found = units.filter(code=code).first() if code else own.first() or units.first()
    if found is None:
        raise Missing("missing", _("没有这个单位，或它的值班表不归您看"))
    return found


def _day(value: str) -> dt.date:
    if not value:
        return clock.today()
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise Invalid("duty.days", _("“%s”不是日期") % value, field="day") from error
    if not 2000 <= day.year <= 2100:
        raise Invalid("duty.days", _("“%s”不是日期") % value, field="day")
    return day


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _span(day: dt.date, month: bool) -> tuple[dt.date, dt.date]:
    if not month:
        return _monday(day), _monday(day) + dt.timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _shifted(day: dt.date, month: bool, step: int) -> dt.date:
    if not month:
        return day + step * WEEK
    first = day.replace(day=1)
    return (first + dt.timedelta(days=31 if step > 0 else -1)).replace(day=1)


def _back(request: DeskRequest, unit: Unit) -> HttpResponse:
    asked = {
        "unit": unit.code,
        **{k: request.POST[k] for k in ("view", "day") if request.POST.get(k)},
    }
    return redirect(f"{reverse('desk:roster')}?{urlencode(asked)}")
