"""Two people at one order in the same moment: one wins, the other is told what is so now."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from suqiu.accounts.queries import actor_named
from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify as verify_journal
from suqiu.base.errors import Invalid, Refused, WrongState
from suqiu.orders import jobs, queries
from suqiu.orders.actions import accept, dispatch, dispose, returns, verify, waits
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Obligation, Order, Request, Seat, Verification
from tests.city import City
from tests.concurrency.threads import behind

YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)
pytestmark = pytest.mark.django_db(transaction=True)


def race(order: Order, *deeds: Callable[[], Any]) -> tuple[list[Any], list[Refused]]:
    """All deeds wait for the order's row and are let go at once: (what they returned, refusals)."""
    answers = behind(lambda: Order.objects.select_for_update().get(pk=order.pk), *deeds)
    lost = [a for a in answers if isinstance(a, Refused)]
    won = [a for a in answers if not isinstance(a, BaseException)]
    assert len(won) + len(lost) == len(deeds), answers
    seal()
    assert verify_journal().problems == []
    assert queries.disagreements() == []
    return won, lost


def kinds(order: Order) -> list[str]:
    return list(
        Entry.objects.filter(chain=order.chain).order_by("seq").values_list("kind", flat=True)
    )


def test_two_sign_at_once(city: City) -> None:
    order = city.dispatched()
    won, lost = race(
        order,
        lambda: dispatch.sign(order, by=city.handler),
        lambda: dispatch.sign(order, by=city.head),
    )
    assert [o.state for o in won] == ["signed"]
    assert [type(e) for e in lost] == [WrongState] and lost[0].data["state"] == "signed"
    assert kinds(order).count("order.sign") == 1
    assert order.hands.count() == 1


def test_two_dispatch_at_once_to_different_units(city: City) -> None:
    order, other = city.accepted(), actor_named("dispatcher2")
    won, lost = race(
        order,
        lambda: dispatch.dispatch(order, to=city.squad, by=city.dispatcher),
        lambda: dispatch.dispatch(order, to=city.other_squad, by=other),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert Seat.objects.filter(order=order, role="lead").count() == 1
    assert Obligation.objects.filter(order=order, code="dispose").count() == 1
    assert kinds(order).count("order.dispatch") == 1


def test_two_uphold_at_once(city: City) -> None:
    order, other = city.dispatched(), actor_named("dispatcher2")
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    won, lost = race(
        order,
        lambda: returns.uphold_return(order, by=city.dispatcher),
        lambda: returns.uphold_return(order, by=other),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    order.refresh_from_db()
    assert (order.state, order.returns) == ("accepted", 1)


def test_one_upholds_while_another_refuses(city: City) -> None:
    order, other = city.dispatched(), actor_named("dispatcher2")
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    won, lost = race(
        order,
        lambda: returns.uphold_return(order, by=city.dispatcher),
        lambda: returns.refuse_return(order, reason="归本中队", by=other),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    order.refresh_from_db()
    ruling = Request.objects.get(order=order).ruling
    assert (ruling, order.state) in {("granted", "accepted"), ("refused", "dispatched")}
    assert order.returns == 1


def test_one_signs_while_the_return_is_upheld(city: City) -> None:
    order = city.dispatched()
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    race(
        order,
        lambda: dispatch.sign(order, by=city.head),
        lambda: returns.uphold_return(order, by=city.dispatcher),
    )
    order.refresh_from_db()
    assert order.state == "accepted"
    assert not Seat.objects.filter(order=order, role="lead", closed=None).exists()


def test_an_extension_is_granted_once(city: City) -> None:
    order, other = city.signed(), actor_named("dispatcher2")
    waits.ask_extension(order, days=1, reason="需吊车作业", by=city.handler)
    won, lost = race(
        order,
        lambda: waits.grant_extension(order, by=city.dispatcher),
        lambda: waits.grant_extension(order, by=other),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert kinds(order).count("clock.shifted") == 1


def test_two_verify_at_once(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    won, lost = race(
        order,
        lambda: verify.verify(order, YES, by=city.hub),
        lambda: verify.verify(order, YES, by=city.callback_officer),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert Verification.objects.filter(order=order).count() == 1


def test_two_dispose_at_once(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)

    def submit(by: Any) -> Callable[[], Any]:
        return lambda: dispose.dispose(
            order, result="solved", fact="true", words="已到场清理并安排值守两周。", by=by
        )

    won, lost = race(order, submit(city.handler), submit(city.head))
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]
    assert order.disposals.count() == 1


def test_two_accept_at_once(city: City) -> None:
    order = city.registered()
    won, lost = race(
        order,
        lambda: accept.accept(order, by=city.call_taker),
        lambda: accept.accept(order, by=city.dispatcher),
    )
    assert len(won) == 1 and [type(e) for e in lost] == [WrongState]


def test_one_number_of_a_source_is_drafted_once(city: City) -> None:
    def lock() -> None:  # reading is free, so both find no such number; writing waits
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE orders_order IN SHARE ROW EXCLUSIVE MODE")

    answers = behind(lock, *[lambda: city.registered(source_no="T-1")] * 2)
    lost = [a for a in answers if isinstance(a, BaseException)]
    assert len(lost) == 1 and isinstance(lost[0], Invalid) and lost[0].code == "source.known"
    assert Order.objects.filter(source_no="T-1").count() == 1
    with pytest.raises(Invalid, match="T-1"):
        city.registered(source_no="T-1")
    seal()
    assert verify_journal().problems == [] and queries.disagreements() == []


def test_two_sweepers_at_once_mark_each_clock_once(city: City) -> None:
    orders = [city.signed() for _ in range(3)]
    city.wait(days=5)
    due = jobs.overdue().count()
    assert due == 6
    answers = behind(
        lambda: list(Order.objects.select_for_update().filter(pk__in=[o.pk for o in orders])),
        jobs.remind,
        jobs.remind,
    )
    red = Entry.objects.filter(kind="order.turn_red")
    assert len(set(red.values_list("chain", "data__code"))) == red.count() == due
    assert sorted(answers)[-1] == due and jobs.overdue().count() == 0
    seal()
    assert verify_journal().problems == []
