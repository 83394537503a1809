"""A squad that makes its figures look well, in every one of the ways that leave a trace; what the house
then asks, and what an inspector finds of it."""

import datetime as dt
import random
from typing import Any

from suqiu.appellants.actions import take_in
from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.callbacks import actions as callbacks
from suqiu.catalogue.models import Category, Source
from suqiu.demo import beside
from suqiu.demo.city import BY
from suqiu.demo.life import Life, Next, hours
from suqiu.demo.people import holders
from suqiu.files import actions as files
from suqiu.files import jobs as file_jobs
from suqiu.orders.access import Denied
from suqiu.orders.actions import attach, dispose, waits
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.signals import actions, jobs, queries
from suqiu.supervision.signals.access import may_rule

STREET, LEAF = "310104-ST01", "C0101"
FRIEND = "19900000077"
FORM = "您好，您反映的{}问题我单位高度重视，已安排人员处理完毕，感谢您的理解与支持。"
# How often each is done in the month.
STORIES = {"silent": 2, "form": 4, "picture": 2, "last_hour": 3, "talked": 2, "friend": 5, "lie": 2}
ROADS = ("青禾路", "墨香路", "霞光路", "松涛路", "云锦路", "晓月路", "菱歌路")
# What is told is of that order; only a form letter is everybody's.
TOLD = ("{}的四辆车当晚劝走，摊主留了名字", "{}门口放了两只花箱，连看三晚没有摊", "{}两家店收进门内，地面冲过一遍",
        "{}的推车是外来的，登记后不再来，值守到十点半", "{}与居委会说好，每晚轮流看", "{}油污洗了两遍，排档搬去疏导点",
        "{}摊主签了承诺，再摆就暂扣", "{}派了两人值守，昨晚只来过一辆，劝走了")  # fmt: skip
# What an inspector looked at, for each kind.
LOOKED = {
    "opposed": "听了两次回访的录音，又打给诉求人问了一遍",
    "flipped": "调了承办人那次通话的录音，到现场看了",
    "silent": "查了外呼记录和工单联系记录",
    "late_ask": "看了几件的办理台账，问了申请时还差什么",
    "reused": "把两张照片并排看了，两处都去了现场",
    "boilerplate": "抽了其中三件问诉求人，又看了处置台账",
    "praise": "按号码问了机主，又看了这几件的现场",
}
FOUND = {
    "founded": "与记的不符",
    "unfounded": "与记的相符，没有弄虚作假",
    "explained": "事出有因，不是为了数字",
}


class Gamed(Life):
    """A life in which one step is made up."""

    def contact(self) -> Next:
        if self.story != "silent":
            return super().contact()
        handler = self.at_unit("handler")
        dispose.contact(self.fresh, reached=False, way="电话", reason="无人接听", by=handler)
        return self.work, hours(0.5, 3, self.rng)

    def work(self) -> Next:
        if self.story == "talked" and self.round > 1:
            dispose.contact(self.fresh, reached=True, way="电话", by=self.at_unit("handler"))
            return self.dispose, hours(0.3, 1, self.rng)
        if self.story == "last_hour" and "asked" not in self.told:
            self.told.add("asked")
            clocks = self.fresh.obligations.filter(code="dispose", outcome="open")
            due = clocks.order_by("-due").values_list("due", flat=True)[0]
            day = clock.local(due - dt.timedelta(minutes=1))
            last = min(day, day.replace(hour=16, minute=self.rng.randint(10, 50)))
            return self.ask, max(last - clock.now(), dt.timedelta(minutes=5))
        return super().work()

    def ask(self) -> Next:
        waits.ask_extension(
            self.fresh, days=2, reason="须协调专业队伍进场", by=self.at_unit("handler")
        )
        return self.rule_extension, hours(0.1, 0.3, self.rng)

    def dispose(self) -> Next:
        if self.story == "picture":
            by, data = self.at_unit("handler"), beside.drawn(random.Random(5), beside.STREET, 9)  # noqa: S311
            limits = attach.limits_of(self.fresh, self.order.pack_id)
            file = files.receive(data, name="after.jpg", limits=limits, by=by)
            attach.attach(self.order, files=[file], kind="after", by=by)
        return super().dispose()

    def reply(self) -> Next:
        words = FORM if self.story == "form" else self.script["told"]
        self.script["reply"] = words.format(self.fresh.address) + (
            "" if self.round == 1 else "这次又去看过。"
        )
        return super().reply()

    def _call(self, by: Any, *, honest: bool) -> Next:
        first = self.fresh.state == "callback"
        bad = {"talked": first and self.round == 1, "lie": not first}.get(self.story, False)
        level = "不满意" if bad else "满意"
        answer = callbacks.AnswerGiven(
            solved="no" if bad else "yes", result=level, satisfaction=level, feedback_true=True
        )
        callbacks.record(self.order, by=by, outcome="reached", answer=answer)
        return self.after_call()


def invite(world: Any, start: dt.datetime) -> None:
    """Plan their arrivals over the first three weeks."""
    number = 0
    for story, times in STORIES.items():
        for _n in range(times):
            number += 1
            day = start + dt.timedelta(days=number % 18, hours=number % 7)
            world.plan(day.astimezone(dt.UTC), _arrival(world, story, number))


def _arrival(world: Any, story: str, number: int) -> Any:
    def step() -> Next:
        script = {"told": f"{TOLD[number % len(TOLD)]}，第{number}号台账。"}
        life = Gamed(_order(world.rng, story, number), world.rng, story, script)
        return life.take, dt.timedelta(minutes=5)

    return step


def _order(rng: random.Random, story: str, number: int) -> Order:
    street = Unit.objects.select_related("region").get(code=STREET)
    place, taker = f"{ROADS[number % len(ROADS)]}{100 + number * 7}号", holders("call_taker")[0]
    phone = FRIEND if story == "friend" else f"1990001{number:04d}"
    said = Appeal(
        source=Source.objects.get(code="12345"),
        title=f"{place}门前每晚摆摊占道油烟大",
        content=f"{place}门前每晚六点起有四五辆推车摆摊，占住人行道，油烟大，收摊后满地油污，要到十一点才散。",
        demand="派人固定值守到收摊",
        occurred_at=clock.now() - dt.timedelta(hours=9),
        category=Category.objects.get(code=LEAF),
        region=street.region,
        street=street,
        address=place,
        appellant=take_in(name="钱示例", phone=phone, by=taker),
    )
    return take_down(said, by=taker)


def watch() -> int:
    """What the worker does beside the city's days."""
    seal()
    while file_jobs.take_looks():
        pass
    return jobs.follow_orders()


def rule(rng: random.Random) -> dict[str, int]:
    """An inspector who may looks into every second one. Returns how many there are of each kind."""
    watch()
    for signal in queries.visible_to(BY).filter(verdict="").order_by("pk")[::2]:
        free = [
            one for one in holders("inspector") if not isinstance(may_rule(signal, one), Denied)
        ]
        verdict = rng.choices(list(FOUND), [6, 2, 3])[0]
        words = f"{LOOKED[signal.kind]}:{FOUND[verdict]}。"
        try:
            if free:
                actions.rule(signal.pk, verdict=verdict, words=words, by=free[0])
        except Refused:
            continue
    told: dict[str, int] = {}
    for kind in queries.visible_to(BY).values_list("kind", flat=True):
        told[kind] = told.get(kind, 0) + 1
    return told
