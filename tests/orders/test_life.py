"""One order's way, forwards, backwards, and where it must not go."""

import datetime as dt

import pytest

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify as verify_journal
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.catalogue.models import Category
from suqiu.orders import jobs, queries
from suqiu.orders.actions import (
    accept,
    dispatch,
    dispose,
    draft,
    leader,
    returns,
    reveal,
    verify,
    waits,
)
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Obligation, Order, Verification
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, City

YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)
NO = Outcome(
    reached=True, solved=False, satisfaction="不满意", disposal_true=False, feedback_true=True
)


def close(city: City, order: Order) -> Order:
    order = verify.verify(order, YES, by=city.hub)
    if order.second_due:
        order = verify.verify(order, YES, by=city.callback_officer)
    return verify.close(order, by=city.dispatcher)


def test_the_whole_way_to_a_verified_close(city: City) -> None:
    order = close(city, city.in_callback())
    assert (order.state, order.result) == ("closed", "solved")
    assert not Obligation.objects.filter(order=order, outcome="open").exists()
    seal()
    report = verify_journal()
    assert report.problems == [] and report.rows == report.verified > 10
    assert queries.disagreements() == []


def test_clocks_start_at_dispatch_not_at_signing(city: City) -> None:
    order = city.dispatched()
    clocks = {o.code: o for o in Obligation.objects.filter(order=order, outcome="open")}
    assert set(clocks) == {"first_contact", "dispose"}
    assert clocks["first_contact"].due == clock.now() + dt.timedelta(hours=2)
    assert clocks["dispose"].due == dt.datetime(2026, 9, 16, 16, tzinfo=dt.UTC)


def test_contact_in_time_is_met_and_disposal_too_late_is_late(city: City) -> None:
    order = city.signed()
    city.wait(hours=1)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    city.wait(days=5)
    assert jobs.remind() >= 1
    dispose.dispose(
        order, result="solved", fact="true", words="已到场清理并安排值守两周。", by=city.handler
    )
    dispose.pass_disposal(order, by=city.head)
    outcomes = dict(Obligation.objects.filter(order=order).values_list("code", "outcome"))
    assert outcomes["first_contact"] == "met" and outcomes["dispose"] == "late"


def test_content_rules_stop_acceptance_never_registration(city: City) -> None:
    order = city.registered(title="夜排档")
    with pytest.raises(WrongState, match="N1"):
        accept.accept(order, by=city.call_taker)
    order.refresh_from_db()
    assert order.state == "registered"


def test_a_return_keeps_the_clock_and_moves_it_when_upheld(city: City) -> None:
    order = city.dispatched()
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    assert Obligation.objects.filter(order=order, code="dispose", outcome="open").count() == 1
    city.wait(hours=3)
    order = returns.uphold_return(order, by=city.dispatcher)
    assert order.state == "accepted" and order.returns == 1
    moved = {o.code: o for o in Obligation.objects.filter(order=order, outcome="moved")}
    assert moved["first_contact"].late and not moved["dispose"].late
    order = dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    assert Obligation.objects.filter(order=order, code="dispose", outcome="open").count() == 1


def test_the_second_refused_return_forces_the_dispatch(city: City) -> None:
    order = city.dispatched()
    for _ in range(2):
        returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
        order = returns.refuse_return(order, reason="目录写明归本中队", by=city.dispatcher)
    assert order.returns_locked
    with pytest.raises(WrongState, match="强制派单"):
        returns.ask_return(order, reason_code="remit", reason="仍不同意", by=city.handler)


def test_an_extension_moves_the_effective_due_only(city: City) -> None:
    order = city.signed()
    before = Obligation.objects.get(order=order, code="dispose")
    waits.ask_extension(order, days=3, reason="需吊车作业", by=city.handler)
    waits.grant_extension(order, by=city.dispatcher)
    after = Obligation.objects.get(order=order, code="dispose")
    assert after.due_original == before.due_original
    assert after.due == dt.datetime(2026, 9, 20, 16, tzinfo=dt.UTC)  # Sunday the 20th is worked


def test_a_hold_stops_the_clock_and_gives_back_what_was_left(city: City) -> None:
    order = city.signed()
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    waits.ask_hold(order, until=dt.date(2026, 9, 24), reason="等待产权认定", by=city.handler)
    waits.grant_hold(order, by=city.dispatcher)
    with pytest.raises(WrongState, match="挂账"):
        dispose.dispose(
            order, result="solved", fact="true", words="已经全部处理完毕了。", by=city.handler
        )
    city.wait(days=10)
    assert jobs.release_holds() == 1
    clock_row = Obligation.objects.get(order=order, code="dispose")
    assert clock_row.due > clock.now() and clock_row.outcome == "open"


def test_a_lie_is_sent_back_and_marked(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    order = verify.verify(order, YES, by=city.hub)
    assert order.state == "second_check"
    order = verify.verify(order, NO, by=city.callback_officer)
    assert (order.state, order.round, order.false_report) == ("signed", 2, True)
    assert (
        Obligation.objects.filter(order=order, code="dispose", outcome="open", round=2).count() == 1
    )


def test_nobody_verifies_what_he_handled(city: City) -> None:
    order = city.in_callback()
    with pytest.raises(NotAllowed):
        verify.verify(order, YES, by=city.handler)
    assert not Verification.objects.exists()


def test_two_verifications_are_by_two_people(city: City) -> None:
    order = verify.verify(city.in_callback(urgency="紧急"), YES, by=city.callback_officer)
    with pytest.raises(NotAllowed, match="同一人"):
        verify.verify(order, YES, by=city.callback_officer)


def test_one_who_could_not_be_reached_leaves_solved_unconfirmed(city: City) -> None:
    order = verify.verify(city.in_callback(), Outcome(reached=False), by=city.hub)
    if order.second_due:
        order = verify.verify(order, Outcome(reached=False), by=city.callback_officer)
    assert verify.close(order, by=city.dispatcher).result == "unconfirmed"


def test_the_reviewer_of_the_unit_is_not_the_one_who_disposed(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.head)
    dispose.dispose(
        order, result="solved", fact="true", words="已到场清理并安排值守两周。", by=city.head
    )
    with pytest.raises(NotAllowed, match="自己"):
        dispose.pass_disposal(order, by=city.head)


def test_a_conduct_order_needs_its_leader(city: City) -> None:
    order = city.accepted()
    Order.objects.filter(pk=order.pk).update(conduct=True)
    with pytest.raises(WrongState, match="责任领导"):
        dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    leader.name_leader(order, leader=city.leader.id, section=city.squad, by=city.dispatcher)
    with pytest.raises(WrongState, match="受理签批"):
        dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    leader.sign_acceptance(order, words="当天派", by=city.leader)
    assert dispatch.dispatch(order, to=city.squad, by=city.dispatcher).state == "dispatched"


def test_silence_climbs_to_the_hub_and_the_centre(city: City) -> None:
    order = city.dispatched()
    for _ in range(4):
        city.wait(minutes=31)
        jobs.climb()
    assert {t.step for t in order.transmissions.all()} == {3}
    dispatch.sign(order, by=city.handler)
    assert not order.transmissions.filter(acked_at=None).exists()


def test_an_outsider_finds_nothing(city: City) -> None:
    order = city.dispatched()
    with pytest.raises(Missing):
        queries.get_for(city.outsider, order.number)
    with pytest.raises(Missing):
        dispatch.sign(order, by=city.outsider)
    assert not queries.visible_to(city.outsider).filter(pk=order.pk).exists()


def test_an_identity_is_shown_with_a_reason_to_those_who_hold_the_order(city: City) -> None:
    order = city.signed()
    assert reveal.reveal(order, reason="visit", by=city.handler)["phone"] == "13900000001"
    with pytest.raises(Invalid):
        reveal.reveal(order, reason="", by=city.handler)
    secret = city.signed(confidential=True, paraphrase="某路口夜间摊贩占道", source_no="S-2")
    with pytest.raises(NotAllowed):
        reveal.reveal(secret, reason="visit", by=city.handler)


def test_the_promise_is_kept_in_words(city: City) -> None:
    order = city.accepted()
    assert order.promised_at and order.promised_at > clock.now()


def test_explaining_needs_a_basis(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)
    with pytest.raises(Invalid, match="D4"):
        dispose.dispose(
            order,
            result="explained",
            fact="false",
            words="向诉求人说明了现场情况和规定。",
            by=city.handler,
        )


def test_somebody_always_owes_the_first_callback(city: City) -> None:
    """A section of the centre has no hub above it: the centre calls, and its clock runs."""
    order = city.accepted(category=Category.objects.get(code="X0204"))
    section = Unit.objects.get(code="310000-ZH")
    order = dispatch.dispatch(order, to=section, by=city.dispatcher)
    assert order.seats.get(role="callback").unit.kind == "centre"


def test_a_hub_that_leads_does_not_call_back(city: City) -> None:
    hub = Unit.objects.get(code=f"{DISTRICT}-HUB")
    order = dispatch.dispatch(city.accepted(), to=hub, by=city.dispatcher)
    assert order.seats.get(role="callback").unit.kind == "centre"


def test_taking_down_is_drafting_and_registering_in_one(city: City) -> None:
    """The same entries, clocks, seats and fields, whichever way an appeal comes in."""
    steps, whole = city.registered(), draft.take_down(city.appeal(), by=city.call_taker)
    whole.refresh_from_db()
    for name in ("state", "registered_at", "conduct", "pack_id", "duty_version_id", "next_due"):
        assert getattr(steps, name) == getattr(whole, name), name

    def told(order: Order) -> list[tuple[str, list[str]]]:
        rows = Entry.objects.filter(chain=order.chain).order_by("seq")
        return [(e.kind, sorted(e.data)) for e in rows]

    def clocks(order: Order) -> list[tuple[object, ...]]:
        rows = Obligation.objects.filter(order=order).order_by("pk")
        return list(rows.values_list("code", "seat__role", "due", "seat__due", "limit_unit"))

    assert told(steps) == told(whole) and clocks(steps) == clocks(whole) != []
    seal()
    assert verify_journal().problems == [] and queries.disagreements() == []


def test_taking_down_is_refused_like_the_two_steps(city: City) -> None:
    with pytest.raises(NotAllowed):
        draft.take_down(city.appeal(), by=city.handler)
    draft.take_down(city.appeal(source_no="A-1"), by=city.call_taker)
    before = Entry.objects.count()
    with pytest.raises(Invalid, match="A-1"):
        draft.take_down(city.appeal(source_no="A-1"), by=city.call_taker)
    assert Entry.objects.count() == before and Order.objects.count() == 1
