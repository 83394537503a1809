"""Nobody checks his own work, whatever posts he was given and taken in between."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_for
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed
from suqiu.orders.models import Hand
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.actions import looking
from suqiu.supervision.cases.models import Visit
from suqiu.supervision.cases.queries import is_own_work
from tests.city import MONDAY, City
from tests.supervision import work

# A posting of the person: in the unit that leads or elsewhere, begun so many days before (−) or
# after (+) the appeal, lasting so many days (None: still).
POSTINGS = st.lists(
    st.tuples(
        st.sampled_from(["squad", "other"]),
        st.integers(-60, 5),
        st.one_of(st.none(), st.integers(0, 40)),
    ),
    max_size=4,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(postings=POSTINGS, handled=st.booleans(), hour=st.integers(0, 24 * 8))
def test_no_sequence_of_postings_lets_anybody_check_his_own_unit(
    city: City, postings: list[tuple[str, int, int | None]], handled: bool, hour: int
) -> None:
    clock.set_to(MONDAY)  # the examples share one city, and each begins on the same morning
    with transaction.atomic():
        case = work.opened(city)
        order = case.orders.get()
        day = clock.local(order.drafted_at).date()
        section = Unit.objects.filter(kind="section").order_by("code")[0]
        person = Person.objects.create(username="moved", name="试", password="!")
        Posting.objects.create(person=person, unit=section, role="inspector", since=day)
        was_there = False
        for n, (where, begun, lasted) in enumerate(postings):
            since = day + dt.timedelta(days=begun)
            until = None if lasted is None else since + dt.timedelta(days=lasted)
            role = ["handler", "head", "hub", "trainer"][n]
            unit = city.squad if where == "squad" else city.other_squad
            Posting.objects.create(person=person, unit=unit, role=role, since=since, until=until)
            # Whoever is relieved in the middle of a day keeps the day before as his last.
            last = until and until + dt.timedelta(days=1)
            was_there |= where == "squad" and (last is None or last >= day)
        if handled:
            Hand.objects.create(order=order, actor=person.actor_id)
        city.wait(hours=hour)
        actor = actor_for(person)
        assert is_own_work(case, actor) is (was_there or handled)
        if was_there or handled:
            with pytest.raises(NotAllowed):
                looking.survey(case, words="看过", by=actor)
            with pytest.raises(NotAllowed):
                looking.assign(case, inspector=actor.id, by=city.leader)
            assert not Visit.objects.filter(by=actor.id).exists()
        else:
            looking.survey(case, words="看过", by=actor)
        transaction.set_rollback(True)


def test_who_verified_the_order_before_does_not_recheck_it(city: City) -> None:
    from suqiu.callbacks.actions import AnswerGiven, record

    order = city.in_callback()
    record(order, by=city.hub, outcome="reached", answer=AnswerGiven("yes"))
    assert is_own_work(work.opened(city, order), city.hub)


def test_after_another_unit_took_it_over_the_first_ones_people_stay_barred(city: City) -> None:
    from suqiu.orders.actions import transfer

    order = city.dispatched()
    to = Unit.objects.filter(region=city.squad.region, kind="squad").exclude(pk=city.squad.pk)
    if not to.exists():
        to = Unit.objects.filter(region=city.squad.region, kind="street")
    transfer.transfer(order, to=to[0], reason="在那边辖区", by=city.head)
    case = work.opened(city, order)
    assert is_own_work(case, city.handler)
    assert not is_own_work(case, city.inspector)


def moved(username: str, *, squad: bool, city: City) -> Actor:
    """One with all posts of supervision today; `squad`: who was of the squad until yesterday."""
    person = Person.objects.create(username=username, name="试", password="!")
    day = clock.today()
    if squad:
        Posting.objects.create(
            person=person, unit=city.squad, role="handler", since=day, until=day - dt.timedelta(days=1)
        )  # fmt: skip
    for code, role in (("310000-DC", "inspector"), ("310000-LD", "leader")):
        unit = Unit.objects.get(code=code)
        Posting.objects.create(person=person, unit=unit, role=role, since=day)
    return actor_for(person)


def test_a_case_about_his_former_unit_is_neither_dropped_nor_reported_nor_filed_by_him(
    city: City,
) -> None:
    from suqiu.supervision.cases.actions import filing, rectifying

    case = work.opened(city)
    his, other = moved("his", squad=True, city=city), moved("other", squad=False, city=city)
    with pytest.raises(NotAllowed) as refused:
        filing.drop(case, reason="没有必要", by=his)
    assert refused.value.code == "case.own"
    case = looking.survey(case, words="看过", by=other)
    case = looking.find(case, cause="effort", words="早撤", advice="延后", by=other)
    with pytest.raises(NotAllowed):
        rectifying.demand(case, unit=city.squad, by=his)
    case = work.planned(city, rectifying.demand(case, unit=city.squad, by=other))
    with pytest.raises(NotAllowed):
        rectifying.return_plan(case, reason="不对症", by=his)
    case = rectifying.approve_plan(case, by=other)
    looking.visit(case, words="好转", good=True, by=other)
    measure = case.plans.get(ruling="approved").measures.get()
    case = rectifying.do_measure(case, measure=measure.pk, words="已落实", by=city.handler)
    case = looking.recheck(case, good=True, words="没有了", by=other)
    with pytest.raises(NotAllowed):
        filing.report(case, words="没有问题", by=his)
    case = filing.report(case, words="值守时段错开", by=other)
    steps = (filing.file, lambda case, by: filing.return_report(case, reason="改", by=by))
    for step in steps:
        with pytest.raises(NotAllowed) as refused:
            step(case, by=his)
        assert refused.value.code == "case.own"
    assert filing.file(case, by=city.leader).state == "filed"


def test_who_verified_it_neither_inspects_it_nor_rules_on_its_score(city: City) -> None:
    from suqiu.assessment import actions as assessing
    from suqiu.assessment.access import can
    from suqiu.assessment.models import Appeal
    from suqiu.orders.access import Denied
    from suqiu.supervision.inspections import queries as inspections
    from suqiu.supervision.inspections.models import Inspection, Item
    from tests.supervision.test_inspections import closed

    order = closed(city)
    verifier, other = city.callback_officer, moved("other", squad=False, city=city)
    order.verifications.update(by=verifier.id)
    row = Inspection(since=clock.today(), until=clock.today())
    item = Item(inspection=row, order=order)
    assert "核实过" in inspections.barred(item, verifier) and not inspections.barred(item, other)
    appeal = Appeal(
        unit=city.squad, order=order, state="weighed", hands=[], made_at=clock.now(), rate="solved"
    )
    order.verifications.update(by=city.leader.id)
    answer = can(city.leader, "grant", assessing.standing(appeal, city.leader))
    assert isinstance(answer, Denied) and answer.code == "assessment.own"
    assert can(other, "grant", assessing.standing(appeal, other))
