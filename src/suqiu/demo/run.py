"""A simulated month of the demo city, on the movable clock, through the real actions only."""

import datetime as dt
import hashlib
import heapq
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.models import Count

from suqiu.accounts.models import ROLES, Person
from suqiu.audit import jobs as audit_jobs
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.callbacks.models import Attempt
from suqiu.demo import (
    arrivals,
    assessing,
    calling,
    casework,
    city,
    gaming,
    inspecting,
    meeting,
    outsiders,
    reporting,
    returning,
    revisiting,
    signing,
    visiting,
)
from suqiu.demo.city import BY
from suqiu.demo.life import Next, Step
from suqiu.demo.models import Mark
from suqiu.demo.people import holders, office
from suqiu.desk.queries import busiest
from suqiu.figures import actions as publishing
from suqiu.figures import keeping
from suqiu.figures import queries as figures
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import DEFINITIONS
from suqiu.notifications import jobs as notices
from suqiu.notifications.models import Message
from suqiu.orders import jobs as order_jobs
from suqiu.orders.actions import draws
from suqiu.orders.models import Transmission, Verification
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.portal import actions as portal
from suqiu.supervision.meetings import queries as meetings
from suqiu.supervision.rechecks import jobs as rechecks

START = dt.datetime(2026, 9, 7, 8, 30, tzinfo=clock.LOCAL)
END = dt.datetime(2026, 10, 12, 18, 0, tzinfo=clock.LOCAL)
TICK, NIGHT_TICK = dt.timedelta(hours=1), dt.timedelta(hours=3)
# What a unit's officer on duty does at any hour; all else waits for the office.
ON_DUTY = {"take", "send", "acknowledge", "sign", "contact"}
Progress = Callable[[str], object]


def run(
    *, seed: int = 1, input: Path | None = None, limit: int | None = None, progress: Progress
) -> dict[str, Any]:
    """Build the city if it is not there yet, and tell what it holds.

    Raises Refused where the database holds something and is not marked as a demo.
    """
    known = built(progress)
    if known is not None:
        return known
    began = time.monotonic()
    mark = Mark.objects.create(seed=seed)
    clock.set_to(START)
    progress("铺设演示城市：区、单位、人员、日历、策略包、派单目录")
    city.lay()
    _draw(seed)
    signing.prepare(clock.local(START).date(), clock.local(END).date())
    world = World(random.Random(seed), progress)  # noqa: S311 - a story, not a secret
    arrivals.invite(world, input=input, limit=limit)
    outside = outsiders.Outsiders()
    if not input and not limit:
        gaming.invite(world, START)
        outside.join(world, START)
        revisiting.watch(world, START, returning.invite(world, START, returning.planted()))
        visiting.invite(world, START)
    world.live()
    first, last = clock.local(START).date(), clock.local(END).date()
    inspection = inspecting.inspect(world.rng, since=first, until=last)
    if inspection:
        progress(
            f"专项检查 {inspection.number} 已公布，查了 {inspection.card[0]['items']} 件随机抽中的"
        )
    cases = casework.work(world.rng)
    progress(f"督办件 {len(cases)} 件，办到各步的都有")
    progress(f"数据异常信号 {sum(gaming.rule(world.rng).values())} 个，一半已有结论")
    if held := meeting.meet(world.rng):
        progress(f"例会 {held.number} 已开，下一次的议程已按数据拟好")
    if walk := visiting.ahead():
        walked = visiting.summary()
        progress(
            f"走访 {walked['visits']} 次，发现 {walked['found']} 件；今天的路线 {walk.number} 已按数据拟好"
        )
    _publish()
    if written := reporting.report(first.replace(day=1)):
        progress(f"{written.title}已签发：{written.number}")
    sheet = assessing.assess(first.replace(day=1))
    if sheet:
        progress(f"{sheet.start:%Y-%m} 考核表已冻结，之后同意的申诉列为更正")
    if said := outside.end(inspection, sheet):
        progress(f"外部监督意见 {said} 条：有认可的、逾期未答的、还没有确认的")
    calling.plant(world.rng)
    facts = {**summary(), "seed": seed, "elapsed_s": round(time.monotonic() - began, 1)}
    if not input and not limit:
        facts["recurrences"] = returning.proof(returning.planted())
    finish(mark, facts)
    tell(mark.summary, progress)
    return dict(mark.summary)


def _draw(seed: int) -> None:
    """Who is drawn for a second check is part of the story: drawn from its seed, not from chance."""
    day = clock.local(START).date().replace(day=1)
    while day <= clock.local(END).date():
        period = f"{day:%Y-%m}"
        own = hashlib.sha256(f"{seed} {period}".encode()).hexdigest()
        draws.commit(period, by=draws.BY, seed=own)
        day = (day + dt.timedelta(days=31)).replace(day=1)


def built(progress: Progress) -> dict[str, Any] | None:
    """What was told of the demo that is there, with its clock set going; None where there is none.

    Raises Refused where the database holds what is not the demo's, or half of a demo.
    """
    mark = Mark.objects.first()
    if mark is None and (visible_to(BY).exists() or Unit.objects.exists()):
        raise Refused("demo.foreign", "这个数据库里有工单，又没有演示标记：演示不碰它")
    if mark and mark.simulated_end and mark.real_end:
        clock.shift(mark.simulated_end - mark.real_end)
        progress("演示城市已经在了，接着用")
        return dict(mark.summary)
    if mark:
        raise Refused("demo.half", "上次演示没有建完，请换一个空的数据目录(SUQIU_DATA)")
    return None


def finish(mark: Mark, facts: dict[str, Any]) -> None:
    """The demo stands: it is told so, and its clock goes on from here."""
    mark.summary = facts
    mark.simulated_end, mark.real_end = clock.now(), dt.datetime.now(dt.UTC)  # noqa: TID251 - the offset needs both
    mark.save()
    clock.shift(mark.simulated_end - mark.real_end)


def _publish() -> None:
    """The leader puts September before everybody, if anything ended in it."""
    month = clock.local(START).date().replace(day=1)
    try:
        seen = publishing.digest(publishing.counted(month))
    except Refused:
        return
    publishing.publish(month, seen=seen, by=holders("leader")[0])


def offset() -> float:
    """Seconds from the machine's clock to the demo city's."""
    mark = Mark.objects.get()
    if mark.simulated_end is None or mark.real_end is None:
        raise Refused("demo.half", "上次演示没有建完，请换一个空的数据目录(SUQIU_DATA)")
    return (mark.simulated_end - mark.real_end).total_seconds()


def logins() -> list[tuple[str, str, str]]:
    """One account for every role: (role in words, username, password)."""
    shown = [(role, busiest(role)) for role in ROLES]
    called = Person.objects.in_bulk([pk for _role, pk in shown if pk is not None])
    return [
        (str(ROLES[role]), called[pk].username, city.PASSWORD) for role, pk in shown if pk in called
    ]


def citizen() -> tuple[str, str]:
    """Number and a new query code of one order in hand, to try the citizen's page with."""
    rows = visible_to(BY).filter(state="signed", confidential=False).order_by("-pk")
    order = rows.first() or visible_to(BY).order_by("-pk").first()
    return (order.number, portal.issue(order, uuid.uuid4().hex)) if order else ("", "")


class World:
    """What is going to happen, in the order of the simulated moments, within `span`; the jobs run
    every `pace`: by day, by night."""

    def __init__(
        self,
        rng: random.Random,
        progress: Progress,
        *,
        span: tuple[dt.datetime, dt.datetime] | None = None,
        pace: tuple[dt.timedelta, dt.timedelta] | None = None,
    ) -> None:
        self.rng, self.progress = rng, progress
        self.start, self.end = span or (START, END)
        self.pace = pace or (TICK, NIGHT_TICK)
        self._ahead: list[tuple[dt.datetime, int, Step]] = []
        self._count = itertools.count()
        self.refused: Counter[str] = Counter()

    def plan(self, at: dt.datetime, step: Step) -> None:
        if at <= self.end:
            heapq.heappush(self._ahead, (at, next(self._count), step))

    def live(self) -> None:
        """Let it happen; between the people's steps the jobs run as the worker would run them."""
        tick, total, done = self.start, len(self._ahead), 0
        day = clock.local(self.start).date()
        while self._ahead:
            at, _, step = heapq.heappop(self._ahead)
            while tick <= at:
                clock.set_to(tick)
                _work()
                tick += self.pace[not 8 <= clock.local(tick).hour < 20]
            clock.set_to(at)
            self._do(step)
            done += 1
            if clock.today() != day:
                day = clock.today()
                gaming.watch()
                there, closed = (
                    visible_to(BY).count(),
                    visible_to(BY).filter(state__in=("closed", "archived")).count(),
                )
                self.progress(f"{day:%m-%d} 已登记 {there} 件，办结 {closed} 件")
        clock.set_to(self.end)
        _work()
        keeping.follow()
        refused = "、".join(f"{code} {n} 次" for code, n in sorted(self.refused.items())) or "0"
        self.progress(
            f"到 {clock.today():%Y-%m-%d} 过完：{total} 件来电，{done} 步；被拒 {refused}"
        )

    def _do(self, step: Step) -> None:
        try:
            follow: Next = step()
        except Refused as refused:
            # A refusal is an answer of the product; the person goes another day about it.
            self.refused[refused.code] += 1
            return
        if follow:
            after, delay = follow
            at = clock.now() + delay
            on_duty = getattr(after, "__name__", "") in ON_DUTY
            self.plan(at if on_duty else office(at, self.rng), after)


def _work() -> None:
    for job in (
        order_jobs.remind,
        order_jobs.climb,
        order_jobs.release_holds,
        order_jobs.archive,
        order_jobs.follow_calendar,
        audit_jobs.seal,
        rechecks.follow_orders,
        notices.follow,
        notices.deliver,
        audit_jobs.seal,
    ):
        job()


def summary() -> dict[str, Any]:
    """What the demo is asked for in JSON; every figure is counted from the database now."""
    audit_jobs.seal()
    audit_jobs.checkpoint()
    report = audit.verify()
    by = holders("leader")[0]
    cohort = Cohort("closed_in", START, END + dt.timedelta(days=1))
    by_state = dict(visible_to(BY).values_list("state").annotate(n=Count("pk")).order_by("state"))
    stages = Counter(Attempt.objects.values_list("stage", flat=True))
    return {
        "orders": visible_to(BY).count(),
        "by_state": by_state,
        "closed": by_state.get("closed", 0) + by_state.get("archived", 0),
        "rates": figures.summary_json(cohort, by),
        "journal": {
            "rows": report.rows,
            "verified": report.verified,
            "problems": report.problems[:10],
        },
        "cases": casework.by_state(),
        "meetings": meetings.visible_to(BY).count(),
        "visits": visiting.summary(),
        "notices": Message.objects.filter(to="complainant", state="sent").count(),
        "transmissions": Transmission.objects.count(),
        "callbacks": {
            "first": stages["first"],
            "second": stages["second"],
            "false_reports": visible_to(BY).filter(false_report=True).count(),
            "verifications": Verification.objects.count(),
        },
    }


def tell(facts: dict[str, Any], progress: Progress) -> None:
    journal = facts["journal"]
    progress(f"工单 {facts['orders']} 件，办结 {facts['closed']} 件")
    progress(f"日志 {journal['rows']} 条，核验 {journal['verified']} 条")
    if back := facts.get("recurrences"):
        progress(returning.line(back))
    for name, rate in facts["rates"].items():
        value = "—" if rate["value"] is None else f"{rate['value'] * 100:.1f} %"
        progress(f"  {DEFINITIONS[name].name} {value}  (n={rate['denominator']})")
