"""The month's visits: a leader and an inspector go by the proposed route, see what is there, and what
they find goes the way of every order; one visit is ahead, for whoever looks at the demo."""

import datetime as dt
import random
from typing import Any

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.callbacks import actions as callbacks
from suqiu.catalogue.models import Category
from suqiu.demo import beside
from suqiu.demo.life import Life, Next, Step
from suqiu.demo.people import holders
from suqiu.files import actions as files
from suqiu.orders.actions.attach import Taken, limits_of
from suqiu.orders.places import Place
from suqiu.policy.queries import in_force
from suqiu.supervision.visits import queries, routes
from suqiu.supervision.visits.actions import going, planning
from suqiu.supervision.visits.models import Commitment, Stop, Visit

DAYS = (2, 4, 9, 11, 16, 18, 23, 25)  # after the first Monday: Wednesdays and Fridays
LEG = dt.timedelta(minutes=50)
SEEN = (
    "主路干净，背街垃圾桶满溢，居委会说清运少了一班。",
    "早市散后摊贩还在，中队两人在劝，说人手不够。",
    "花坛补种过，浇灌跟上了，居民说比上月好。",
    "沿街店铺门前堆物收进去了一半，商户说没有仓库。",
    "工地出入口冲洗了，路面还有泥，夜里要再看一次。",
)
FOUND = (
    ("C0101", "菜场后门人行道", "菜场后门人行道上有五辆三轮车占道卖菜，盲道被挡住，收摊后烂菜叶没有人扫。"),
    ("C0102", "路口水果店门前", "路口水果店把货架摆到店外两米多，行人要走到车行道上绕过去，店主说每天如此。"),
    ("S0101", "弄口垃圾桶旁", "弄口垃圾桶满溢，袋装垃圾堆在桶外地上，有异味，居民说两天没有来清运。"),
)  # fmt: skip
PROMISED = ("早高峰加派两人值守", "每晚加清运一班", "一周内把缺株补齐")


class Found(Life):
    """An order from a visit: whoever was there keeps out of it."""

    witnesses: frozenset[str] = frozenset()

    def centre(self, role: str, avoid: str = "") -> Actor:
        others = [a for a in holders(role) if a.id not in self.witnesses | {avoid}]
        return self.rng.choice(others)

    def _call(self, by: Actor, *, honest: bool) -> Next:
        """No citizen brought it; who was met there, and is no witness, is asked whether it is done."""
        callbacks.record(self.fresh, by=by, outcome="reached", answer=self._answer(bad=False))
        return self.after_call()


class Walk:
    """One day out, stop by stop."""

    def __init__(self, world: Any, number: int) -> None:
        self.world, self.number = world, number
        self.rng = random.Random(number)  # noqa: S311 - its own story: the month's other ones stay as they are
        leaders, inspectors = holders("leader"), holders("inspector")
        self.by = inspectors[number % len(inspectors)]
        self.people = [self.by, leaders[number % len(leaders)]]
        self.visit: Visit | None = None

    def start(self) -> Next:
        self.visit = planned(self.by, self.people)
        return (self.at_stop, LEG) if self.visit else None

    def at_stop(self) -> Next:
        assert self.visit is not None  # a walk begins with its plan
        left = self.visit.stops.filter(arrived_at=None, skipped_at=None).order_by("position")
        stop = left.select_related("visit", "street__region", "category").first()
        if stop is None:
            going.close(self.visit, summary="看了现场，听了街镇的难处；问题已转工单。", by=self.by)
            return self.look_back, dt.timedelta(days=5)
        if stop.position > 2 and self.rng.random() < 0.15:
            going.skip(stop, reason="前一站耽搁，今天来不及", by=self.by)
            return self.at_stop, dt.timedelta(minutes=1)
        self._write(stop)
        if self.rng.random() < 0.45:
            self._find(stop)
        if self.rng.random() < 0.35:
            self._promise(stop)
        return self.at_stop, LEG

    def _write(self, stop: Stop) -> None:
        data = beside.drawn(self.rng, beside.STREET, 5)
        limits = limits_of(None, in_force().pk)
        file = files.receive(data, name="visit.jpg", limits=limits, by=self.by)
        here = _beside(stop, self.rng)
        going.log(
            stop, seen=self.rng.choice(SEEN), met=self.rng.sample(["street", "committee", "shops", "residents"], 2),
            photos=[file], taken={file.pk: Taken(clock.now(), here, 0)}, here=here, made_at=clock.now(),
            clock_off=0, by=self.by,
        )  # fmt: skip

    def _find(self, stop: Stop) -> None:
        leaf, place, content = self.rng.choice(FOUND)
        order = going.find(
            stop, content=content, address=f"{stop.street.name}{place}",
            category=Category.objects.filter(code=leaf).first() or stop.category,
            here=_beside(stop, self.rng), by=self.by,
        )  # fmt: skip
        life = Found(order, self.rng, "", {"reply": "已把处置情况回复走访组。"})
        life.witnesses = frozenset(actor.id for actor in self.people)
        self.world.plan(clock.now() + dt.timedelta(minutes=self.rng.randint(5, 30)), life.take)

    def _promise(self, stop: Stop) -> None:
        until = clock.today() + dt.timedelta(days=self.rng.choice((3, 4, 12)))
        words = self.rng.choice(PROMISED)
        going.promise(stop, owner=stop.street, words=words, until=until, by=self.by)

    def look_back(self) -> Next:
        """What should be done by now was looked at; one in four was not."""
        due = Commitment.objects.filter(
            stop__visit=self.visit, kept=None, until__lte=clock.today()
        ).select_related("stop__visit")
        for row in due:
            done = self.rng.random() < 0.75
            going.settle(row, kept_it=done, note="到现场看过", by=self.by)
        return None


def invite(world: Any, start: dt.datetime) -> None:
    """Plan the month's visits, each in the morning."""
    for number, days in enumerate(DAYS):
        step: Step = Walk(world, number).start
        world.plan((start + dt.timedelta(days=days, hours=1)).astimezone(dt.UTC), step)


def planned(by: Actor, people: list[Actor]) -> Visit | None:
    """By the route that the house proposes; None where there is nowhere to go."""
    route = routes.proposed(by)
    stops = routes.new_stops(route, {one.street.pk for one in route.stops}, [], by)
    if not stops:
        return None
    region = stops[0].street.region
    return planning.plan(
        day=clock.today(), title=f"走访：{region.short}街镇", stops=stops,
        visitors=[actor.id for actor in people], by=by,
    )  # fmt: skip


def ahead() -> Visit | None:
    """The visit of the day on which the demo stands: planned, and nobody has gone yet."""
    by, leader = holders("inspector")[0], holders("leader")[0]
    return planned(by, [by, leader])


def summary() -> dict[str, int]:
    """What the month's visits came to, for who asks the demo."""
    by, today = holders("leader")[0], clock.today()
    it = queries.month(by, today - dt.timedelta(days=60), today + dt.timedelta(days=1))
    return {"visits": it.visits, "stops": it.stops, "found": it.problems, "closed": it.closed}


def _beside(stop: Stop, rng: random.Random) -> Place | None:
    """Somewhere near the stop, where it has a place."""
    if stop.lon is None or stop.lat is None:
        return None
    return Place(stop.lon + rng.uniform(-0.003, 0.003), stop.lat + rng.uniform(-0.003, 0.003))
