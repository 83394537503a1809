"""What went to discipline inspection is looked into there: nobody owes by a clock here any more."""

import datetime as dt

import pytest

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.orders.actions import exits
from suqiu.orders.models import NEVER, Order
from suqiu.supervision.cases import jobs as cases
from suqiu.supervision.cases.actions import rectifying
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.models import Obligation as OfCase
from suqiu.supervision.external import jobs, queries
from suqiu.supervision.external.actions import opinions
from suqiu.supervision.external.models import Obligation, Opinion, Term
from tests.city import City
from tests.supervision import external as short
from tests.supervision import work

pytestmark = pytest.mark.django_db


def handed_over(case: Case, city: City) -> Order:
    order = Order.objects.get(cases=case)
    return exits.to_discipline(order, reason="反映收受好处", by=city.dispatcher)


def kinds(chain: str) -> list[str]:
    return list(Entry.objects.filter(chain=chain).order_by("seq").values_list("kind", flat=True))


def test_the_clocks_of_its_case_end_as_its_own_do(city: City) -> None:
    case = work.demanded(city, work.opened(city))
    assert cases.remind() == 0
    handed_over(case, city)
    left = clock.now()
    city.wait(days=30)
    assert (cases.remind(), cases.remind()) == (1, 0)
    row, case = OfCase.objects.get(case=case, code="plan"), Case.objects.get(pk=case.pk)
    assert (row.outcome, row.ended, row.late, row.red_at) == ("cancelled", left, False, None)
    assert (case.next_due, case.level) == (NEVER, 1), "and nobody is raised over it"
    assert kinds(case.chain)[-1] == "clock.ended"


def test_what_was_due_before_stays_late(city: City) -> None:
    case = work.demanded(city, work.opened(city))
    city.wait(days=30)
    handed_over(case, city)
    cases.remind()
    row = OfCase.objects.get(case=case, code="plan")
    assert (row.outcome, row.late) == ("cancelled", True)


def test_no_clock_begins_in_it_any_more(city: City) -> None:
    case = work.planned(city, work.demanded(city, work.opened(city)))
    handed_over(case, city)
    rectifying.approve_plan(case, by=city.inspector)
    running = OfCase.objects.filter(case=case, outcome="open")
    assert not running.exists()


def test_the_clock_of_another_case_runs_on(city: City) -> None:
    one, other = work.opened(city), work.opened(city)
    handed_over(one, city)
    assert cases.remind() == 1
    assert OfCase.objects.get(case=other).outcome == "open"


def test_the_answer_to_an_opinion_on_it_is_owed_no_more(city: City) -> None:
    row = short.given(city)
    assert row.invitation.case is not None
    handed_over(row.invitation.case, city)
    left = clock.now()
    city.wait(days=30)
    assert (jobs.remind(), jobs.remind()) == (1, 0)
    owed = Obligation.objects.get(opinion=row)
    assert (owed.outcome, owed.ended, owed.late, owed.red_at) == ("cancelled", left, False, None)
    assert not queries.owed(city.head).exists()
    assert kinds(row.chain)[-1] == "clock.ended"
    # Nor is it counted as one that was answered in time, or was not.
    start = left - dt.timedelta(days=1)
    (done,) = queries.activity(start, clock.now(), Term.objects.all())
    assert (done.opinions, done.due, done.in_time) == (1, 0, 0)


def test_an_answer_that_was_due_before_counts_as_it_did(city: City) -> None:
    row = short.given(city)
    start = clock.now() - dt.timedelta(days=1)
    city.wait(days=20)
    end = clock.now()
    before = queries.activity(start, end, Term.objects.all())
    assert [(d.due, d.in_time) for d in before] == [(1, 0)]
    city.wait(days=1)
    assert row.invitation.case is not None
    handed_over(row.invitation.case, city)
    jobs.remind()
    assert queries.activity(start, end, Term.objects.all()) == before


def test_an_opinion_that_he_confirms_afterwards_has_no_clock(city: City) -> None:
    row = short.given(city)
    Obligation.objects.all().delete()
    Opinion.objects.filter(pk=row.pk).update(state="unconfirmed")
    assert row.invitation.case is not None
    handed_over(row.invitation.case, city)
    opinions.confirm(row, by=short.outside())
    assert not Obligation.objects.exists()
