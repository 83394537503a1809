"""Transfer, help, merge, split, the exits, and what takes two people."""

import pytest

from suqiu.audit.jobs import seal
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.figures.facts import read
from suqiu.notifications.jobs import follow
from suqiu.notifications.models import Message
from suqiu.orders import queries
from suqiu.orders.actions import attach, co, dispose, exits, links, pairs, reopen, transfer
from suqiu.orders.models import Obligation, Order
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, City


def reasons(order: Order) -> frozenset[str]:
    (fact,) = read(Order.objects.filter(pk=order.pk))
    return fact.reasons


def test_a_transfer_moves_the_lead_and_gains_no_time(city: City) -> None:
    order = city.signed()
    before = Obligation.objects.get(order=order, code="dispose")
    city.wait(hours=3)  # the first contact is overdue by now
    order = transfer.transfer(order, to=city.street, reason="归属街道", by=city.head)
    assert order.state == "dispatched"
    assert order.seats.get(role="lead", closed=None).unit == city.street
    old, new = Obligation.objects.filter(order=order, code="dispose").order_by("pk")
    assert (old.outcome, old.late, new.outcome) == ("moved", False, "open")
    assert (new.due, new.due_original, new.started) == (before.due, before.due, before.started)
    late, fresh = Obligation.objects.filter(order=order, code="first_contact").order_by("pk")
    assert late.late and fresh.due > order.dispatched_at  # type: ignore[operator]
    late_one = city.replied()
    with pytest.raises(WrongState):
        transfer.transfer(late_one, to=city.street, reason="晚了", by=city.head)


def test_a_transfer_stays_in_the_district(city: City) -> None:
    hub = Unit.objects.get(code=f"{DISTRICT}-HUB")
    for to in (city.other_squad, city.squad, hub):
        with pytest.raises(Invalid):
            transfer.transfer(city.signed(), to=to, reason="不归我", by=city.head)


def test_a_helper_has_a_clock_of_its_own_and_leads_nothing(city: City) -> None:
    order = co.ask_co(city.signed(), unit=city.other_squad, reason="请清运", by=city.handler)
    with pytest.raises(Missing):
        queries.get_for(city.outsider, order.number)
    order = co.grant_co(order, by=city.dispatcher)
    assert queries.get_for(city.outsider, order.number)
    assert Obligation.objects.get(order=order, code="co_answer").outcome == "open"
    with pytest.raises(NotAllowed):
        dispose.report_interim(order, words="我来办", by=city.outsider)
    co.answer_co(order, words="已清运两车", by=city.outsider)
    assert Obligation.objects.get(order=order, code="co_answer").outcome == "met"
    assert order.hands.filter(actor=city.outsider.id).exists()
    assert order.seats.filter(role="lead", closed=None).count() == 1


def test_a_merged_order_is_told_and_not_counted_and_comes_back(city: City) -> None:
    master = city.disposed()
    child = links.merge(city.dispatched(), master=master, reason="同一件", by=city.dispatcher)
    assert (child.state, child.master_id) == ("merged", master.pk) and "merged" in reasons(child)
    with pytest.raises(WrongState, match="并入"):
        pairs.grant_force(
            pairs.ask_force(master, reason="无法", evidence="函", by=city.callback_officer),
            by=city.leader,
        )
    dispose.pass_disposal(master, by=city.head)
    dispose.reply(master, words="已处置", by=city.handler)
    seal()
    follow()
    told = Message.objects.filter(order=child, to="complainant").values_list("event", flat=True)
    assert {"merged", "result"} <= set(told)
    child = links.unmerge(child, reason="并错了", by=city.dispatcher)
    assert (child.state, child.master_id, child.ended_at) == ("accepted", None, None)
    assert Obligation.objects.get(order=child, outcome="open").code == "transfer"
    assert queries.disagreements() == []


def test_a_merge_needs_another_open_order_free_of_the_accused(city: City) -> None:
    order = city.accepted()
    ended = reopen.withdraw(city.accepted(), reason="不要了", by=city.dispatcher)
    for master in (order, ended, city.in_callback()):
        with pytest.raises(Invalid):
            links.merge(order, master=master, reason="同一件", by=city.dispatcher)
    accusing = city.accepted(accused=city.squad)
    with pytest.raises(Invalid, match="被诉"):
        links.merge(accusing, master=city.signed(), reason="同一件", by=city.dispatcher)


def test_a_call_with_two_demands_makes_two_orders_that_accuse_the_same(city: City) -> None:
    order = city.registered(accused=city.squad)
    child = links.split(order, title="另一件", content="路灯不亮", by=city.call_taker)
    assert (child.state, child.parent_id, child.repeat) == ("registered", order.pk, False)
    assert child.appellant_id == order.appellant_id
    assert child.seats.get(role="accused").unit == city.squad


def test_no_unit_sees_what_went_to_discipline(city: City) -> None:
    order = exits.to_discipline(
        city.signed(), reason="反映收受", accused=city.squad, by=city.inspector
    )
    assert order.state == "handed_over" and "handed_over" in reasons(order)
    for by in (city.handler, city.head, city.hub):
        with pytest.raises(Missing):
            queries.get_for(by, order.number)
        assert not queries.visible_to(by).filter(pk=order.pk).exists()
    assert queries.get_for(city.leader, order.number)
    petition = exits.to_petition(city.signed(), reason="信访事项", by=city.dispatcher)
    assert queries.get_for(city.handler, petition.number)


def test_a_forced_close_takes_two(city: City) -> None:
    order = pairs.ask_force(city.signed(), reason="无法", evidence="函", by=city.callback_officer)
    with pytest.raises(NotAllowed):
        pairs.grant_force(order, by=city.callback_officer)
    order = pairs.grant_force(order, by=city.leader)
    assert (order.state, order.result) == ("closed", "forced") and "forced" in reasons(order)
    assert not Obligation.objects.filter(order=order, outcome="open").exists()


def test_the_unreasonable_takes_two(city: City) -> None:
    order = pairs.ask_unreasonable(city.signed(), reason="无依据", by=city.dispatcher)
    assert "unreasonable" not in reasons(order)
    order = pairs.grant_unreasonable(order, by=city.inspector)
    assert "unreasonable" in reasons(order)


def test_a_supervised_order_is_marked_and_its_unit_told(city: City) -> None:
    order = pairs.supervise(city.signed(), reason="拖得久", by=city.inspector)
    assert order.supervised
    seal()
    follow()
    assert Message.objects.filter(order=order, event="supervised").exists()
    assert not pairs.unsupervise(order, reason="好了", by=city.leader).supervised


def test_what_is_asked_after_an_order_came_back_hangs_on_the_open_seat(city: City) -> None:
    """Found by the machine of families: the request hung on the seat that the merging had closed."""
    child = links.merge(
        city.dispatched(), master=city.signed(), reason="同一件", by=city.dispatcher
    )
    child = links.unmerge(child, reason="并错了", by=city.dispatcher)
    attach.ask_withdraw(child, reason="不要了", by=city.call_taker)
    assert child.requests.get(kind="withdraw").seat.closed is None
