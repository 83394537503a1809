"""What a day ahead will bring, by its own past: calls and people by half hour, orders by unit.

A day is compared with days of its kind. Rest days (holidays too) are one kind; a working day is
compared with the same weekday, a worked weekend with all working days.
"""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suqiu.base import clock
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import SATURDAY, WorkCalendar
from suqiu.figures import erlang
from suqiu.figures.models import CallSlot
from suqiu.orders.models import Seat
from suqiu.organisations.models import Unit

SHIPPED = Path(__file__).parent / "data" / "staffing.yaml"
HALF_HOUR = 1800  # seconds
WEEK = dt.timedelta(days=7)
READERS = ("leader", "assessor", "dispatcher")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Strict):
    share: float = Field(gt=0, lt=1)
    within_s: float = Field(ge=0, le=600)


class Standard(_Strict):
    """One version of what is promised to callers; shares are ratios."""

    id: str
    version: int = Field(ge=1)
    basis: str
    confidence: str
    service: Service
    shrinkage: float = Field(ge=0, lt=0.9)
    occupancy: float = Field(gt=0.3, le=1)
    weeks: int = Field(ge=1, le=104)


@cache
def standard() -> Standard:
    """The standard in force. Raises Invalid where the file does not hold together."""
    try:
        return Standard.model_validate(yaml.safe_load(SHIPPED.read_text("utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid("planning.standard", f"{SHIPPED.name}: {error}") from error


@dataclass(frozen=True)
class Slot:
    """One half hour: expected calls (a mean over `days` past ones), and who is needed for them.
    `wait` is the callers' mean in seconds, `reached` the share answered in time (ratio)."""

    slot: int
    calls: float
    handling: float
    load: float
    agents: int
    roster: int
    reached: float
    wait: float

    @property
    def time(self) -> str:
        return f"{self.slot // 2:02d}:{self.slot % 2 * 30:02d}"


@dataclass(frozen=True)
class Plan:
    """`days` are those that it was made of: none, and nothing is planned."""

    day: dt.date
    work: bool
    days: list[dt.date]
    slots: list[Slot]

    @property
    def peak(self) -> Slot | None:
        return max(self.slots, key=lambda slot: (slot.agents, slot.load), default=None)

    @property
    def calls(self) -> float:
        return sum(slot.calls for slot in self.slots)


def like(day: dt.date, past: list[dt.date], cal: WorkCalendar) -> list[dt.date]:
    """The past days that `day` is compared with."""
    if not cal.is_work(day):
        return [one for one in past if not cal.is_work(one)]
    worked = [one for one in past if cal.is_work(one)]
    same = [one for one in worked if one.weekday() == day.weekday() < SATURDAY]
    return same or worked


def plan(day: dt.date) -> Plan:
    """Staff for `day` from the weeks before it (before today, where the day lies ahead)."""
    said, cal = standard(), calendar()
    until = min(day, clock.today())
    rows = CallSlot.objects.filter(day__gte=until - said.weeks * WEEK, day__lt=until)
    by_day: defaultdict[dt.date, list[CallSlot]] = defaultdict(list)
    for row in rows:
        by_day[row.day].append(row)
    days = like(day, sorted(by_day), cal)
    calls, answered, spent = (defaultdict[int, float](float) for _kind in range(3))
    for one in days:
        for row in by_day[one]:
            calls[row.slot] += row.offered
            answered[row.slot] += row.answered
            spent[row.slot] += row.answered * row.handling_s
    whole = sum(spent.values()) / sum(answered.values()) if sum(answered.values()) else 0.0
    slots = [
        staffed(
            slot,
            calls[slot] / len(days),
            # A half hour in which nobody was answered takes the day's mean.
            spent[slot] / answered[slot] if answered[slot] else whole,
            said,
        )
        for slot in sorted(calls)
    ]
    return Plan(day, cal.is_work(day), days, slots)


def staffed(slot: int, calls: float, handling: float, said: Standard) -> Slot:
    """People for so many calls of so many seconds each."""
    load = calls * handling / HALF_HOUR
    service = said.service
    agents = erlang.needed(
        load, handling, share=service.share, within=service.within_s, occupancy=said.occupancy
    )
    return Slot(
        slot, calls, handling, load, agents, erlang.rostered(agents, said.shrinkage),
        erlang.in_time(agents, load, handling, service.within_s),
        erlang.mean_wait(agents, load, handling) or 0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """Orders that a unit will be given in the seven days from a day on, with the interval in which
    nineteen of twenty such weeks would lie, if orders come by chance at the past's rate (Poisson,
    and the past itself is a sample)."""

    unit: int
    name: str
    past: int
    orders: float
    low: int
    high: int


def loads(day: dt.date) -> list[Expected]:
    """Every unit that was given an order in the past weeks, the busiest first."""
    said, cal = standard(), calendar()
    until = min(day, clock.today())
    since = until - said.weeks * WEEK
    span = [since + dt.timedelta(days=k) for k in range((until - since).days)]
    ahead = [cal.is_work(day + dt.timedelta(days=k)) for k in range(7)]
    n = {kind: sum(cal.is_work(one) is kind for one in span) for kind in (True, False)}
    # So many of the coming days for each past one of the same kind.
    weight = {kind: ahead.count(kind) / n[kind] if n[kind] else 0.0 for kind in n}
    given = (
        Seat.objects.filter(role="lead", opened__gte=midnight(since), opened__lt=midnight(until))
        .values("unit", day=TruncDate("opened", tzinfo=clock.LOCAL))
        .annotate(n=Count("pk"))
    )
    counts: defaultdict[int, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    for row in given:
        counts[row["unit"]][cal.is_work(row["day"])] += row["n"]
    names = dict(Unit.objects.filter(pk__in=counts).values_list("pk", "name"))
    rows = [_expected(unit, names[unit], parts, weight) for unit, parts in counts.items()]
    return sorted(rows, key=lambda row: (-row.orders, row.unit))


def _expected(unit: int, name: str, parts: dict[bool, int], weight: dict[bool, float]) -> Expected:
    mean = sum(weight[kind] * n for kind, n in parts.items())
    # The coming week's chance and that of the past's mean add up.
    spread = math.sqrt(mean + sum(weight[kind] ** 2 * n for kind, n in parts.items()))
    low, high = max(0, math.floor(mean - 1.96 * spread)), math.ceil(mean + 1.96 * spread)
    return Expected(unit, name, sum(parts.values()), mean, low, high)


def day_of(text: str) -> dt.date:
    """The asked day; tomorrow where none is. Raises Invalid for what is no day."""
    if not text:
        return clock.today() + dt.timedelta(days=1)
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("planning.day", _("日期写作 2026-09-07"), field="day") from error
