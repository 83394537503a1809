"""A small city for tests: two districts of the demo's, with its people."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.catalogue.models import Category, Source
from suqiu.demo import city as demo_city
from suqiu.orders.actions import accept, dispatch, dispose, draft, leader, secret, verify
from suqiu.orders.models import Order
from suqiu.organisations.models import Region, Unit

DISTRICT, OTHER = "310104", "310101"
MONDAY = dt.datetime(2026, 9, 14, 9, 30, tzinfo=clock.LOCAL)


class City:
    """Names for the people and places that tests speak of, and short ways to bring an order on."""

    call_taker: Actor
    dispatcher: Actor
    callback_officer: Actor
    inspector: Actor
    leader: Actor
    hub: Actor
    handler: Actor
    head: Actor
    outsider: Actor

    def __init__(self) -> None:
        self.call_taker = actor_named("calltaker1")
        self.dispatcher = actor_named("dispatcher1")
        self.callback_officer = actor_named("callback1")
        self.inspector = actor_named("inspector1")
        self.leader = actor_named("leader1")
        self.hub = actor_named(f"hub.{DISTRICT}")
        self.handler = actor_named(f"handler.{DISTRICT}-SQ01")
        self.head = actor_named(f"head.{DISTRICT}-SQ01")
        self.outsider = actor_named(f"handler.{OTHER}-SQ01")
        self.squad = Unit.objects.get(code=f"{DISTRICT}-SQ01")
        self.street = Unit.objects.get(code=f"{DISTRICT}-ST01")
        self.section = Unit.objects.get(code="310000-DC")
        self.other_squad = Unit.objects.get(code=f"{OTHER}-SQ01")

    def wait(self, **delta: float) -> None:
        clock.set_to(clock.now() + dt.timedelta(**delta))

    def appeal(self, **changes: Any) -> draft.Appeal:
        values: dict[str, Any] = {
            "source": Source.objects.get(code="12345"),
            "title": "青禾路口每晚流动摊贩占道油烟扰民",
            "content": "青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
            "demand": "固定值守到二十二点",
            "occurred_at": clock.now() - dt.timedelta(hours=12),
            "category": Category.objects.get(code="C0101"),
            "region": Region.objects.get(code=DISTRICT),
            "street": self.street,
            "address": "青禾路128弄北门",
            "appellant": take_in(name="王试", phone="13900000001", by=self.call_taker),
        }
        return draft.Appeal(**{**values, **changes})

    def draft(self, **changes: Any) -> Order:
        return draft.draft(self.appeal(**changes), by=self.call_taker)

    def registered(self, **changes: Any) -> Order:
        return draft.register(self.draft(**changes), by=self.call_taker)

    def accepted(self, **changes: Any) -> Order:
        return accept.accept(self.registered(**changes), by=self.call_taker)

    def dispatched(self, **changes: Any) -> Order:
        return dispatch.dispatch(self.accepted(**changes), to=self.squad, by=self.dispatcher)

    def signed(self, **changes: Any) -> Order:
        return dispatch.sign(self.dispatched(**changes), by=self.handler)

    def disposed(self, result: str = "solved", **changes: Any) -> Order:
        order = self.signed(**changes)
        if not order.confidential:
            order = dispose.contact(order, reached=True, way="电话", by=self.handler)
        return dispose.dispose(
            order,
            result=result,
            fact="true",
            words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
            basis="市容环境卫生管理条例",
            by=self.handler,
        )

    def replied(self, result: str = "solved", **changes: Any) -> Order:
        order = dispose.pass_disposal(self.disposed(result, **changes), by=self.head)
        if order.confidential:
            order = secret.draft_reply(order, words="已处置并安排值守。", by=self.handler)
            return secret.convey_reply(order, reached=True, by=self.call_taker)
        return dispose.reply(order, words="已告知诉求人处置情况与值守安排。", by=self.handler)

    def in_callback(self, **changes: Any) -> Order:
        return verify.review(self.replied(**changes), by=self.dispatcher)

    # About the conduct of offices: the principal leader signs three times.

    def conduct_accepted(self, **changes: Any) -> Order:
        source = Source.objects.filter(conduct=True).first()
        changes = {"source": source, "category": Category.objects.get(code="X0101"), **changes}
        order = self.accepted(**changes)
        return leader.name_leader(
            order, leader=self.leader.id, section=self.section, by=self.dispatcher
        )

    def conduct_signed(self, **changes: Any) -> Order:
        """At the unit, which has handed in no plan yet."""
        order = self.conduct_accepted(**changes)
        leader.sign_acceptance(order, words="当天派下去,一周内报结果。", by=self.leader)
        order = dispatch.dispatch(order, to=self.squad, by=self.dispatcher)
        return dispatch.sign(order, by=self.handler)

    def conduct_planned(self, **changes: Any) -> Order:
        """The plan is signed: the unit may do it."""
        order = self.conduct_signed(**changes)
        leader.report_plan(order, words="约谈当事队员,调取执法记录。", by=self.handler)
        return leader.sign_plan(order, words="同意,注意回避。", by=self.leader)

    def conduct_replied(self, **changes: Any) -> Order:
        order = self.conduct_planned(**changes)
        if not order.confidential:
            order = dispose.contact(order, reached=True, way="电话", by=self.handler)
        dispose.dispose(
            order,
            result="solved",
            fact="true",
            words="已约谈当事队员并当面向诉求人致歉。",
            by=self.handler,
        )
        order = dispose.pass_disposal(order, by=self.head)
        if order.confidential:
            order = secret.draft_reply(order, words="已约谈并致歉。", by=self.handler)
            return secret.convey_reply(order, reached=True, by=self.call_taker)
        return dispose.reply(order, words="已告知诉求人约谈与致歉情况。", by=self.handler)

    def conduct_checked(self, **changes: Any) -> Order:
        """Verified twice: what is lacking is the leader's last signature and the close."""
        order = verify.review(self.conduct_replied(**changes), by=self.dispatcher)
        yes = verify.Outcome(True, True, "满意", True, True)
        order = verify.verify(order, yes, by=self.hub)
        return verify.verify(order, yes, by=self.inspector)


@pytest.fixture
def city(db: None) -> Iterator[City]:
    clock.set_to(MONDAY)
    if not Unit.objects.exists():  # a test with real transactions ends by emptying the tables
        demo_city.lay([DISTRICT, OTHER])
    yield City()
    clock.set_to(None)
