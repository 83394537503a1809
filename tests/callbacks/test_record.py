"""Calls: who may make them, what they amount to, and what a lie does."""

import pytest

from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.callbacks.actions import AnswerGiven, answer_advice, record
from suqiu.callbacks.models import Advice, Answer, Attempt
from suqiu.callbacks.queries import compare, todo
from suqiu.orders.models import Verification
from tests.city import City

YES = AnswerGiven(solved="yes", satisfaction="满意", disposal_true=True, feedback_true=True)
NO = AnswerGiven(
    solved="no",
    satisfaction="不满意",
    disposal_true=False,
    feedback_true=True,
    advice="夜间再去看一次",
)


def test_no_answer_has_a_default() -> None:
    blank = Answer()
    answers = [blank.efficiency, blank.attitude, blank.result, blank.satisfaction, blank.solved]
    assert answers == [""] * 5
    assert blank.disposal_true is None and blank.feedback_true is None


def test_a_reached_call_needs_the_first_question(city: City) -> None:
    order = city.in_callback()
    with pytest.raises(Invalid, match="解决"):
        record(order, by=city.hub, outcome="reached")
    assert not Attempt.objects.exists()


def test_three_missed_calls_on_two_days_are_enough(city: City) -> None:
    order = city.in_callback()
    for _ in range(3):
        record(order, by=city.hub, outcome="unreachable")
    assert not Verification.objects.exists()
    city.wait(days=1)
    record(order, by=city.hub, outcome="unreachable")
    assert Verification.objects.get().reached is False


def test_who_handled_it_does_not_call(city: City) -> None:
    order = city.in_callback()
    with pytest.raises(NotAllowed):
        record(order, by=city.handler, outcome="reached", answer=YES)


def test_the_hub_of_another_district_does_not_call(city: City) -> None:
    order = city.in_callback()
    assert list(todo(city.hub)) == [order]
    assert not todo(city.outsider).exists()


def test_a_lie_sends_back_is_marked_and_advice_is_answered(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    record(order, by=city.hub, outcome="reached", answer=YES)
    record(order, by=city.inspector, outcome="reached", answer=NO)
    order.refresh_from_db()
    assert (order.state, order.round, order.false_report) == ("signed", 2, True)
    advice = answer_advice(Advice.objects.get(), words="今晚起加派夜班", by=city.handler)
    assert advice.answered_by == city.handler.id


def test_both_calls_stand_beside_each_other(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    second = AnswerGiven(solved="yes", satisfaction="一般", disposal_true=True, feedback_true=True)
    record(order, by=city.inspector, outcome="reached", answer=second)
    (told,) = compare(order)
    assert told.differs
    rows = {row.question: row.same for row in told.rows}
    assert rows["是否解决"] is True and rows["满意程度"] is False


def test_a_call_out_of_turn_is_a_wrong_state(city: City) -> None:
    with pytest.raises(WrongState):
        record(city.replied(), by=city.hub, outcome="reached", answer=YES)
