"""What must not pass from one hand to the next; each was once found by the machine of lives."""

import datetime as dt

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import WrongState
from suqiu.catalogue.models import Source
from suqiu.orders import jobs, queries
from suqiu.orders.actions import dispatch, leader, reopen, returns, verify, waits
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Disposal, Order, Request
from tests.city import City

YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)


def test_the_next_unit_inherits_no_hold_and_no_request(city: City) -> None:
    order = city.signed()
    waits.ask_hold(
        order, until=clock.today() + dt.timedelta(days=9), reason="等产权认定", by=city.handler
    )
    waits.grant_hold(order, by=city.dispatcher)
    waits.ask_extension(order, days=2, reason="等吊车", by=city.handler)
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    order = returns.uphold_return(order, by=city.dispatcher)
    assert order.held_until is None
    assert not Request.objects.filter(order=order, ruled_at=None).exists()
    rulings = dict(Request.objects.filter(order=order).values_list("kind", "ruling"))
    assert rulings == {"hold": "granted", "return": "granted", "extension": "refused"}
    told = Entry.objects.get(chain=order.chain, kind="order.uphold_return").data["lapsed"]
    assert told == [Request.objects.get(order=order, kind="extension").pk]
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.outsider)
    answers = {verb.name: bool(may) for verb, may in queries.menu(order, city.outsider)}
    assert answers["ask_extension"]


def led(city: City, order: Order) -> Order:
    """Made a conduct order on its way, with its leader, who has signed what comes before the close."""
    Order.objects.filter(pk=order.pk).update(conduct=True)
    leader.name_leader(order, leader=city.leader.id, section=city.squad, by=city.dispatcher)
    leader.sign_acceptance(order, words="当天办", by=city.leader)
    leader.report_plan(order, words="约谈当事人,安排值守", by=city.handler)
    return leader.sign_plan(order, words="照办", by=city.leader)


def test_another_leader_has_signed_nothing(city: City) -> None:
    order = led(city, city.replied())
    assert leader.sign_off(order, words="同意", by=city.leader).leader_signed_at
    again = leader.name_leader(
        order, leader=city.leader.id, section=city.street, by=city.dispatcher
    )
    assert again.leader_signed_at, "the same leader, another section"
    other = leader.name_leader(
        order, leader=actor_named("leader2").id, section=city.street, by=city.dispatcher
    )
    assert other.leader_signed_at is None


def test_a_leader_signs_no_disposal_that_is_not_there(city: City) -> None:
    order = led(city, city.signed())
    with pytest.raises(WrongState):
        leader.sign_off(order, words="同意", by=city.leader)
    waiting = led(city, city.disposed())
    Disposal.objects.filter(order=waiting).update(passed_at=None)
    with pytest.raises(WrongState) as refused:
        leader.sign_off(waiting, words="同意", by=city.leader)
    assert refused.value.code == "disposal.unpassed"


def test_rework_takes_the_signature_with_the_disposal(city: City) -> None:
    order = led(city, city.replied())
    leader.sign_off(order, words="同意", by=city.leader)
    order = verify.rework(order, reason="没有办好", by=city.dispatcher)
    assert order.leader_signed_at is None
    with pytest.raises(WrongState):
        leader.sign_off(order, words="同意", by=city.leader)


def test_a_climb_leaves_the_state_to_the_table(city: City) -> None:
    order = city.dispatched()
    city.wait(minutes=31)
    assert jobs.climb() == 1
    assert queries.disagreements() == []
    sent = Entry.objects.filter(chain=order.chain, kind="order.transmitted", data__step="deputy")
    assert sorted(sent.values_list("data__leg", flat=True)) == ["officer", "unit"]


def test_the_dispatcher_may_reopen_as_the_table_says(city: City) -> None:
    order = verify.verify(city.in_callback(), YES, by=city.hub)
    if order.second_due:
        order = verify.verify(order, YES, by=city.callback_officer)
    order = verify.close(order, by=city.dispatcher)
    child = reopen.reopen(order, reason="又来了", by=city.dispatcher)
    assert (child.state, child.repeat, child.parent_id) == ("registered", True, order.pk)
    order.refresh_from_db()
    assert order.state == "closed"


def test_a_conduct_source_makes_a_conduct_order(city: City) -> None:
    source = Source.objects.filter(conduct=True).first()
    assert source and city.draft(source=source).conduct
