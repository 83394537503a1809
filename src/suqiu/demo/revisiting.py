"""Who looks again after a close, as the house does it: the callback officer asks the citizen for his hour,
an inspector who had nothing to do with the order goes then, and what he finds back becomes a case.

Nothing here knows what will be there. `Eyes` is all that these people have: they ask, and they look.
"""

import datetime as dt
import random
from typing import Any, Protocol

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed, Refused
from suqiu.demo import beside
from suqiu.demo.casework import STEPS
from suqiu.demo.life import Next, Step, hours
from suqiu.demo.people import holders, office
from suqiu.supervision.cases.actions import looking
from suqiu.supervision.cases.models import Case
from suqiu.supervision.rechecks import actions, queries
from suqiu.supervision.rechecks.models import Recheck

NOTICE = dt.timedelta(hours=1)  # so long before the hour somebody is told to go
SAID = {
    True: ("又摆出来了，与办结时不一样，拍了照", "又出现了，问了旁边两户，说来了好几天"),
    False: ("没有再出现，问了旁边两户也说没有", "现场干净，等了二十分钟没有来"),
}


class Eyes(Protocol):
    """What a citizen answers, and what can be seen."""

    def asks(self, address: str) -> dt.time: ...
    def shows(self, address: str, at: dt.datetime) -> bool: ...


def watch(world: Any, start: dt.datetime, eyes: Eyes) -> None:
    """From now on somebody asks every working morning what is to be looked at again."""

    def morning() -> Next:
        _ask(world, eyes)
        return morning, dt.timedelta(days=1)

    world.plan((start + dt.timedelta(minutes=20)).astimezone(dt.UTC), morning)


def _ask(world: Any, eyes: Eyes) -> None:
    officer = holders("callback_officer")[0]
    rows = queries.open_to(officer).filter(hour=None, since__lte=clock.now())
    for row in rows.select_related("order"):
        hour = _next(eyes.asks(row.order.address))
        free = _send(row, hour, world.rng, officer)
        if free is not None:
            world.plan(hour, _look(world, eyes, row.pk, free))


def _next(time: dt.time) -> dt.datetime:
    """The next moment of this time of day for which there is time to get ready."""
    earliest = clock.now() + NOTICE
    hour = dt.datetime.combine(clock.local(earliest).date(), time, clock.LOCAL)
    hour += dt.timedelta(days=hour < earliest)
    return hour.astimezone(dt.UTC)


def _send(row: Recheck, hour: dt.datetime, rng: random.Random, by: Actor) -> Actor | None:
    """An inspector whom the house lets go, named for the hour; None where there is none."""
    for one in rng.sample(holders("inspector"), len(holders("inspector"))):
        try:
            actions.name_hour(row.pk, hour=hour, inspector=one.id, by=by)
        except NotAllowed:
            continue
        return one
    return None


def _look(world: Any, eyes: Eyes, pk: int, by: Actor) -> Step:
    def look() -> Next:
        row = queries.get_for(by, pk)
        back = eyes.shows(row.order.address, clock.now())
        shots = beside.shots(row.order, by, row.pk, tidy=not back)
        row = actions.look(pk, back=back, words=world.rng.choice(SAID[back]), shots=shots, by=by)
        if row.case:
            case, again = row.case, eyes.asks(row.order.address)
            at = office(clock.now() + dt.timedelta(hours=10), world.rng)
            world.plan(at, lambda: _take_on(world, case, again, by))
        return None

    return look


def _take_on(world: Any, case: Case, time: dt.time, by: Actor) -> Next:
    """The second complaint: again at the citizen's hour, decided there by who is named."""
    hour = _next(time)
    case = looking.name_hour(case, hour=hour, inspector=by.id, by=by)
    rest = STEPS[1 : world.rng.randint(3, len(STEPS))]

    def survey() -> Next:
        words = "诉求人在场，一起看了，拍了照"
        ruling = world.rng.choice(["citizen", "citizen", "partly"])
        shots = beside.shots(case.orders.order_by("pk").first(), by, case.pk)
        done = looking.survey(case, words=words, ruling=ruling, shots=shots, by=by)
        return _on(done, rest, by, world.rng)

    world.plan(hour, survey)
    return None


def _on(case: Case, steps: tuple[Any, ...], by: Actor, rng: random.Random) -> Next:
    """The next steps of a case, each some hours later, until the house says no or they are over."""
    if not steps:
        return None

    def step() -> Next:
        try:
            done: Case = steps[0](Case.objects.get(pk=case.pk), by, rng)
        except Refused:
            return None  # somebody else has it by now
        return _on(done, steps[1:], by, rng)

    return step, hours(1, 9, rng)
