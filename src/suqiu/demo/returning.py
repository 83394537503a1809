"""What comes back in the demo's month: stalls, goods outside shops and sheds that stand there again some
days after the close, at their own hours. The street knows, and nobody of the house: who looks again
(`revisiting`) asks the citizen and goes there. What was planted and what was found is told side by side.
"""

import datetime as dt
from collections.abc import Iterable
from functools import cache, wraps
from typing import Any

import yaml

from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.catalogue.models import Category, Source
from suqiu.demo.arrivals import GIVEN, SURNAMES
from suqiu.demo.city import DATA
from suqiu.demo.life import Next, Step
from suqiu.demo.people import holders
from suqiu.demo.steady import Steady
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.organisations.models import Unit
from suqiu.supervision.rechecks import queries
from suqiu.supervision.rechecks.queries import Share

Row = dict[str, Any]
SOON = dt.timedelta(minutes=40)
BY_DAY = dt.time(10)  # when it can be looked at where the citizen names no hour


@cache
def planted() -> tuple[Row, ...]:
    """The places of the story, those that come back and those that do not."""
    read: list[Row] = yaml.safe_load((DATA / "recurring.yaml").read_text("utf-8"))
    return tuple(read)


class Street:
    """The street itself: what one who lives there answers, and what can be seen at a place. `first` is
    the day from which the story counts its days."""

    def __init__(self, rows: Iterable[Row], first: dt.date) -> None:
        self._known, self._first = {row["address"]: row for row in rows}, first

    def asks(self, address: str) -> dt.time:
        """The time of day at which the citizen wants it looked at."""
        row = self._known.get(address)
        return dt.time.fromisoformat(row["hour"]) if row else BY_DAY

    def shows(self, address: str, at: dt.datetime) -> bool:
        """Does it stand there at this moment?"""
        back = self._known.get(address, {}).get("back")
        if back is None:
            return False
        here = clock.local(at)
        day = (here.date() - self._first).days
        there: bool = back["day"] <= day < back.get("until", day + 1)
        return there and back["from"] <= f"{here:%H:%M}" <= back["to"]


def invite(world: Any, start: dt.datetime, rows: Iterable[Row]) -> Street:
    """Plan their calls for the first morning: each is closed some days later, so that the month has
    room for two looks. The answer is the street on which it happens."""
    rows = list(rows)
    for number, row in enumerate(rows, 1):
        at = start + dt.timedelta(minutes=35 + 9 * number)
        world.plan(at.astimezone(dt.UTC), _call(world, row, number))
    return Street(rows, clock.local(start).date())


def _call(world: Any, row: Row, number: int) -> Step:
    def step() -> Next:
        rng, taker = world.rng, world.rng.choice(holders("call_taker"))
        street = Unit.objects.select_related("region").get(code=row["street"])
        category = Category.objects.get(code=row["category"])
        order = take_down(
            Appeal(
                source=Source.objects.get(code="12345"),
                source_no=f"12345-HC-{number:03d}",
                title=row["title"],
                content=row["content"],
                demand=row["demand"],
                occurred_at=clock.now() - dt.timedelta(hours=rng.randint(9, 30)),
                category=category,
                urgency=category.urgency,
                region=street.region,
                street=street,
                address=row["address"],
                appellant=take_in(
                    name=rng.choice(SURNAMES) + rng.choice(GIVEN),
                    phone=f"1990009{number:04d}",
                    by=taker,
                ),
            ),
            by=taker,
        )
        life = Steady(order, rng, "steady", {**row, "level": "满意", "result": "solved"})
        return _swift(life.take), dt.timedelta(minutes=5)

    return step


def _swift(step: Step) -> Step:
    """The same life without its pauses."""

    @wraps(step)
    def quick() -> Next:
        follow = step()
        return (_swift(follow[0]), min(follow[1], SOON)) if follow else None

    return quick


def proof(rows: Iterable[Row]) -> dict[str, Any]:
    """What was planted beside what people's looks found, place by place, and what the figures say."""
    by = holders("leader")[0]
    looked = queries.visible_to(by).exclude(done_at=None)
    back = set(looked.filter(back=True).values_list("order__address", flat=True))
    there = {row["address"] for row in rows if row.get("back")}
    return {
        "planted": len(there),
        "found": len(there & back),
        "missed": sorted(there - back),
        "wrong": sorted(back - there),
        "looks": looked.count(),
        "lasting": {
            str(row.days): {"of": row.of, "at_close": row.at_close, "after": row.after}
            for row in queries.lasting(by)
        },
        "by_leaf": _told(queries.by_leaf(by)),
        "by_place": _told(queries.by_place(by)),
    }


def _told(shares: list[Share]) -> dict[str, dict[str, int]]:
    return {one.code: {"back": one.n, "of": one.of} for one in shares}


def line(facts: dict[str, Any]) -> str:
    """The same in one line."""
    told = f"回潮：埋下 {facts['planted']} 处，复查 {facts['looks']} 次，找到 {facts['found']} 处"
    missed, wrong = "、".join(facts["missed"]), "、".join(facts["wrong"])
    return told + (f"；漏了：{missed}" if missed else "") + (f"；多报：{wrong}" if wrong else "")
