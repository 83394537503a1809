"""What supervision owes to somebody reaches his list: once, his alone, without a word in the row."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from suqiu.accounts.queries import actor_named
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.notifications import queries, things
from suqiu.notifications.models import Message
from suqiu.supervision.cases import jobs as cases
from suqiu.supervision.external import jobs as external
from suqiu.supervision.external.actions import opinions
from suqiu.supervision.meetings import jobs as meetings
from suqiu.supervision.visits import jobs as visits
from suqiu.supervision.visits.actions import going
from suqiu.supervision.visits.models import Commitment, Obligation
from tests.city import City
from tests.desk.test_pages import client_of
from tests.notifications.test_jobs import follow_all
from tests.supervision import external as short
from tests.supervision import work
from tests.supervision.test_meetings import decided
from tests.supervision.test_visits import logged

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
PROMISED = "本周起延到二十二点"


def heard(by: Actor, thing: str) -> list[str]:
    """The events of this kind of thing in his list, oldest first."""
    rows = queries.inbox(by).filter(thing=thing)
    return [found[0].event for found in reversed(queries.folded(rows))]


def test_a_unit_hears_of_an_opinion_before_it_is_due_and_after(city: City) -> None:
    opinion = short.given(city)
    follow_all()
    assert heard(city.head, "opinion") == ["asked"]
    clock.set_to(opinion.obligations.get().due - dt.timedelta(hours=1))
    external.remind()
    external.remind()
    clock.set_to(opinion.obligations.get().due + dt.timedelta(minutes=1))
    external.remind()
    follow_all()
    assert heard(city.head, "opinion") == ["asked", "soon", "overdue"]
    for other in (city.outsider, short.outside(), city.inspector, actor_named("sysadmin")):
        assert heard(other, "opinion") == []


def test_what_is_sent_back_is_told_as_such_and_what_is_answered_to_who_asked(city: City) -> None:
    opinion = short.given(city)
    opinions.answer(opinion, words="已加派人手", by=city.head)
    follow_all()
    assert heard(short.outside(), "opinion") == ["answered"]
    opinions.judge(opinion, satisfied=False, note="没有说到夜里", by=short.outside())
    follow_all()
    assert heard(city.head, "opinion") == ["asked", "again"]
    told = [queries.text_of(m) for m in queries.inbox(city.head).filter(thing="opinion")]
    assert opinion.invitation.key in told[0]
    assert "夜里" not in "".join(told)


def test_what_the_centre_owes_is_told_to_those_who_keep_opinions(city: City) -> None:
    opinion = short.given(city, unit=False)
    clock.set_to(opinion.obligations.get().due + dt.timedelta(minutes=1))
    external.remind()
    follow_all()
    for keeper in (city.inspector, city.leader, actor_named("assessor1")):
        assert heard(keeper, "opinion") == ["asked", "overdue"]
    assert heard(city.head, "opinion") == heard(city.call_taker, "opinion") == []


def test_one_without_an_account_is_sent_nothing(city: City) -> None:
    opinion = short.entered(city, actor_named("inspector2"))
    opinions.confirm(opinion, by=Actor(opinion.invitation.term.actor_id))
    opinions.answer(opinion, words="已加派人手", by=city.head)
    follow_all()
    assert not Message.objects.filter(event="answered").exists()


def test_a_supervisor_reads_of_it_no_more_when_his_term_is_over(city: City) -> None:
    opinion = short.given(city)
    opinions.answer(opinion, words="已加派人手", by=city.head)
    follow_all()
    kept = short.outside()
    assert queries.unread(kept) == 1
    city.wait(days=301)
    assert queries.unread(kept) == 0, "not even with the rights, or the count, of an earlier day"


def test_the_leader_hears_that_a_term_ends_soon(city: City) -> None:
    term = short.appointed(city, days=5)
    external.keep_terms()
    external.keep_terms()
    follow_all()
    assert heard(city.leader, "term") == ["term_soon"]
    message = queries.inbox(city.leader).get(thing="term")
    assert term.name in queries.text_of(message) and term.name not in str(message.params)
    assert heard(city.inspector, "term") == heard(short.outside(), "term") == []


def test_a_case_tells_the_unit_what_it_owes_and_the_centre_what_is_its_own(city: City) -> None:
    case = work.opened(city)
    survey = case.obligations.get(code="survey")
    clock.set_to(survey.due + dt.timedelta(minutes=1))
    cases.remind()
    follow_all()
    assert heard(city.inspector, "case") == heard(city.leader, "case") == ["overdue"]
    work.demanded(city, case)
    follow_all()
    assert heard(city.head, "case") == ["asked"]
    clock.set_to(case.obligations.get(code="plan").due + dt.timedelta(minutes=1))
    cases.remind()
    follow_all()
    assert heard(city.head, "case") == ["asked", "overdue"]
    assert heard(city.outsider, "case") == []


def test_a_decision_of_a_meeting_is_told_before_its_day_ends_and_after(city: City) -> None:
    decision = decided(city)
    for off in (-1, 1):
        clock.set_to(decision.obligation.due + dt.timedelta(hours=off))
        meetings.remind()
    follow_all()
    assert heard(city.head, "meeting") == ["soon", "overdue"]


def commitment(city: City) -> Commitment:
    return going.promise(
        logged(city), owner=city.squad, words=PROMISED,
        until=clock.today() + dt.timedelta(days=5), by=city.inspector,
    )  # fmt: skip


def test_what_was_promised_on_a_visit_has_a_clock_and_its_unit_hears_it(city: City) -> None:
    row = commitment(city)
    due = row.obligation.due
    assert due == clock.end_of(row.until)
    for moment in (due - dt.timedelta(hours=1), due + dt.timedelta(minutes=1)):
        clock.set_to(moment)
        assert (visits.remind(), visits.remind()) == (1, 0), "each once"
    follow_all()
    assert heard(city.head, "visit") == ["promised", "soon", "overdue"]
    assert heard(city.outsider, "visit") == []
    stored = Message.objects.filter(thing="visit")
    assert PROMISED not in "".join(f"{m.params}{queries.text_of(m)}" for m in stored)


@pytest.mark.parametrize(("kept", "outcome"), [(True, "met"), (False, "late")])
def test_a_commitment_that_was_looked_after_runs_no_more(
    city: City, kept: bool, outcome: str
) -> None:
    row = commitment(city)
    city.wait(days=7)
    going.settle(row, kept_it=kept, by=city.leader)
    clock_of = Obligation.objects.get(commitment=row)
    assert (clock_of.outcome, clock_of.late) == (outcome, not kept)
    assert visits.remind() == 0


def test_what_was_promised_before_there_were_clocks_gets_one(city: City) -> None:
    row = commitment(city)
    due = row.obligation.due
    Obligation.objects.all().delete()
    earlier = import_module("suqiu.supervision.visits.migrations.0003_clocks_of_before")
    earlier.start(apps, SimpleNamespace(connection=connection))
    made = Obligation.objects.get(commitment=row)
    assert (made.due, made.outcome, int(made.limit_n)) == (due, "open", 5)


def test_the_list_leads_there_and_not_to_what_one_may_not_see(city: City) -> None:
    row = commitment(city)
    opinion = short.given(city)
    follow_all()
    text = client_of(city.head).get("/messages").content.decode()
    assert f"/external/opinions/{opinion.pk}" in text and PROMISED in text
    assert f"/visits/{row.stop.visit.number}" not in text and "走访承诺" in text
    message = queries.inbox(city.inspector).filter(thing="visit").first()
    assert message is None, "it is the unit's to hear, not the centre's"
    promised = Message.objects.get(event="promised", channel="in_app")
    assert things.path(promised, city.inspector) == f"/visits/{row.stop.visit.number}"


def test_reading_one_leaves_the_others_and_the_count_is_that_of_the_list(city: City) -> None:
    short.given(city, unit=False)
    work.opened(city)
    commitment(city)
    follow_all()
    for by in (city.leader, city.inspector, city.head, city.outsider):
        listed = queries.folded(queries.inbox(by, unread=True))
        assert queries.unread(by) == len(listed)
    client_of(city.leader).post(
        f"/messages/{queries.inbox(city.leader).filter(thing='opinion')[0].pk}/read"
    )
    assert not queries.inbox(city.leader, unread=True).filter(thing="opinion").exists()
    assert queries.unread(city.head) > 0
