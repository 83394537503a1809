"""Nobody checks his own work, whatever posts he was given and taken in between."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_for
from suqiu.base import clock
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
