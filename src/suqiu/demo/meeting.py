"""The month's meeting: an agenda from the figures, what districts said, what was decided and done;
and the next one, called for, with what is still open on its agenda."""

import datetime as dt
import random

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.demo.people import holders
from suqiu.organisations.models import Unit
from suqiu.supervision.meetings.actions import holding, planning
from suqiu.supervision.meetings.models import Decision, Item, Meeting

COMERS = 6
SAID = (
    "早晚两班已经排到街镇，周末缺人手。",
    "同一路口反复，疏导点没有定下来，执法只能赶。",
    "渣土运输夜里抽查了四次，有一次没带处置证。",
    "绿地养护改为发现当天报，照片当天传。",
)
CAUSES = "摊贩有需求，附近没有疏导点；两个街道交界，谁管没有说清。"
MEASURES = "交界一侧定一个街道牵头；划临时疏导点，限时经营；一个月后再看。"


def meet(rng: random.Random) -> Meeting | None:
    """From the plan to the circulated minutes; None where there is nobody to lead it."""
    leads, leader = holders("inspector"), holders("leader")[0]
    districts = [actor for actor in holders("hub") if actor.units][:COMERS]
    if not leads or not districts:
        return None
    by = leads[0]
    row = planning.plan(
        kind="regular", title="受理工作例会", at=clock.now() + dt.timedelta(hours=1),
        place="中心三楼会议室", by=by,
    )  # fmt: skip
    units = [Unit.objects.get(pk=next(iter(actor.units))) for actor in districts]
    planning.invite(row, units, by=by)
    planning.propose(row, by=by)
    planning.add(row, kind="directive", title="传达夜间设摊专项整治要求", by=leader)
    planning.call(row, by=by)
    planning.offer(row, title="错时执法的做法", words="早晚两班，投诉少了一半。", by=districts[0])
    holding.hold(row, came={unit.pk for unit in units[:-1]}, by=by)
    decided = [_talk(item, rng.sample(units, 2), rng, by) for item in row.items.order_by("pk")]
    _minutes(row, districts, leader, by)
    _half_done([one for one in decided if one], districts, units, by)
    _next(by, units)
    return row


def _talk(item: Item, speakers: list[Unit], rng: random.Random, by: Actor) -> Decision | None:
    for unit in speakers:
        holding.say(item, unit=unit, words=rng.choice(SAID), by=by)
    today = clock.today()
    if item.kind == "difficult":
        holding.study(
            item, causes=CAUSES, measures=MEASURES, outcome="plan",
            review_on=today + dt.timedelta(days=30), by=by,
        )  # fmt: skip
    if item.kind == "experience":
        holding.recommend(item, why="别的区可以照着做", by=by)
    if item.kind not in {"difficult", "directive"}:
        return None
    return holding.decide(
        item, words="一周内报落实情况" if item.kind == "directive" else "牵头街道划出临时疏导点",
        owner=speakers[0], until=today + dt.timedelta(days=7), by=by,
    )  # fmt: skip


def _minutes(row: Meeting, districts: list[Actor], leader: Actor, by: Actor) -> None:
    words = "一、传达了整治要求。二、研讨了疑难件，定了牵头街道。三、交流了错时执法的做法。"
    holding.minute(row, words=words, by=by)
    holding.circulate(row, by=leader)
    for actor in districts[:-2]:
        holding.acknowledge(row, by=actor)


def _half_done(
    decided: list[Decision], districts: list[Actor], units: list[Unit], by: Actor
) -> None:
    """One is done and confirmed, one waits to be confirmed, the others are still open."""
    owners = {unit.pk: actor for unit, actor in zip(units, districts, strict=True)}
    for n, decision in enumerate(decided[:2]):
        holding.fulfil(decision, words="已划出，早六点到八点半。", by=owners[decision.owner_id])
        if n == 0:
            holding.confirm(decision, by=by)


def _next(by: Actor, units: list[Unit]) -> None:
    row = planning.plan(
        kind="regular", title="受理工作例会", at=clock.now() + dt.timedelta(days=14), by=by
    )
    planning.invite(row, units, by=by)
    planning.propose(row, by=by)
