"""How appeals come into the demo city: the invented ones by telephone, real ones from a sheet."""

import datetime as dt
import random
from pathlib import Path
from typing import Any, Protocol

import yaml

from suqiu.appellants.actions import take_in
from suqiu.appellants.models import Appellant
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.text import without_identities
from suqiu.catalogue.models import Category, Door, Source
from suqiu.demo import beside
from suqiu.demo.city import BY
from suqiu.demo.life import Life, Next, Step
from suqiu.demo.people import holders
from suqiu.intake.actions import import_file
from suqiu.orders.actions import accept
from suqiu.orders.actions.draft import Appeal, correct, take_down
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.portal import actions as portal
from suqiu.triage import queries as triage

DATA = Path(__file__).parent / "data"
START = dt.datetime(2026, 9, 7, 9, 0, tzinfo=clock.LOCAL)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = ["试甲", "试乙", "试丙", "试丁", "样例", "示例", "演甲", "演乙"]


class Plans(Protocol):
    rng: random.Random

    def plan(self, at: dt.datetime, step: Step) -> None: ...
    def progress(self, line: str) -> object: ...


def invite(world: Any, *, input: Path | None, limit: int | None) -> None:
    """Plan the arrivals of the month: the invented appeals, or `limit` rows of a real sheet."""
    if input:
        _from_sheet(world, input, limit or 200)
        return
    rows = [
        row
        for file in sorted(DATA.glob("appeals_*.yaml"))
        for row in yaml.safe_load(file.read_text("utf-8"))
    ]
    world.rng.shuffle(rows)
    for number, row in enumerate(rows[: limit or len(rows)]):
        world.plan(_moment(world.rng), _call(world, row, number))


def _moment(rng: random.Random) -> dt.datetime:
    """A telephone rings by day and evening, on rest days less: over 28 days from the first Monday."""
    day = START + dt.timedelta(days=rng.randrange(28))
    if day.weekday() >= 5 and rng.random() < 0.5:
        day -= dt.timedelta(days=2)
    return (day + dt.timedelta(minutes=int(rng.betavariate(2, 3) * 11 * 60))).astimezone(dt.UTC)


def _citizen(rng: random.Random, taker: Actor, *, silent: float) -> Appellant:
    """An invented citizen; a share `silent` (a ratio 0–1) leaves neither name nor number."""
    if rng.random() < silent:
        return take_in(anonymous=True, by=taker)
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    return take_in(name=name, phone=f"199{rng.randrange(10**8):08d}", by=taker)


def _call(world: Any, row: dict[str, Any], number: int) -> Step:
    def step() -> Next:
        rng: random.Random = world.rng
        taker = rng.choice(holders("call_taker"))
        street = Unit.objects.select_related("region").get(code=row["street"])
        category = Category.objects.get(code=row["category"])
        story = row.get("story") or ""
        if number % 8 == 5 and not story and not row.get("conduct") and not row.get("confidential"):
            order = _from_the_web(row, street, category, rng, number)
            correct(order, title=row["title"], by=taker)
        else:
            order = _by_telephone(row, street, category, rng, taker, number)
        if story == "rejected":
            accept.reject(order, door=Door.objects.get(code=row["door"]), by=taker)
            return None
        return Life(order, rng, story, row).take, dt.timedelta(minutes=rng.randint(2, 25))

    return step


def _by_telephone(
    row: dict[str, Any],
    street: Unit,
    category: Category,
    rng: random.Random,
    taker: Actor,
    number: int,
) -> Order:
    secret = bool(row.get("confidential")) or row.get("story") == "confidential"
    return take_down(
        Appeal(
            source=Source.objects.get(code="CONDUCT" if row.get("conduct") else row["source"]),
            source_no=f"{row['source']}-{clock.today():%y%m%d}-{number:05d}",
            kind=row["type"],
            title=row["title"],
            content=row["content"],
            demand=row.get("demand") or "",
            occurred_at=clock.now() - dt.timedelta(hours=rng.randint(1, 60)),
            frequency=str(row.get("frequency") or ""),
            category=category,
            urgency="紧急" if row.get("urgent") else category.urgency,
            region=street.region,
            street=street,
            address=row["address"],
            appellant=_citizen(rng, taker, silent=0.04),
            confidential=secret,
            paraphrase=f"{street.name}辖区内反映“{category.name}”，请到场核查" if secret else "",
        ),
        by=taker,
    )


def _from_the_web(
    row: dict[str, Any], street: Unit, category: Category, rng: random.Random, number: int
) -> Order:
    told = portal.Told(
        content=row["content"],
        demand=row.get("demand") or "",
        region=street.region,
        street=street,
        address=row["address"],
        occurred_at=clock.now() - dt.timedelta(hours=rng.randint(1, 60)),
        category=category,
        kind=row["type"],
        name=rng.choice(SURNAMES) + rng.choice(GIVEN),
        phone=f"199{rng.randrange(10**8):08d}",
    )
    return beside.by_web(told, rng, number)


def _from_sheet(world: Any, path: Path, limit: int) -> None:
    """Real rows come in as registered drafts; the centre's people then look at each of them."""
    outcome = import_file(
        path, preset="message-board", mapping=None, by=system("import"), limit=limit
    )
    world.progress(
        f"导入 {outcome.rows} 行：新建 {outcome.created}，已有 {outcome.known}，不成 {outcome.rejected}"
    )
    waiting = visible_to(BY).filter(state="registered").order_by("pk")
    for number, order in enumerate(waiting):
        # The desk goes through the pile at once: the clock of the transfer runs for every row of it.
        world.plan(clock.now() + dt.timedelta(seconds=60 + 25 * number), _look(world, order))


def _look(world: Any, order: Order) -> Step:
    def step() -> Next:
        rng: random.Random = world.rng
        taker = rng.choice(holders("call_taker"))
        advice = triage.sort(order.title, order.content)
        if not advice.inside or advice.category is None:
            door = advice.door.code if advice.door else "OTHER"
            accept.reject(order, door=Door.objects.get(code=door), by=taker)
            return None
        street = rng.choice(list(Unit.objects.filter(kind="street").select_related("region")))
        text = without_identities(order.content)[:600]
        category = Category.objects.get(code=advice.category.code)
        correct(
            order,
            by=taker,
            category=category,
            urgency=category.urgency,
            region=street.region,
            street=street,
            address=f"{street.name}(原文地点见正文)路口",
            content=text,
            title=_title(order.title, category.name),
            demand="请核查处置并答复",
            occurred_at=order.occurred_at or clock.now(),
            # Asked on the board, most authors leave a number; who does not is called by nobody.
            appellant=_citizen(rng, taker, silent=0.15),
        )
        story = rng.choices(
            [
                "",
                "overdue",
                "returned",
                "extended",
                "reworked",
                "false_close",
                "dissatisfied",
                "urged",
            ],
            [70, 6, 5, 4, 4, 3, 5, 3],
        )[0]
        return Life(order, rng, story, {}).take, dt.timedelta(minutes=rng.randint(1, 5))

    return step


def _title(title: str, leaf: str) -> str:
    """What a call-taker would write: ten to twenty-five characters, no numbers of people."""
    plain = without_identities(title).replace("\n", " ")
    return plain[:25] if len(plain) >= 10 else f"{plain}——反映{leaf}问题请予核查处理"[:25]
