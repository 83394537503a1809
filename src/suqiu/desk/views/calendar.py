"""The working calendar: a year with its 休 and 班, where knowledge ends, and the notice of a year."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base import clock
from suqiu.base.errors import Invalid, Refused
from suqiu.calendars import actions, queries
from suqiu.calendars.rules import Day, WorkCalendar, holiday
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.views.doors import staff, uploaded
from suqiu.orders.queries import provisional_clocks

FIRST = 2004


class Notice(SpokenForm):
    """The State Council's notice of a year, as a sheet: only the days that depart from the week."""

    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=FIRST, max_value=2100)
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=64,
        help_text=gettext_lazy("通知的文号，例如：国办发明电〔2026〕×号"),
    )
    text = forms.CharField(
        label=gettext_lazy("内容"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("首行“日期,类型,名称”；类型写休或班；也可以选文件"),
    )
    correcting = forms.BooleanField(
        label=gettext_lazy("这是更正：年份已经确定，仍要改"), required=False
    )


@staff()
def show(request: DeskRequest) -> HttpResponse:
    year = _year(request.GET.get("year", ""))
    ahead = clock.today().year + 1
    return _page(request, year, Notice(initial={"year": ahead}))


@staff("sysadmin", methods=("POST",))
def preview(request: DeskRequest) -> HttpResponse:
    """What the notice would change; nothing is written yet."""
    form, days = _given(request)
    if days is None:
        return _page(request, clock.today().year, form, status=422)
    year = form.cleaned_data["year"]
    try:
        would = queries.would_change(year, days)
        actions.check(year, days, form.cleaned_data["source"])
    except Refused as wrong:
        _tell(form, wrong)
        return _page(request, year, form, status=422)
    context: dict[str, Any] = {
        "would": would,
        "taken": actions.as_csv(days),
        "open_clocks": provisional_clocks(year),
    }
    return _page(request, year, form, **context)


@staff("sysadmin", methods=("POST",))
def take(request: DeskRequest) -> HttpResponse:
    form, days = _given(request)
    if days is None:
        return _page(request, clock.today().year, form, status=422)
    given = form.cleaned_data
    try:
        changed = actions.import_year(
            given["year"],
            days,
            source=given["source"],
            by=request.actor,
            correcting=given["correcting"],
        )
    except Refused as wrong:
        _tell(form, wrong)
        return _page(request, given["year"], form, status=422)
    told = {"year": given["year"], "days": changed}
    messages.success(request, _("%(year)d 年日历已导入，改动 %(days)d 天；暂定的时限会重算") % told)
    return redirect(f"{reverse('desk:calendar')}?year={given['year']}")


def _given(request: DeskRequest) -> tuple[Notice, dict[dt.date, Day] | None]:
    form = Notice(request.POST)
    content = uploaded(request)
    if not form.is_valid():
        return form, None
    if not content and not form.cleaned_data["text"]:
        form.add_error("text", _("贴上内容，或选一个文件"))
        return form, None
    try:
        return form, actions.read_csv(content or form.cleaned_data["text"].encode())
    except Invalid as wrong:
        _tell(form, wrong)
        return form, None


def _tell(form: Notice, wrong: Refused) -> None:
    """Every finding with its line, beside the field."""
    field = {"calendar.source": "source", "calendar.definitive": "correcting"}.get(
        wrong.code, "text"
    )
    said = [str(finding[-1]) for finding in wrong.data.get("findings") or ()] or [wrong.message]
    for one in said[:20]:
        form.add_error(field, one)


def _page(
    request: DeskRequest, year: int, form: Notice, status: int = 200, **more: Any
) -> HttpResponse:
    calendar = queries.calendar()
    known = queries.known_until()
    context = {
        "year": year,
        "years": (year - 1 if year > FIRST else None, year + 1),
        "months": [_month(year, n, calendar) for n in range(1, 13)],
        "weekdays": _("一二三四五六日"),
        "counts": _counts(year, calendar),
        "known": dt.date.fromisoformat(known) if known else None,
        "sources": sorted({row.source for row in queries.days_of(year)}),
        "form": form,
        "may": "sysadmin" in request.actor.roles,
        "today": clock.today(),
        **more,
    }
    return render(request, "desk/pages/calendar.html", context, status=status)


def _year(value: str) -> int:
    if not value:
        return clock.today().year
    if not (value.isdecimal() and FIRST <= int(value[:5]) <= 2100):
        raise Invalid("calendar.asked", _("年份须在 %(first)d 到 2100 之间") % {"first": FIRST})
    return int(value)


def _month(year: int, month: int, calendar: WorkCalendar) -> dict[str, Any]:
    first = dt.date(year, month, 1)
    days = []
    day = first
    while day.month == month:
        work = calendar.is_work(day)
        weekend = day.weekday() >= 5
        sign = _("班") if work and weekend else _("休") if not work and not weekend else ""
        name = holiday(calendar.name(day))
        days.append(
            {
                "day": day,
                "work": work,
                "sign": sign,
                "name": name,
                "provisional": calendar.is_provisional(day),
            }
        )
        day += dt.timedelta(days=1)
    return {"first": first, "pad": range(first.weekday()), "days": days}


def _counts(year: int, calendar: WorkCalendar) -> dict[str, int]:
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    return {
        "work": sum(calendar.is_work(day) for day in days),
        "rest": sum(not calendar.is_work(day) for day in days),
        "worked_weekends": sum(calendar.is_work(d) and d.weekday() >= 5 for d in days),
        "provisional": sum(calendar.is_provisional(day) for day in days),
    }
