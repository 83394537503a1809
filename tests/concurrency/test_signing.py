"""A leader and who stands in for him sign at the same moment; two state an absence at once."""

import pytest

from suqiu.accounts.absences import state_absence
from suqiu.accounts.models import Absence, Person
from suqiu.accounts.queries import actor_named, by_username
from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.orders.actions import leader
from tests.city import City
from tests.concurrency.test_families import race, told
from tests.concurrency.threads import behind

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_leader_and_deputy_wins_and_the_other_is_told(city: City) -> None:
    order, day = city.conduct_accepted(), clock.today()
    state_absence(
        by_username("leader1"), deputy=by_username("leader2"), since=day, until=day, by=city.leader
    )
    deputy = actor_named("leader2")
    won, lost = race(
        [order],
        lambda: leader.sign_acceptance(order, words="当天派", by=city.leader),
        lambda: leader.sign_acceptance(order, words="代签:当天派", by=deputy),
    )
    assert len(won) == 1 and [e.code for e in lost] == ["leader.signed"]
    assert order.signatures.count() == told(order, "order.sign_acceptance") == 1


def test_two_who_leave_for_each_other_at_once_do_not_both(city: City) -> None:
    one, other, day = by_username("leader1"), by_username("leader2"), clock.today()

    def leave(who: Person, deputy: Person, name: str) -> Absence:
        return state_absence(who, deputy=deputy, since=day, until=day, by=actor_named(name))

    def held() -> list[Person]:
        rows = Person.objects.select_for_update().filter(pk__in=[one.pk, other.pk])
        return list(rows.order_by("pk"))

    answers = behind(
        held, lambda: leave(one, other, "leader1"), lambda: leave(other, one, "leader2")
    )
    refused = [a for a in answers if isinstance(a, Invalid)]
    assert len(refused) == 1 and refused[0].code in {"absence.deputy_away", "absence.stands_in"}
    assert Absence.objects.count() == 1
