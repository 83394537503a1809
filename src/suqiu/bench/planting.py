"""Frauds of seven kinds among honest orders that now and then look like them. Nothing here knows by
what they are looked for, nor from where on: each range is what people might do, on both sides of any line."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from suqiu.appellants.actions import take_in
from suqiu.base.actors import system
from suqiu.bench.lives import DONE, crew, in_callback
from suqiu.bench.volume import Copies, multiply
from suqiu.files.models import File
from suqiu.orders import models as rows
from suqiu.orders.actions import verify
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit

BENCH = system("bench")
DAYS = 90.0
SHARES = {"opposed": 30, "flipped": 30, "silent": 30, "late_ask": 30, "reused": 25,
          "boilerplate": 30, "praise": 25}  # fmt: skip
GROUP = 5  # a habit: so many orders of one unit, or of one telephone
LEVELS = ("满意", "基本满意", "一般", "不满意")
THINGS = ("推车", "摊位", "灯箱", "花箱", "旧沙发", "共享单车", "渣土袋", "横幅")
DEEDS = ("劝离", "清走", "移到弄内", "登记后拖走", "当场拆下", "请店家收进门内")
ENDS = ("张队留了电话", "当晚又看过一遍", "店主签了承诺", "巡查改在收摊以后", "他说先看几天",
        "明早再去看", "和居委会说好了轮流看", "路面也冲了")  # fmt: skip
FORMS = (
    "您好,关于您反映的{}问题,我单位高度重视,立即安排人员赴现场处理,现已处理完毕,感谢您的监督。",
    "尊敬的市民,{}一事已责成相关人员核查整改,后续将加强日常管理,感谢您对工作的理解与支持。",
    "{}的情况已收悉,经核实已按规定处置到位,我们将举一反三,持续做好长效管理。",
)
SLIPS = (("感谢", "谢谢"), ("立即", "马上"), ("现已", "已经"), ("加强", "强化"), ("您好,", ""))


@dataclass
class Scene:
    """One copied order with its rows, and what it is: "" honest, else the kind of the fraud."""

    order: rows.Order
    lead: rows.Seat
    contact: rows.Contact
    feedback: rows.Feedback
    disposal: rows.Disposal
    first: rows.Verification
    due: rows.Obligation
    fraud: str = ""
    more: list[Model] = field(default_factory=list)


class Planting:
    """The rows of a season, made from one order taken the real way."""

    def __init__(self, seed: int, *, honest: int, scale: float, owner: str) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.people, self.owner = crew(), owner
        wanted = {kind: max(GROUP, round(n * scale)) for kind, n in SHARES.items()}
        template = verify.verify(in_callback(self.people), DONE, by=self.people.hub)
        kind = self.people.unit.kind
        units = tuple(Unit.objects.filter(kind=kind).values_list("pk", flat=True))
        count = honest + sum(wanted.values())
        multiply(Copies(template.pk, count, units, days=DAYS, minutes=60), using=owner)
        self.scenes = _scenes()
        self.rng.shuffle(self.scenes)
        for scene in self.scenes:
            self._live(scene)
        self._alike()
        self._plant(wanted)
        self._save()

    def planted(self, kind: str) -> set[int]:
        return {s.order.pk for s in self.scenes if s.fraud == kind}

    # An honest life, with what happens in one now and then.

    def _live(self, s: Scene) -> None:
        rng = self.rng
        s.order.appellant = take_in(name="测试", phone=f"139{s.order.pk % 10**8:08d}", by=BENCH)
        s.order.address = (
            f"{rng.choice('青松云墨晓霞')}{rng.choice('禾涛锦香月光')}路{rng.randint(1, 900)}号"
        )
        s.feedback.words = self._own_words()
        s.first.satisfaction = rng.choices(LEVELS, [70, 15, 10, 5])[0]
        if rng.random() < 0.05:
            self._missed(s, rng.randint(2, 4), dt.timedelta(hours=rng.uniform(0.6, 50)))
            s.feedback.reached = False
        if rng.random() < 0.2:
            self._second(s, days=rng.uniform(0.3, 9))
        if rng.random() < 0.1:
            self._reworked(s, worked=True, hours=rng.uniform(1, 120))
        if rng.random() < 0.12:
            self._asks(s, left=rng.uniform(0.02, 0.9))
        if rng.random() < 0.35:
            self._pictured(s, rng.getrandbits(64))

    def _own_words(self) -> str:
        """What happened, told by one who was there: much the same frame, other facts."""
        rng = self.rng
        what = (
            f"{rng.choice(DEEDS)}{rng.choice(THINGS)}{rng.randint(1, 40)}{rng.choice('处件辆个')}"
        )
        when = rng.choice((f"{rng.randint(6, 23)}点到现场", "当天下午", "第二天一早", "晚上收摊时"))
        where = rng.choice(("", "路口东侧", "弄堂口", "桥下", "菜场后门", "学校对面"))
        return f"{when}{where}{what},{rng.choice(ENDS)},{rng.choice(ENDS)}。"

    def _missed(self, s: Scene, tries: int, over: dt.timedelta) -> None:
        """Nobody answered, so many times over so long; the last try just before the reply."""
        s.contact.reached = False
        last = s.feedback.at - dt.timedelta(minutes=self.rng.uniform(1, 30))
        s.contact.at = last - over if tries > 1 else last
        for n in range(1, tries):
            at = s.contact.at + over * n / (tries - 1)
            s.more.append(rows.Contact(
                order=s.order, seat=s.lead, at=at, by="bench", way="电话", reached=False, reason="无人接听",
            ))  # fmt: skip

    def _second(self, s: Scene, *, days: float, level: str = "", solved: bool = True) -> None:
        """Asked again by the centre: mostly the same, sometimes a step better or worse."""
        near = LEVELS.index(s.first.satisfaction) + self.rng.choice((-1, 0, 0, 0, 1))
        level = level or LEVELS[min(3, max(0, near))]
        s.more.append(self._check(s, "second", s.first.at + dt.timedelta(days=days), level, solved))

    def _check(self, s: Scene, stage: str, at: dt.datetime, level: str, solved: bool) -> Model:
        return rows.Verification(
            order=s.order, round=s.first.round, stage=stage, by="bench", unit_id=s.first.unit_id,
            at=at, reached=True, solved=solved, satisfaction=level,
        )  # fmt: skip

    def _reworked(self, s: Scene, *, worked: bool, hours: float) -> None:
        """Bad at first; called, and well so many hours later. `worked`: somebody went there too."""
        bad = self._check(s, "first", s.first.at, "不满意", False)
        again = s.first.at + dt.timedelta(days=self.rng.uniform(0.5, 5))
        s.more += [bad, rows.Contact(
            order=s.order, seat=s.lead, at=again, by="bench", way="电话", reached=True,
        )]  # fmt: skip
        s.first.round, s.first.at = 2, again + dt.timedelta(hours=hours)
        s.first.satisfaction, s.order.round = self.rng.choice(LEVELS[:2]), 2
        if worked:
            s.disposal.on_site_at = again + dt.timedelta(minutes=self.rng.uniform(5, 50))

    def _asks(self, s: Scene, *, left: float) -> None:
        """More time, asked with this share of the limit left."""
        at = s.due.due_original - (s.due.due_original - s.due.started) * left
        s.more.append(rows.Request(
            order=s.order, seat=s.lead, kind="extension", reason_code="extension", days=2,
            reason="须协调进场", asked_by="bench", asked_at=at,
        ))  # fmt: skip

    def _pictured(self, s: Scene, looks: int, sha256: str = "") -> None:
        name = sha256 or hashlib.sha256(f"{s.order.pk}{looks}".encode()).hexdigest()
        file = File.objects.create(
            sha256=name, size=1, mime="image/jpeg", received_at=s.disposal.at, received_by="bench",
            linked_at=s.disposal.at, looks=looks - (1 << 64) if looks >> 63 else looks,
        )  # fmt: skip
        s.more.append(rows.Attachment(
            order=s.order, file=file, kind="after", round=1, unit_id=s.lead.unit_id, by="bench",
            at=s.disposal.at,
        ))  # fmt: skip

    # Honest, and alike.

    def _alike(self) -> None:
        """Honest ones that look like frauds: what came back weeks later; one visit for two callers; a
        caretaker who telephones often and is not always content."""
        free = [s for s in self.scenes if not s.more]
        for s in free[: len(free) // 50]:
            s.first.satisfaction = "满意"
            self._second(s, days=self.rng.uniform(12, 30), level="不满意", solved=False)
        some = free[len(free) // 50 : len(free) // 25]
        for one, two in zip(some[::2], some[1::2], strict=False):
            two.order.address, two.disposal.at = one.order.address, one.disposal.at
            looks = self.rng.getrandbits(64)
            self._pictured(one, looks)
            self._pictured(two, looks, one.more[-1].file.sha256)  # type: ignore[attr-defined]
        for unit in list(self._by_unit(free[len(free) // 25 :]).values())[:20]:
            for s in unit[: self.rng.randint(4, 7)]:
                s.order.appellant = unit[0].order.appellant
                s.first.satisfaction = self.rng.choices(LEVELS, [50, 20, 20, 10])[0]

    def _by_unit(self, scenes: list[Scene]) -> dict[int, list[Scene]]:
        found: dict[int, list[Scene]] = {}
        for s in scenes:
            found.setdefault(s.lead.unit_id, []).append(s)
        return found

    # Frauds.

    def _plant(self, wanted: dict[str, int]) -> None:
        habits = {"late_ask": self._last_hour, "boilerplate": self._form, "praise": self._friend}
        for kind, does in habits.items():
            for _n in range(wanted[kind] // GROUP):
                does(self._take_habit(kind))
        single: dict[str, Callable[[Scene], None]] = {
            "opposed": self._lie, "flipped": self._talk_round, "silent": self._say_nothing,
            "reused": self._old_picture,
        }  # fmt: skip
        for kind, do in single.items():
            free = [s for s in self.scenes if not s.fraud and not s.more]
            for s in free[: wanted[kind]]:
                s.fraud = kind
                do(s)

    def _take_habit(self, kind: str) -> list[Scene]:
        """Orders of one unit that stand close together."""
        free = self._by_unit([s for s in self.scenes if not s.fraud and not s.more])
        unit = self.rng.choice([u for u in free.values() if len(u) >= GROUP])
        unit.sort(key=lambda s: s.first.at)
        spans = [unit[n : n + GROUP] for n in range(len(unit) - GROUP + 1)]
        chosen = min(spans, key=lambda u: u[-1].first.at - u[0].first.at)
        for s in chosen:
            s.fraud = kind
        return chosen

    def _lie(self, s: Scene) -> None:
        s.first.satisfaction = self.rng.choice(LEVELS[:2])
        level = self.rng.choice(("不满意", "不满意", "不满意", "一般"))
        self._second(s, days=self.rng.uniform(0.3, 10.5), level=level,
                     solved=level == "一般" and self.rng.random() < 0.4)  # fmt: skip

    def _talk_round(self, s: Scene) -> None:
        self._reworked(s, worked=self.rng.random() < 0.05, hours=self.rng.uniform(1, 78))

    def _say_nothing(self, s: Scene) -> None:
        self._missed(
            s, self.rng.choice((1, 1, 2, 2, 3)), dt.timedelta(minutes=self.rng.uniform(1, 75))
        )

    def _old_picture(self, s: Scene) -> None:
        """One's own of another day: the same bytes, or saved again."""
        own = [o for o in self.scenes if o.lead.unit_id == s.lead.unit_id and o is not s]
        there = [m.file for o in own for m in o.more if isinstance(m, rows.Attachment)]
        old = self.rng.choice(there)
        looks = (old.looks or 0) & (1 << 64) - 1
        if self.rng.random() < 0.6:
            self._pictured(s, looks, old.sha256)
            return
        for bit in self.rng.sample(range(64), self.rng.randint(0, 5)):
            looks ^= 1 << bit
        self._pictured(s, looks)

    def _last_hour(self, group: list[Scene]) -> None:
        for s in group:
            self._asks(s, left=self.rng.uniform(0.0, 0.12))

    def _form(self, group: list[Scene]) -> None:
        form = self.rng.choice(FORMS)
        for s in group:
            s.feedback.words = form.format(s.order.address)
            for old, new in self.rng.sample(SLIPS, self.rng.randint(0, 2)):
                s.feedback.words = s.feedback.words.replace(old, new)

    def _friend(self, group: list[Scene]) -> None:
        for s in group:
            s.order.appellant = group[0].order.appellant
            s.first.satisfaction = "满意" if self.rng.random() < 0.95 else "基本满意"

    def _save(self) -> None:
        orders = {s.order.pk: s.order for s in self.scenes}
        visible_to(BENCH).bulk_update(orders.values(), ["appellant", "address", "round"], 500)
        for name, columns in (
            ("contact", ["reached", "at"]), ("feedback", ["words", "reached"]),
            ("disposal", ["on_site_at", "at"]), ("first", ["satisfaction", "round", "at"]),
        ):  # fmt: skip
            found: list[Any] = [getattr(s, name) for s in self.scenes]
            type(found[0]).objects.bulk_update(found, columns, 500)
        more: dict[type[Model], list[Model]] = {}
        for s in self.scenes:
            for row in s.more:
                more.setdefault(type(row), []).append(row)
        for model, made in more.items():
            model._default_manager.bulk_create(made, 500)


def _scenes() -> list[Scene]:
    orders = {o.pk: o for o in visible_to(BENCH).filter(number__startswith="BN")}

    def of(model: Any, **more: Any) -> dict[int, Any]:
        return {r.order_id: r for r in model.objects.filter(order__in=orders, **more)}

    parts = (
        of(rows.Seat, role="lead"), of(rows.Contact), of(rows.Feedback), of(rows.Disposal),
        of(rows.Verification, stage="first"), of(rows.Obligation, code="dispose"),
    )  # fmt: skip
    return [Scene(order, *(part[pk] for part in parts)) for pk, order in sorted(orders.items())]
