"""A few orders taken the real way, from which volumes are made."""

import datetime as dt
from dataclasses import dataclass

from suqiu.accounts.queries import actor_for, people_as
from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.catalogue.queries import edition, leaves, sources, unit_for
from suqiu.orders.actions import accept, dispatch, dispose, draft, verify
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit

DONE = verify.Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)


@dataclass(frozen=True)
class Crew:
    """One person for each step, and the unit that they work at."""

    unit: Unit
    call_taker: Actor
    dispatcher: Actor
    handler: Actor
    head: Actor
    hub: Actor
    callback: Actor


def crew() -> Crew:
    """People of the first squad that has a handler, a head, and a hub in its district."""
    posts = {role: _posts(role) for role in ("handler", "head", "hub")}
    hubs = {Unit.objects.get(pk=pk).region_id: actor for pk, actor in posts["hub"].items()}
    for unit in Unit.objects.filter(pk__in=set(posts["handler"]) & set(posts["head"])):
        if unit.region_id in hubs:
            return Crew(
                unit,
                actor_for(people_as("call_taker")[0]),
                actor_for(people_as("dispatcher")[0]),
                posts["handler"][unit.pk],
                posts["head"][unit.pk],
                hubs[unit.region_id],
                actor_for(people_as("callback_officer")[0]),
            )
    raise LookupError("No district of this city has a hub and a squad with a handler and a head.")


def _posts(role: str) -> dict[int, Actor]:
    """Who holds the role in which unit."""
    actors = [actor_for(person) for person in people_as(role)]
    return {unit: actor for actor in actors for unit in actor.units_as(role)}


def appeal(crew: Crew) -> draft.Appeal:
    """What is said in every bench: some 80 characters, as calls are."""
    version = edition().pk
    region = crew.unit.region
    leaf = next(x for x in leaves() if unit_for(version, x.code, region, None) is not None)
    return draft.Appeal(
        source=sources()[0],
        title="路口每晚流动摊贩占道油烟扰民",
        content="路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污,"
        "居民多次劝说无效,影响老人和学生通行。",
        demand="固定值守到二十二点",
        occurred_at=clock.now() - dt.timedelta(hours=12),
        category=leaf,
        region=region,
        address="测试路128弄北门",
        appellant=take_in(name="测试", phone="13900000001", by=crew.call_taker),
    )


def signed(crew: Crew) -> Order:
    """An order at work in the crew's unit: open, with its clock of disposal running."""
    order = draft.take_down(appeal(crew), by=crew.call_taker)
    order = accept.accept(order, by=crew.call_taker)
    order = dispatch.dispatch(order, to=crew.unit, by=crew.dispatcher)
    return dispatch.sign(order, by=crew.handler)


def in_callback(crew: Crew) -> Order:
    """An order whose citizen is to be asked."""
    order = dispose.contact(signed(crew), reached=True, way="电话", by=crew.handler)
    words = "当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。"
    order = dispose.dispose(order, result="solved", fact="true", words=words, by=crew.handler)
    order = dispose.pass_disposal(order, by=crew.head)
    order = dispose.reply(order, words="已告知处置情况与值守安排。", by=crew.handler)
    return verify.review(order, by=crew.dispatcher)


def closed(crew: Crew) -> Order:
    """An order that went the whole way."""
    order = verify.verify(in_callback(crew), DONE, by=crew.hub)
    if order.second_due:
        order = verify.verify(order, DONE, by=crew.callback)
    return verify.close(order, by=crew.dispatcher)
