"""A meeting from the plan to decisions that are done, and what nobody can do at it."""

import datetime as dt
from typing import Any

import pytest

from suqiu.audit.queries import chain, verify
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.orders.actions import pairs
from suqiu.orders.models import Order
from suqiu.organisations.queries import centre
from suqiu.supervision.meetings import jobs, queries
from suqiu.supervision.meetings.actions import holding, planning
from suqiu.supervision.meetings.models import Decision, Item, Meeting, Party
from suqiu.supervision.meetings.rules import kinds
from suqiu.supervision.meetings.states import ITEMS
from tests.city import City
from tests.concurrency.threads import Together

pytestmark = pytest.mark.django_db


def planned(city: City, **changes: Any) -> Meeting:
    told: dict[str, Any] = {
        "kind": "regular", "title": "九月例会", "at": clock.now() + dt.timedelta(days=2),
        "by": city.inspector,
    }  # fmt: skip
    return planning.plan(**{**told, **changes})


def hard(city: City) -> Order:
    order = city.signed()
    return pairs.mark_difficult(order, reason="两家都说不归自己", by=city.inspector)


def called(city: City, order: Order | None = None) -> Meeting:
    meeting = planned(city)
    planning.invite(meeting, [city.squad], by=city.inspector)
    if order:
        planning.add(meeting, kind="difficult", title="", order=order.number, by=city.inspector)
    planning.add(meeting, kind="directive", title="传达夜间设摊整治要求", by=city.leader)
    return planning.call(meeting, by=city.inspector)


def held(city: City, order: Order | None = None) -> Meeting:
    return holding.hold(called(city, order), came={city.squad.pk}, by=city.inspector)


def decided(city: City, **changes: Any) -> Decision:
    meeting = held(city)
    told: dict[str, Any] = {
        "words": "夜间值守延到二十三点", "owner": city.squad,
        "until": clock.today() + dt.timedelta(days=7), "by": city.inspector,
    }  # fmt: skip
    return holding.decide(meeting.items.get(), **{**told, **changes})


def test_from_the_call_to_the_decision_that_is_done(city: City) -> None:
    meeting = called(city, hard(city))
    planning.offer(meeting, title="错时执法", words="早晚两班,投诉减半", by=city.head)
    holding.hold(meeting, came={city.squad.pk}, by=city.inspector)
    study, directive, experience = meeting.items.order_by("pk")
    holding.say(study, unit=city.squad, words="缺停车泊位", by=city.inspector)
    holding.study(
        study, causes="早高峰无疏导点", measures="划临时疏导点", outcome="hold",
        review_on=clock.today() + dt.timedelta(days=30), by=city.inspector,
    )  # fmt: skip
    decision = holding.decide(
        directive, words="周五前报整治方案", owner=city.squad,
        until=clock.today() + dt.timedelta(days=4), by=city.inspector,
    )  # fmt: skip
    holding.recommend(experience, why="别的区可学", by=city.inspector)
    holding.minute(meeting, words="一、传达要求。二、研讨一件。", by=city.inspector)
    with pytest.raises(NotAllowed):
        holding.circulate(meeting, by=city.inspector)
    holding.circulate(meeting, by=city.leader)
    holding.acknowledge(meeting, by=city.head)
    holding.fulfil(decision, words="方案已报", by=city.handler)
    holding.confirm(decision, by=city.inspector)
    decision.refresh_from_db()
    assert decision.confirmed_at and decision.obligation.outcome == "met"
    assert Party.objects.get(meeting=meeting).acknowledged_by == city.head.id
    steps = [e.kind for e in chain(meeting.chain)]
    assert steps[0] == "meeting.planned" and "meeting.circulate" in steps
    assert steps[-2:] == ["meeting.fulfil", "meeting.confirm"]
    assert not verify().problems


def test_the_order_knows_that_it_was_studied(city: City) -> None:
    order = hard(city)
    item = held(city, order).items.get(kind="difficult")
    holding.study(item, causes="甲", measures="乙", outcome="plan", by=city.inspector)
    told = chain(order.chain)[-1]
    assert told.kind == "meeting.studied" and told.data["outcome"] == "plan"
    assert [i.pk for i in queries.of_order(order, city.handler)] == [item.pk]
    assert queries.of_order(order, city.outsider) == []


def test_the_agenda_is_proposed_from_what_burns_and_nothing_twice(city: City) -> None:
    order, calm = hard(city), city.signed()
    before = decided(city)
    meeting = planned(city)
    planning.propose(meeting, by=city.inspector)
    keys = set(meeting.items.values_list("key", flat=True))
    assert keys >= {f"order:{order.pk}", f"decision:{before.pk}", "figures"}
    assert f"order:{calm.pk}" not in keys
    assert planning.propose(meeting, by=city.inspector) == []
    assert meeting.items.filter(order=order).get().title.startswith(order.number)


def test_what_is_not_done_comes_back_until_it_is(city: City) -> None:
    decision = decided(city)

    def proposed() -> bool:
        meeting = planned(city, title="下一次")
        planning.propose(meeting, by=city.inspector)
        return meeting.items.filter(decision=decision).exists()

    assert proposed()
    city.wait(days=20)
    holding.fulfil(decision, words="已延", by=city.head)
    assert proposed()  # reported is not done
    holding.refuse(decision, reason="二十一点就撤了", by=city.inspector)
    assert proposed() and list(queries.overdue(city.head)) == [decision]
    holding.fulfil(decision, words="已延到二十三点", by=city.head)
    holding.confirm(decision, by=city.inspector)
    assert not proposed() and not queries.overdue(city.head).exists()
    decision.refresh_from_db()
    assert decision.obligation.outcome == "late"


def test_nobody_confirms_what_he_or_his_unit_reported(city: City) -> None:
    ours, theirs = decided(city, owner=centre()), decided(city)
    with pytest.raises(WrongState):
        holding.confirm(theirs, by=city.inspector)
    holding.fulfil(theirs, words="已办", by=city.handler)
    for unit_person in (city.handler, city.head):
        with pytest.raises(NotAllowed):
            holding.confirm(theirs, by=unit_person)
    with pytest.raises(NotAllowed):
        holding.fulfil(ours, words="已办", by=city.head)


def test_no_unit_sees_a_meeting_before_it_is_called_or_without_it(city: City) -> None:
    meeting = planned(city)
    planning.invite(meeting, [city.squad], by=city.inspector)
    for stranger in (city.head, city.outsider, city.call_taker):
        with pytest.raises(Missing):
            queries.get_for(stranger, meeting.number)
        assert not queries.visible_to(stranger).exists()
    planning.add(meeting, kind="other", title="议题", by=city.inspector)
    planning.call(meeting, by=city.inspector)
    assert queries.get_for(city.head, meeting.number) == meeting
    with pytest.raises(Missing):
        queries.get_for(city.outsider, meeting.number)
    with pytest.raises(Missing):
        holding.acknowledge(meeting, by=city.outsider)


def test_secret_and_accusing_orders_are_not_brought_to_the_table(city: City) -> None:
    meeting = planned(city)
    secret = city.signed(confidential=True, paraphrase="反映某路段设摊。")
    accusing = city.registered(accused=city.squad)
    Order.objects.filter(pk__in=[secret.pk, accusing.pk]).update(difficult=True)
    for order in (secret, accusing):
        with pytest.raises(Invalid) as refused:
            planning.add(meeting, kind="difficult", title="", order=order.number, by=city.inspector)
        assert refused.value.code == "meeting.order"
    planning.propose(meeting, by=city.inspector)
    assert not meeting.items.filter(order__in=[secret, accusing]).exists()


@pytest.mark.parametrize(
    ("do", "code"),
    [
        (lambda c, m: planning.call(m, by=c.inspector), "meeting.bare"),
        (lambda c, m: planned(c, title=" "), "meeting.empty"),
        (lambda c, m: planned(c, at=clock.now()), "meeting.past"),
        (lambda c, m: planned(c, kind="party"), "meeting.kind"),
        (lambda c, m: planning.add(m, kind="hot", title="甲", by=c.inspector), "meeting.item"),
        (lambda c, m: planning.add(m, kind="difficult", title="甲", by=c.inspector), "meeting.order"),
        (lambda c, m: planning.invite(m, [], by=c.inspector), "meeting.party"),
        (lambda c, m: planning.cancel(m, reason="", by=c.inspector), "meeting.empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_kept(city: City, do: Any, code: str) -> None:
    meeting = planned(city)
    before = len(chain(meeting.chain))
    with pytest.raises(Invalid) as refused:
        do(city, meeting)
    assert refused.value.code == code
    assert len(chain(meeting.chain)) == before and Meeting.objects.count() == 1


def test_a_study_and_a_decision_that_do_not_hold_together(city: City) -> None:
    meeting = held(city, hard(city))
    hard_one, directive = meeting.items.order_by("pk")
    told: dict[str, Any] = {"causes": "甲", "measures": "乙", "by": city.inspector}
    for item, outcome, code in (
        (directive, "plan", "meeting.order"),
        (hard_one, "party", "meeting.outcome"),
        (hard_one, "hold", "meeting.review"),
    ):
        with pytest.raises(Invalid) as refused:
            holding.study(item, outcome=outcome, **told)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        holding.decide(
            directive, words="甲", owner=city.squad,
            until=clock.today() - dt.timedelta(days=1), by=city.inspector,
        )  # fmt: skip
    with pytest.raises(Invalid):
        holding.recommend(directive, why="好", by=city.inspector)
    assert not Decision.objects.exists()


def test_a_decision_is_reminded_of_and_marked_red_once(city: City) -> None:
    decision = decided(city, until=clock.today())
    city.wait(hours=24)
    assert jobs.remind() == 1 and jobs.remind() == 0
    kinds_told = [e.kind for e in chain(decision.meeting.chain)]
    assert kinds_told.count("clock.red") == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_confirm_once(city: City) -> None:
    decision = decided(city)
    holding.fulfil(decision, words="已办", by=city.head)
    done = Together(
        lambda: holding.confirm(decision, by=city.inspector),
        lambda: holding.confirm(decision, by=city.leader),
    ).finish()
    assert sorted(type(one).__name__ for one in done) == ["NoneType", "WrongState"]
    told = [e.kind for e in chain(decision.meeting.chain)]
    assert told.count("meeting.confirm") == 1


def test_kinds_are_data_and_hold_together() -> None:
    assert {"regular", "study", "coordination", "analysis"} <= set(kinds())
    assert set(ITEMS) > planning.BY_HAND
    assert {ask for kind in kinds().values() for ask in kind.asks} == set(
        ITEMS
    ) - planning.BY_HAND | {"difficult"}
    assert not Item.objects.exists()
