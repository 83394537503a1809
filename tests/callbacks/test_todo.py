"""What waits for a caller, what the unit may learn of it, and what is kept."""

import pytest
from django.db import IntegrityError, transaction

from suqiu.appellants.actions import take_in
from suqiu.audit.models import Entry
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.callbacks.actions import AnswerGiven, answer_advice, record
from suqiu.callbacks.models import Advice, Answer, Attempt
from suqiu.callbacks.queries import advice_to, compare, for_order, todo
from suqiu.orders import situations
from suqiu.orders.access import can
from suqiu.orders.models import Order, Verification
from tests.city import City

YES = AnswerGiven(solved="yes", satisfaction="满意", disposal_true=True, feedback_true=True)
NO = AnswerGiven(solved="no", satisfaction="不满意", disposal_true=False, feedback_true=True)


def test_the_list_is_what_the_verbs_allow(city: City) -> None:
    ordinary, urgent = city.in_callback(), city.in_callback(urgency="紧急")
    city.replied()
    people = [
        city.hub, city.callback_officer, city.inspector, city.handler, city.head, city.outsider,
        city.dispatcher, city.call_taker, city.leader,
    ]  # fmt: skip

    def agree() -> None:
        for by in people:
            may = {
                order.pk
                for order in Order.objects.all()
                for verb in ("verify_first", "verify_second")
                if can(by, verb, situations.of(order, content=False)[0])
            }
            assert {order.pk for order in todo(by)} == may, by

    agree()
    record(urgent, by=city.callback_officer, outcome="reached", answer=YES)
    agree()
    record(ordinary, by=city.hub, outcome="reached", answer=YES)
    agree()
    assert not todo(city.hub).exists() and urgent in todo(city.inspector)


def test_the_second_check_is_made_by_another(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    record(order, by=city.callback_officer, outcome="reached", answer=YES)
    with pytest.raises(NotAllowed, match="同一人"):
        record(order, by=city.callback_officer, outcome="unreachable")
    assert [a.stage for a in for_order(order)] == ["first"]


def test_one_who_refuses_is_not_asked_again(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.hub, outcome="refused")
    check = Verification.objects.get()
    assert (check.reached, check.solved, check.satisfaction) == (False, None, "")


def test_nobody_answers_for_one_who_was_not_reached(city: City) -> None:
    with pytest.raises(Invalid, match="作答"):
        record(city.in_callback(), by=city.hub, outcome="unreachable", answer=YES)
    assert not Attempt.objects.exists()


def test_three_missed_calls_in_one_day_are_not_enough(city: City) -> None:
    order = city.in_callback()
    for _ in range(5):
        record(order, by=city.hub, outcome="unreachable", note="无人接听")
    assert not Verification.objects.exists()


def test_who_left_no_telephone_is_not_called_three_times(city: City) -> None:
    order = city.in_callback(appellant=take_in(anonymous=True, by=city.call_taker))
    record(order, by=city.hub, outcome="unreachable", note="没有留电话")
    assert Verification.objects.get().reached is False


def test_the_journal_has_codes_and_the_words_stand_beside(city: City) -> None:
    order = city.in_callback()
    answer = AnswerGiven(solved="no", wants="夜里再来看一次", advice="请回电13900000001核实")
    record(order, by=city.callback_officer, outcome="reached", answer=answer, note="傍晚接通")
    entry = Entry.objects.get(kind="callback.attempted")
    assert set(entry.data) == {"attempt", "stage", "round", "outcome"}
    assert entry.statement.words == {
        "note": "傍晚接通",
        "wants": "夜里再来看一次",
        "advice": "请回电■■■核实",
    }


def test_a_lie_is_seen_in_the_round_that_it_ended(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    record(order, by=city.hub, outcome="reached", answer=YES)
    record(order, by=city.inspector, outcome="reached", answer=NO)
    order.refresh_from_db()
    (told,) = compare(order)
    assert told.differs
    rows = {row.question: row.same for row in told.rows}
    assert order.round == 2 and rows["是否解决"] is False and rows["反馈是否属实"] is True


def test_one_call_is_shown_alone_and_what_was_not_asked_is_empty(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    assert compare(order) == []
    record(order, by=city.hub, outcome="unreachable")
    (told,) = compare(order)
    assert set(told.calls) == {"first"} and not told.differs
    assert [(row.first, row.second, row.same) for row in told.rows] == [("未接通", "", None)]


def test_advice_does_not_tell_the_unit_who_was_drawn(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    advised = AnswerGiven(solved="yes", advice="夜间再去看一次")
    record(order, by=city.inspector, outcome="reached", answer=advised)
    assert not advice_to(city.handler).exists()
    with pytest.raises(Missing):
        answer_advice(Advice.objects.get(), words="照办", by=city.handler)
    Order.objects.filter(pk=order.pk).update(state="closed")
    assert advice_to(city.handler).count() == 1 and not advice_to(city.outsider).exists()


def test_advice_is_answered_once_and_by_the_unit(city: City) -> None:
    order = city.in_callback()
    advised = AnswerGiven(solved="no", advice="夜间再去看一次")
    record(order, by=city.callback_officer, outcome="reached", answer=advised)
    advice = Advice.objects.get()
    with pytest.raises(NotAllowed):
        answer_advice(advice, words="照办", by=city.outsider)
    answer_advice(advice, words="今晚起加派夜班", by=city.handler)
    with pytest.raises(Missing):
        answer_advice(advice, words="另一个说法", by=city.head)
    assert Advice.objects.get().answer == "今晚起加派夜班"


def test_a_call_that_the_order_refuses_leaves_nothing(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.callback_officer, outcome="reached", answer=NO)
    with pytest.raises(WrongState):
        record(order, by=city.callback_officer, outcome="reached", answer=YES)
    assert Attempt.objects.count() == Answer.objects.count() == 1


def test_the_database_keeps_one_answer_a_stage(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.callback_officer, outcome="reached", answer=NO)
    call = Attempt.objects.get()
    call.pk = None
    with pytest.raises(IntegrityError, match="spoken_once"), transaction.atomic():
        call.save(force_insert=True)


def test_a_hub_that_hears_no_sends_the_order_back(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.hub, outcome="reached", answer=NO)
    order.refresh_from_db()
    assert (order.state, order.round) == ("signed", 2)
