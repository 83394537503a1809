"""The people's choices for one appeal, from the call to the end, each a real action at its moment.

A step acts at the simulated moment and returns the next step with its delay; a story bends the way.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.callbacks import actions as callbacks
from suqiu.catalogue.queries import unit_for
from suqiu.demo import beside, signing
from suqiu.demo.city import BY
from suqiu.demo.people import holders, in_unit
from suqiu.demo.spots import spot
from suqiu.orders.actions import (
    accept,
    dispatch,
    dispose,
    reopen,
    returns,
    secret,
    verify,
    waits,
)
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit

Next = tuple["Step", dt.timedelta] | None
Step = Callable[[], Next]


def hours(low: float, high: float, rng: random.Random) -> dt.timedelta:
    return dt.timedelta(hours=rng.uniform(low, high))


@dataclass
class Life:
    """One order's way. `story` names what goes differently; see demo/data/appeals_*.yaml."""

    order: Order
    rng: random.Random
    story: str
    script: dict[str, Any]
    solved: bool = True
    round: int = 1
    attempts: int = 0
    told: set[str] = field(default_factory=set)

    @property
    def fresh(self) -> Order:
        self.order = (
            visible_to(BY)
            .select_related("category", "region", "street", "appellant")
            .get(pk=self.order.pk)
        )
        return self.order

    def centre(self, role: str, avoid: str = "") -> Actor:
        return self.rng.choice([a for a in holders(role) if a.id != avoid])

    def at_unit(self, role: str) -> Actor:
        seat = self.fresh.seats.get(role="lead", closed=None)
        return in_unit(seat.unit_id, role)

    def take(self) -> Next:
        """The centre's gate: answer, reject, accept, or mend first."""
        taker = self.centre("call_taker")
        if self.story == "answered" and self.order.kind in {"咨询", "建议", "表扬"}:
            accept.answer(
                self.order,
                answer=self.script.get("reply") or "已当场说明办理条件与渠道。",
                by=taker,
            )
            return None
        accept.accept(self.order, by=taker)
        if self.rng.random() < 0.04:
            accept.send_back(
                self.order, reason="地点请补写到路口或弄号", by=self.centre("dispatcher")
            )
            accept.accept(self.order, by=taker)
        return self.send, hours(0.1, 0.9, self.rng) if self.story != "overdue" else hours(
            0.5, 3, self.rng
        )

    def send(self) -> Next:
        dispatcher, order = self.centre("dispatcher"), self.fresh
        if order.conduct and not order.leader:
            signing.name(self, dispatcher)
            return self.sign_acceptance, hours(0.1, 1, self.rng)
        unit = unit_for(
            order.duty_version_id or 0, order.category_id or "", order.region, order.street
        )
        if self.story == "returned" and "sent" not in self.told:
            unit = self._wrong_unit(unit)
        self.told.add("sent")
        if unit is None:
            return None
        dispatch.dispatch(order, to=unit, by=dispatcher)
        if self.story == "withdrawn":
            return self.withdraw, hours(1, 5, self.rng)
        if self.rng.random() < 0.85:
            return self.acknowledge, hours(0.05, 0.4, self.rng)
        return self.sign, hours(0.6, 3, self.rng)

    def sign_acceptance(self) -> Next:
        signing.accept(self)
        return self.send, hours(0.1, 0.5, self.rng)

    def sign_plan(self) -> Next:
        signing.sign_plan(self)
        return self.work, hours(0.5, 3, self.rng)

    def _wrong_unit(self, right: Unit | None) -> Unit | None:
        """A neighbouring department, as happens when a place or a trade is misread."""
        units = Unit.objects.filter(region=self.order.region, kind="department").exclude(
            pk=right.pk if right else 0
        )
        return self.rng.choice(list(units)) if units else right

    def withdraw(self) -> Next:
        reopen.withdraw(
            self.fresh, reason="诉求人来电说已自行解决，请求撤回", by=self.centre("dispatcher")
        )
        return None

    def acknowledge(self) -> Next:
        dispatch.acknowledge(self.fresh, by=self.at_unit("handler"))
        if self.story == "returned" and "returned" not in self.told:
            return self.ask_return, hours(0.3, 2, self.rng)
        return self.sign, hours(0.1, 0.8, self.rng)

    def ask_return(self) -> Next:
        self.told.add("returned")
        returns.ask_return(
            self.fresh,
            reason_code="remit",
            reason="现场核对不属本单位管辖，请改派",
            by=self.at_unit("handler"),
        )
        return self.rule_return, hours(0.5, 3, self.rng)

    def rule_return(self) -> Next:
        if self.rng.random() < 0.75:
            returns.uphold_return(
                self.fresh, by=self.centre("dispatcher"), note="对照派单目录，改派"
            )
            return self.send, hours(0.2, 1, self.rng)
        returns.refuse_return(
            self.fresh, reason="派单目录写明由本单位办理", by=self.centre("dispatcher")
        )
        return self.sign, hours(0.2, 2, self.rng)

    def sign(self) -> Next:
        if self.story == "returned" and "returned" not in self.told:
            return self.ask_return()
        dispatch.sign(self.fresh, by=self.at_unit("handler"))
        if not self.story and "passed" not in self.told and self.rng.random() < 0.06:
            self.told.add("passed")
            if beside.pass_on(self):
                return self.acknowledge, hours(0.2, 1, self.rng)
        slow = self.story == "overdue" and self.rng.random() < 0.5
        return self.contact, hours(2, 5, self.rng) if slow else hours(0.05, 0.7, self.rng)

    def contact(self) -> Next:
        handler = self.at_unit("handler")
        missed = self.story == "unreachable" and self.attempts < 3
        if (
            self.fresh.confidential
            or not self.order.appellant
            or not self.order.appellant.has_phone
        ):
            return self.work, hours(1, 5, self.rng)
        self.attempts += 1
        reason = "无人接听" if missed else ""
        dispose.contact(self.order, reached=not missed, way="电话", by=handler, reason=reason)
        if missed and self.attempts < 3:
            return self.contact, hours(3, 20, self.rng)
        if self.story == "urged" and self.round == 1:
            return self.urge, hours(3, 8, self.rng)
        if self.round == 1 and not self.order.conduct and self.rng.random() < 0.05:
            beside.second_caller(self)
        if self.round == 1 and not self.story and self.rng.random() < 0.1:
            beside.ask_help(self)
        if signing.plan(self) == "report":
            return self.work, hours(0.2, 2.5, self.rng)
        return self.work, hours(0.5, 6, self.rng)

    def urge(self) -> Next:
        dispatch.urge(self.fresh, reason="诉求人再次来电，问何时办好", by=self.centre("call_taker"))
        beside.watch(self)
        return self.work, hours(0.5, 4, self.rng)

    def work(self) -> Next:
        if awaited := signing.plan(self):
            if awaited == "report":
                signing.report_plan(self)
            return self.sign_plan, hours(0.3, 3, self.rng)
        handler = self.at_unit("handler")
        lon, lat = spot(self.order)
        dispose.be_on_site(self.fresh, by=handler, lon=lon, lat=lat)
        if self.rng.random() < 0.3:
            beside.photograph(self, handler, "before")
            self.told.add("pictured")
        if self.round == 1 and self.story == "extended":
            waits.ask_extension(
                self.order,
                days=self.rng.randint(2, 5),
                reason="须协调专业队伍进场，原期限内难以完成",
                by=handler,
            )
            return self.rule_extension, hours(0.5, 3, self.rng)
        if self.round == 1 and self.story == "held":
            until = clock.today() + dt.timedelta(days=self.rng.randint(3, 7))
            waits.ask_hold(self.order, until=until, reason="等待权属认定，条件暂不具备", by=handler)
            return self.rule_hold, hours(0.5, 3, self.rng)
        if self.round == 1 and self.story == "overdue":
            return self.dispose, hours(50, 110, self.rng)
        return self.dispose, hours(1, 14, self.rng)

    def rule_extension(self) -> Next:
        if self.rng.random() < 0.8:
            waits.grant_extension(self.fresh, by=self.centre("dispatcher"))
        else:
            waits.refuse_extension(
                self.fresh, reason="理由不充分，照原期限办理", by=self.centre("dispatcher")
            )
        return self.dispose, hours(24, 60, self.rng)

    def rule_hold(self) -> Next:
        waits.grant_hold(self.fresh, by=self.centre("dispatcher"), note="同意，按期复核")
        return self.resume, hours(150, 190, self.rng)

    def resume(self) -> Next:
        if self.fresh.held_until:
            waits.release_hold(self.order, by=self.at_unit("handler"))
        return self.dispose, hours(2, 20, self.rng)

    def dispose(self) -> Next:
        beside.give_help(self)
        if "pictured" in self.told:
            self.told.discard("pictured")
            beside.photograph(self, self.at_unit("handler"), "after")
        explains = self.rng.random() < 0.12 and self.story not in {"false_close", "reworked"}
        result = self.script.get("result") or ("explained" if explains else "solved")
        words = self.script.get("disposal") or "到场核实情况属实，已当场处置并安排后续巡查。"
        if self.round > 1:
            words = f"第{self.round}轮：{words}并请诉求人到场确认。"
        dispose.dispose(
            self.fresh,
            result=result,
            fact="true" if self.rng.random() < 0.9 else "partly",
            words=words,
            basis=self.script.get("basis")
            or ("本市市容环境卫生管理的相关规定" if result == "explained" else ""),
            by=self.at_unit("handler"),
        )
        return self.pass_disposal, hours(0.2, 2.5, self.rng)

    def pass_disposal(self) -> Next:
        head = self.at_unit("head")
        if self.rng.random() < 0.05:
            dispose.refuse_disposal(self.fresh, reason="处置经过写得过简，补充做法与时间", by=head)
            return self.dispose, hours(0.3, 2, self.rng)
        dispose.pass_disposal(self.fresh, by=head)
        return self.reply, hours(0.3, 6, self.rng)

    def reply(self) -> Next:
        said = (
            "satisfied"
            if self.story == "false_close" or self.rng.random() < 0.8
            else "dissatisfied"
        )
        words = self.script.get("reply") or "已电话告知诉求人处置情况，请其留意后续。"
        if self.fresh.confidential:
            secret.draft_reply(self.order, words=words, by=self.at_unit("handler"))
            return self.convey, hours(0.3, 5, self.rng)
        dispose.reply(self.fresh, words=words, by=self.at_unit("handler"), citizen_said=said)
        if self.order.source_id == "WEB" and self.rng.random() < 0.6:
            beside.own_word(self, bad=said == "dissatisfied")
        return self._replied()

    def convey(self) -> Next:
        """The centre tells one who asked for secrecy; some are called more than once."""
        reached = self.rng.random() < 0.85
        secret.convey_reply(
            self.fresh,
            reached=reached,
            reason="" if reached else "无人接听",
            citizen_said="satisfied" if reached and self.rng.random() < 0.8 else "",
            by=self.centre("call_taker"),
        )
        if self.fresh.state == "disposed":
            return self.convey, hours(3, 20, self.rng)
        return self._replied()

    def _replied(self) -> Next:
        """The leader signs the close when he has the answer before him, and the centre reads on."""
        if self.fresh.conduct and not self.order.leader_signed_at:
            return self.sign_off, hours(0.5, 6, self.rng)
        return self.review, hours(0.5, 10, self.rng)

    def review(self) -> Next:
        verify.review(self.fresh, by=self.centre("dispatcher"))
        return self.first_callback, hours(1, 14, self.rng)

    def first_callback(self) -> Next:
        seat = self.fresh.seats.filter(role="callback", closed=None).first()
        by = (
            in_unit(seat.unit_id, "hub")
            if seat and seat.unit.kind == "hub"
            else self.centre("callback_officer")
        )
        return self._call(by, honest=self.story != "false_close")

    def second_check(self) -> Next:
        first = self.fresh.verifications.get(round=self.order.round, stage="first")
        by = self.centre(self.rng.choice(["callback_officer", "inspector"]), avoid=first.by)
        return self._call(by, honest=True)

    def _call(self, by: Actor, *, honest: bool) -> Next:
        """One call. Who is dishonest ticks what the unit wishes; who is honest writes what he hears."""
        appellant = self.fresh.appellant
        silent = self.story == "unreachable" and self.rng.random() < 0.8
        # Who left no telephone is reached by nobody, and answers nothing.
        if silent or not (appellant and appellant.has_phone) or self.rng.random() < 0.05:
            callbacks.record(self.order, by=by, outcome="unreachable", note="无人接听或未留电话")
            if self.fresh.state == "callback" and not self._verified("first"):
                return self.first_callback, hours(8, 26, self.rng)
            if self.order.state == "second_check" and not self._verified("second"):
                return self.second_check, hours(8, 26, self.rng)
            return self.after_call()
        bad = self.round == 1 and (
            self.story == "reworked" or (self.story == "false_close" and honest)
        )
        callbacks.record(self.order, by=by, outcome="reached", answer=self._answer(bad))
        return self.after_call()

    def _answer(self, bad: bool) -> callbacks.AnswerGiven:
        if bad:
            level = self.rng.choice(["一般", "不满意", "不满意"])
        elif self.story == "dissatisfied":
            level = self.rng.choice(["不满意", "一般"])
        else:
            level = self.rng.choices(["满意", "基本满意", "一般", "不满意"], [76, 14, 6, 4])[0]
        return callbacks.AnswerGiven(
            solved="no" if bad else "yes",
            efficiency=level,
            attitude=self.rng.choice([level, "满意"]),
            result=level,
            satisfaction=level,
            disposal_true=not (bad and self.story == "false_close"),
            feedback_true=True,
            advice="处置后请到场回看一次，并告知诉求人" if bad else "",
        )

    def _verified(self, stage: str) -> bool:
        return self.order.verifications.filter(round=self.order.round, stage=stage).exists()

    def after_call(self) -> Next:
        order = self.fresh
        if order.state == "signed":
            self.round = order.round
            return self.work, hours(1, 10, self.rng)
        if order.state == "second_check" and not self._verified("second"):
            return self.second_check, hours(2, 30, self.rng)
        if order.conduct and not order.leader_signed_at:
            return self.sign_off, hours(1, 8, self.rng)
        return self.close, hours(0.2, 5, self.rng)

    def sign_off(self) -> Next:
        signing.close(self)
        follow = self.review if self.order.state == "replied" else self.close
        return follow, hours(0.2, 3, self.rng)

    def close(self) -> Next:
        verify.close(self.fresh, by=self.centre("dispatcher"))
        if self.story == "reopened":
            return self.reopen, hours(20, 80, self.rng)
        return None

    def reopen(self) -> Next:
        self.story, self.round, self.attempts, self.told = "", 1, 0, set()
        self.order = reopen.reopen(
            self.fresh, reason="诉求人再次来电，称问题又出现", by=self.centre("call_taker")
        )
        return self.take, hours(0.1, 0.5, self.rng)
