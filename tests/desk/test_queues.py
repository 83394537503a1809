"""Lists in which somebody's work waits and nobody else's: helping units, second persons, requests."""

import pytest

from suqiu.base.actors import Actor
from suqiu.catalogue.models import Category, Source
from suqiu.desk import queries
from suqiu.desk.queries import VIEWS
from suqiu.orders.actions import attach, co, dispatch, dispose, leader, pairs
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from tests.city import City, actor_named
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def waiting(key: str, by: Actor) -> list[str]:
    view = next(view for view in VIEWS if view.key == key)
    return sorted(view.pick(by).values_list("number", flat=True))


def helped(city: City) -> tuple[Order, Actor]:
    """An order on which another squad was asked to help, and that squad's handler."""
    wish = "跨界摊贩,请一起整治"
    order = co.ask_co(city.signed(), unit=city.other_squad, reason=wish, by=city.handler)
    return order, city.outsider


def test_a_helping_unit_has_its_own_list_until_it_has_answered(city: City) -> None:
    order, helper = helped(city)
    assert waiting("helps", city.dispatcher) == [order.number]
    assert waiting("assist", helper) == []  # asked for, not granted
    co.grant_co(order, by=city.dispatcher)
    assert waiting("helps", city.dispatcher) == []
    assert waiting("assist", helper) == [order.number]
    assert waiting("assist", city.handler) == []  # the lead is not its own helper
    assert waiting("doing", helper) == []
    co.answer_co(order, words="已派两人一同整治,摊贩劝离。", by=helper)
    assert waiting("assist", helper) == []


def test_a_citizen_who_wants_to_withdraw_is_seen_by_the_dispatcher(city: City) -> None:
    order = attach.ask_withdraw(city.accepted(), reason="已自行解决", by=city.call_taker)
    assert waiting("helps", city.dispatcher) == [order.number]
    assert waiting("returns", city.dispatcher) == []


def test_what_needs_a_second_person_waits_for_one_who_may_and_did_not_ask(city: City) -> None:
    forced = pairs.ask_force(
        city.dispatched(), reason="无法再办", evidence="两次上门", by=city.dispatcher
    )
    odd = pairs.ask_unreasonable(city.replied(), reason="要求超出法规", by=city.dispatcher)
    assert waiting("rule", city.leader) == sorted([forced.number, odd.number])
    assert waiting("rule", city.inspector) == [odd.number]  # only a leader closes by force
    pairs.refuse_unreasonable(odd, reason="诉求有据", by=city.leader)
    assert waiting("rule", city.inspector) == []
    page = client_of(city.leader).get("/queue?view=rule").content.decode()
    assert forced.number in page and "待第二人裁定" in page


@pytest.mark.parametrize("role", ["leader1", "assessor1", "auditor"])
def test_who_has_a_queue_finds_it_in_the_head(city: City, role: str) -> None:
    page = client_of(actor_named(role)).get("/figures").content.decode()
    assert 'href="/queue"' in page


def test_a_leader_is_asked_to_sign_when_there_is_something_to_sign(city: City) -> None:
    conduct = {
        "source": Source.objects.get(code="CONDUCT"),
        "category": Category.objects.filter(conduct=True).order_by("code")[0],
    }
    section = Unit.objects.filter(kind="section").order_by("code")[0]
    order = leader.name_leader(
        city.accepted(**conduct), leader=city.leader.id, section=section, by=city.dispatcher
    )
    assert waiting("signoff", city.leader) == [order.number], "that it is accepted"
    leader.sign_acceptance(order, words="当天派", by=city.leader)
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    assert waiting("signoff", city.leader) == []
    page = client_of(city.leader).get(f"/orders/{order.number}").content.decode()
    assert "has-action" not in page
    order = dispatch.sign(order, by=city.handler)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    leader.report_plan(order, words="先约谈,再当面致歉", by=city.handler)
    assert waiting("signoff", city.leader) == [order.number], "the plan"
    leader.sign_plan(order, words="照办", by=city.leader)
    assert waiting("signoff", city.leader) == []
    words = "已批评教育并向诉求人道歉,全队整顿。"
    order = dispose.dispose(order, result="solved", fact="true", words=words, by=city.handler)
    order = dispose.pass_disposal(order, by=city.head)
    dispose.reply(order, words=words, reached=True, by=city.handler)
    assert waiting("signoff", city.leader) == [order.number]
    page = client_of(city.leader).get(f"/orders/{order.number}").content.decode()
    assert "has-action" in page


def test_the_numbers_asked_at_once_are_those_of_each_list(city: City) -> None:
    """Composed once for a person and asked again: also of what came later, and what time has made late."""
    everybody = (
        city.call_taker,
        city.dispatcher,
        city.handler,
        city.hub,
        city.leader,
        city.inspector,
    )
    for step in (city.registered, city.accepted, city.dispatched, city.signed, city.in_callback):
        step()
        city.wait(days=9)
        for by in everybody:
            views = queries.views_of(by)
            assert queries.numbers(views, by) == [len(waiting(view.key, by)) for view in views]
    late = next(view for view in VIEWS if view.key == "overdue")
    assert queries.numbers([late], city.dispatcher) > [1]


def test_a_question_that_is_kept_is_the_one_that_would_be_composed_now(city: City) -> None:
    for by in (
        city.call_taker,
        city.dispatcher,
        city.handler,
        city.hub,
        city.leader,
        city.inspector,
    ):
        steady = [view for view in queries.views_of(by) if view.steady]
        before = [queries._composed(view, by) for view in steady]
        city.signed()
        city.wait(days=400)
        assert [queries._composed(view, by) for view in steady] == before


def test_who_holds_no_post_that_works_waits_for_nothing(city: City) -> None:
    late = next(view for view in VIEWS if view.key == "overdue")
    assert queries.numbers([late], Actor("person:0")) == [0]
    assert queries.numbers([], city.dispatcher) == []
