"""Who does what in the demo city, and when they are at work."""

import datetime as dt
import random
from functools import cache

from suqiu.accounts.queries import actor_for, people_as, people_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.calendars.queries import calendar
from suqiu.organisations.models import Unit


@cache
def holders(role: str) -> tuple[Actor, ...]:
    """The centre's people in a role."""
    return tuple(actor_for(person) for person in people_as(role))


@cache
def in_unit(unit_id: int, role: str) -> Actor:
    """The unit's person in a role; the demo city has one of each."""
    return actor_for(people_in(Unit.objects.get(pk=unit_id), role)[0])


def office(moment: dt.datetime, rng: random.Random) -> dt.datetime:
    """This moment if people are at work, else some minutes after they come in again."""
    local, cal = clock.local(moment), calendar()
    while not (cal.is_work(local.date()) and dt.time(9) <= local.time() < dt.time(17, 30)):
        morning = dt.datetime.combine(local.date(), dt.time(9), clock.LOCAL)
        if local >= morning or not cal.is_work(local.date()):
            morning += dt.timedelta(days=1)
        local = morning + dt.timedelta(minutes=rng.randint(0, 40))
    return local.astimezone(dt.UTC)
