"""Several orders in the hands of two people at once: merged, taken apart, replied to, split, moved."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, transaction

from suqiu.accounts.queries import actor_named
from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify as verify_journal
from suqiu.base.errors import Invalid, Refused, WrongState
from suqiu.orders import locks, queries
from suqiu.orders.actions import co, dispatch, dispose, links, pairs, transfer
from suqiu.orders.locks import hold
from suqiu.orders.models import Order, Request, Seat
from tests.api.machines import Machine
from tests.city import City
from tests.concurrency.threads import PATIENCE, Together, behind

pytestmark = pytest.mark.django_db(transaction=True)
Deed = Callable[[], Any]
CLAIM: dict[str, Any] = {
    "result": "solved",
    "fact": "true",
    "words": "当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
    "basis": "市容环境卫生管理条例",
}


def race(held: list[Order], *deeds: Deed) -> tuple[list[Any], list[Refused]]:
    """The deeds wait for these orders and are let go at once: (what they returned, refusals)."""
    ids = [order.pk for order in held]
    return judged(behind(lambda: hold(*ids), *deeds))


def judged(answers: list[Any]) -> tuple[list[Any], list[Refused]]:
    lost = [a for a in answers if isinstance(a, Refused)]
    won = [a for a in answers if not isinstance(a, BaseException)]
    assert len(won) + len(lost) == len(answers), answers
    seal()
    assert verify_journal().problems == []
    assert queries.disagreements() == []
    return won, lost


def told(order: Order, kind: str) -> int:
    return Entry.objects.filter(chain=order.chain, kind=kind).count()


def lower_and_higher(city: City, make: Callable[[], Order]) -> tuple[Order, Order]:
    one, two = make(), make()
    return (one, two) if one.pk < two.pk else (two, one)


def test_replying_to_the_master_while_it_is_taken_apart(city: City) -> None:
    """The one holds the master and wants what is merged into it, the other the other way round: both
    end, whichever comes first. With locks in two orders PostgreSQL had to break the tie."""
    for _turn in range(6):
        child, master = lower_and_higher(city, city.signed)
        master = _answered_soon(city, master)
        links.merge(child, master=master, reason="同一件", by=city.dispatcher)
        done = Together(
            lambda m=master: dispose.reply(m, words="已处置", by=city.handler),
            lambda c=child: links.unmerge(c, reason="并错了", by=city.dispatcher),
        ).finish()
        won, _lost = judged(done)
        assert len(won) == 2
        assert told(child, "order.unmerge") == 1 and told(master, "order.reply") == 1


def _answered_soon(city: City, order: Order) -> Order:
    """It waits for nothing but the reply."""
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    dispose.dispose(order, **CLAIM, by=city.handler)
    return dispose.pass_disposal(order, by=city.head)


def test_the_two_wait_for_each_other_in_one_order(city: City) -> None:
    """Both are stopped at the lowest number: then there is no tie to break."""
    child, master = lower_and_higher(city, city.signed)
    master = _answered_soon(city, master)
    links.merge(child, master=master, reason="同一件", by=city.dispatcher)
    won, lost = race(
        [child],
        lambda: dispose.reply(master, words="已处置", by=city.handler),
        lambda: links.unmerge(child, reason="并错了", by=city.dispatcher),
    )
    assert len(won) == 2 and lost == []


def test_two_orders_are_not_merged_into_each_other(city: City) -> None:
    one, two = lower_and_higher(city, city.signed)
    won, lost = race(
        [one, two],
        lambda: links.merge(one, master=two, reason="同一件", by=city.dispatcher),
        lambda: links.merge(two, master=one, reason="同一件", by=city.dispatcher),
    )
    assert len(won) == 1 and [type(e) for e in lost] in ([Invalid], [WrongState])
    assert Order.objects.filter(state="merged").count() == 1


def test_one_order_goes_into_one_master_only(city: City) -> None:
    child, one, two = city.signed(), city.signed(), city.signed()
    won, lost = race(
        [child],
        lambda: links.merge(child, master=one, reason="同一件", by=city.dispatcher),
        lambda: links.merge(child, master=two, reason="同一件", by=actor_named("dispatcher2")),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert told(one, "order.master_of") + told(two, "order.master_of") == 1


def test_what_is_merged_while_a_reply_waits_is_told_too(city: City) -> None:
    """The reply saw no child when it began to wait; the child that came meanwhile gets its answer."""
    child, master = lower_and_higher(city, city.signed)
    master = _answered_soon(city, master)

    def merged_first() -> None:
        hold(child.pk, master.pk)
        links.merge(child, master=master, reason="同一件", by=city.dispatcher)

    answers = behind(merged_first, lambda: dispose.reply(master, words="已处置", by=city.handler))
    won, _lost = judged(answers)
    assert len(won) == 1 and told(child, "order.master_replied") == 1


def test_a_family_that_never_stops_growing_is_refused_not_waited_for(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, sizes = city.signed(), iter(range(1, 99))
    monkeypatch.setattr(locks, "_family", lambda _pk: {order.pk, *range(1, next(sizes))})
    with pytest.raises(WrongState) as refused, locks.family(order.pk):
        pass
    assert refused.value.code == "busy"


def test_a_tie_that_the_database_breaks_is_told_and_leaves_nothing(city: City) -> None:
    """Somebody else's code locks the other way round: the loser gets a sentence, not a fault."""
    one, two = lower_and_higher(city, city.signed)

    def wrong_way(first: Order, second: Order) -> str:
        with transaction.atomic():
            hold(first.pk)
            meet.wait(PATIENCE)
            hold(second.pk)
        return "done"

    meet = threading.Barrier(2)
    answers = Together(lambda: wrong_way(one, two), lambda: wrong_way(two, one)).finish()
    assert [a for a in answers if isinstance(a, OperationalError)] == []
    lost = [a for a in answers if isinstance(a, WrongState)]
    assert answers.count("done") == 1 and [e.code for e in lost] == ["busy"]


def test_two_split_at_once_and_both_demands_are_kept(city: City) -> None:
    order = city.registered()
    won, lost = race(
        [order],
        lambda: links.split(order, title="甲", content="路灯不亮", by=city.call_taker),
        lambda: links.split(order, title="乙", content="井盖松动", by=city.dispatcher),
    )
    assert lost == [] and {o.parent_id for o in won} == {order.pk}
    assert told(order, "order.split") == 2


def test_a_transfer_and_a_disposal_at_once(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)
    won, lost = race(
        [order],
        lambda: transfer.transfer(order, to=city.street, reason="归属街道", by=city.head),
        lambda: dispose.dispose(order, **CLAIM, by=city.handler),
    )
    assert len(won) == 1 and len(lost) == 1
    assert Seat.objects.filter(order=order, role="lead", closed=None).count() == 1


def test_asked_twice_granted_twice_by_two_people(city: City) -> None:
    order = city.signed()
    ask = {"reason": "办不下去", "evidence": "三次上门无人"}
    won, lost = race(
        [order],
        lambda: pairs.ask_force(order, **ask, by=city.dispatcher),
        lambda: pairs.ask_force(order, **ask, by=actor_named("callback1")),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert Request.objects.filter(order=order, kind="force").count() == 1
    won, lost = race(
        [order],
        lambda: pairs.grant_force(order, by=city.leader),
        lambda: pairs.refuse_force(order, reason="再办", by=city.leader),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]


def test_granted_while_the_order_moves_on(city: City) -> None:
    order = city.dispatched()
    pairs.ask_force(order, reason="办不下去", evidence="无人", by=city.dispatcher)
    won, lost = race(
        [order],
        lambda: pairs.grant_force(order, by=city.leader),
        lambda: dispatch.sign(order, by=city.handler),
    )
    order.refresh_from_db()
    assert order.state == "closed" and len(won) + len(lost) == 2
    assert told(order, "order.grant_force") == 1


def test_two_answers_of_one_helper(city: City) -> None:
    order = city.signed()
    order = co.ask_co(order, unit=city.other_squad, reason="请清运", by=city.handler)
    order = co.grant_co(order, by=city.dispatcher)
    won, lost = race(
        [order],
        lambda: co.answer_co(order, words="甲", by=city.outsider),
        lambda: co.answer_co(order, words="乙", by=city.outsider),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]


def test_a_hundred_turns_of_many_hands_leave_no_tie(city: City) -> None:
    """Four people merge, take apart and reply, again and again, on four orders: nothing but refusals
    that say why, and a journal that holds."""
    orders = [_answered_soon(city, city.signed()) if n % 2 else city.signed() for n in range(4)]
    seeds = range(4)

    def busy_hands(seed: int) -> str:
        rng = random.Random(seed)  # noqa: S311 - a test's dice
        for _turn in range(25):
            one, two = rng.sample(orders, 2)
            deed: Deed = rng.choice(
                [
                    lambda a=one, b=two: links.merge(a, master=b, reason="甲", by=city.dispatcher),
                    lambda a=one: links.unmerge(a, reason="乙", by=city.dispatcher),
                    lambda a=one: dispose.reply(a, words="已处置", by=city.handler),
                ]
            )
            try:
                deed()
            except Refused:
                continue
        return "done"

    judged(Together(*[lambda s=s: busy_hands(s) for s in seeds]).finish())


def test_two_machines_merge_what_they_read_into_each_other(city: City) -> None:
    one, two = lower_and_higher(city, city.signed)
    rights = ("read", "verbs", "city")
    clients = [Machine("dispatcher", scopes=rights) for _n in range(2)]

    def merged(client: Machine, order: Order, master: Order) -> int:
        etag = client.get(f"/appeals/{order.number}")["ETag"]
        answer = client.post(
            f"/orders/{order.number}/merge",
            {"master": master.number, "reason": "同一件"},
            If_Match=etag,
        )
        return int(answer.status_code)

    answers = Together(
        lambda: merged(clients[0], one, two), lambda: merged(clients[1], two, one)
    ).finish()
    judged([])
    assert sorted(answers)[0] == 200 and sorted(answers)[1] in {409, 412, 422}, answers
