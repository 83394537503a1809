"""The month's special inspection: outsiders bring the seed, and go and look with the centre's people."""

import datetime as dt
import random

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed
from suqiu.demo.people import holders
from suqiu.orders.queries import visible_to
from suqiu.supervision.inspections import actions, queries
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist

LINES = ("C", "S")
AGAIN = 0.08  # of what was solved, so much is back when somebody comes to look


def inspect(rng: random.Random, *, since: dt.date, until: dt.date) -> Inspection | None:
    """From the plan to the published card; None where nothing was closed in the bounds."""
    leads, leader = holders("inspector"), holders("leader")[0]
    outside, by = holders("external_supervisor"), leads[0]
    there = visible_to(by).filter(state__in=("closed", "archived"), category__line__in=LINES)
    if not there.exists():
        return None
    row = actions.plan(
        theme="三个二专项检查", checklist="three-twos", since=since, until=until,
        per_stratum=1, lines=LINES, by=by,
    )  # fmt: skip
    for order in there.filter(round__gt=1, conduct=False).order_by("number")[:3]:
        actions.pick(row, order.number, reason="difficult", by=by)
    for person in leads:
        actions.invite(row, person, side="centre", by=by)
    for person in outside:
        actions.invite(row, person, side="external", by=by)
    actions.seal(row, by=by)
    actions.supply_seed(row, f"摇号 {rng.randrange(10**6):06d}", by=outside[0])
    for item in queries.to_check(row):
        _look(row, item, [*outside, *leads], rng)
    actions.finish(row, by=by)
    return actions.publish(row, by=leader)


def _look(row: Inspection, item: Item, team: list[Actor], rng: random.Random) -> None:
    """Whoever has had nothing to do with it goes."""
    gone = item.order is not None and item.order.result == "solved" and rng.random() > AGAIN
    truth = {"on_time": rng.random() < 0.93, "gone": gone}
    asked = Checklist.model_validate(row.checklist).questions
    answers: dict[str, bool | None] = {
        q.code: truth.get(q.code, rng.random() < 0.95) for q in asked
    }
    for person in rng.sample(team, len(team)):
        try:
            actions.check(row, item, answers=answers, by=person)
        except NotAllowed:
            continue  # handled it: another one goes
        level = rng.choices(
            ["满意", "基本满意", "一般", "不满意"], [7, 2, 1, 0] if gone else [1, 2, 3, 4]
        )
        actions.survey(row, item, level=level[0], by=person)
        if not gone and item.order is not None:
            seat = item.order.seats.filter(role="lead").select_related("unit").last()
            if seat:
                actions.find(
                    row, item, kind="rectify", unit=seat.unit, words="现场又有反复，须重新处置。",
                    due=clock.today(), by=person,
                )  # fmt: skip
        return
