"""The hotline's call figures of the weeks before, as a sheet would bring them: plainly invented, by half
hour, with a busy morning, a busy afternoon and quiet rest days."""

import datetime as dt
import math
import random

from suqiu.base import clock
from suqiu.calendars.queries import calendar
from suqiu.demo.city import BY
from suqiu.figures import calls
from suqiu.figures.models import CallSlot

WEEKS = 8
FIRST, LAST = 14, 42  # half hours: from 07:00 to 21:00
HANDLING_S = (170, 260)


def plant(rng: random.Random) -> int:
    """Take in the weeks up to yesterday; returns how many half hours that are."""
    days = [clock.today() - dt.timedelta(days=n) for n in range(WEEKS * 7, 0, -1)]
    return calls.take_in([_slot(day, n, rng) for day in days for n in range(FIRST, LAST)], by=BY)


def _slot(day: dt.date, slot: int, rng: random.Random) -> CallSlot:
    busy = 1.0 if calendar().is_work(day) else 0.45
    mean = busy * (
        12 * math.exp(-(((slot - 20) / 5) ** 2)) + 9 * math.exp(-(((slot - 30) / 5) ** 2))
    )
    offered = max(0, round(rng.gauss(mean, math.sqrt(mean))))
    answered = max(0, offered - (rng.random() < 0.3))
    handling = rng.randint(*HANDLING_S) if answered else 0
    # The busier the half hour, the longer they wait.
    quick = max(0, answered - round(answered * min(0.3, busy * answered / 120)))
    return CallSlot(
        day=day, slot=slot, offered=offered, answered=answered, handling_s=handling, quick=quick
    )
