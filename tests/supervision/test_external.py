"""Supervisors from outside: their terms, what they may see, and that they are answered."""

import datetime as dt

import pytest

from suqiu.accounts.actions import give_post
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for, actor_named
from suqiu.audit.models import Entry
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.orders.models import Order
from suqiu.reports import queries as reports
from suqiu.supervision.external import jobs, queries, things
from suqiu.supervision.external.access import READERS
from suqiu.supervision.external.actions import inviting, links, opinions, terms
from suqiu.supervision.external.models import Link, Obligation, Opinion, Term
from suqiu.supervision.external.states import State
from tests.city import City
from tests.supervision import external as short

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(city: City) -> Actor:
    """One of the centre who has had nothing to do with any of it."""
    return actor_named("inspector2")


def kinds(of: str) -> list[str]:
    return [entry.kind for entry in chain(of)]


def test_a_term_bounds_the_account_by_its_last_day(city: City) -> None:
    term = short.appointed(city, days=10)
    assert queries.holds(term) and short.outside().roles == {"external_supervisor"}
    city.wait(days=10)
    assert short.outside().roles, "the last day counts"
    city.wait(days=1)
    assert not short.outside().roles, "nothing had to run for it to end"
    assert not queries.invitations(short.outside()).exists()


def test_a_term_that_is_ended_early_shuts_at_once(city: City) -> None:
    case = short.case_of(city)
    term = short.appointed(city)
    row = short.invited(city, term, case)
    assert queries.invitation_for(short.outside(), row.pk) == row
    terms.end_term(term, reason="调离", by=city.leader)
    assert not short.outside().roles
    with pytest.raises(Missing):
        queries.invitation_for(short.outside(), row.pk)
    with pytest.raises(Missing):  # not even with the rights of a moment ago
        queries.invitation_for(
            Actor(short.outside().id, frozenset({("external_supervisor", 1)})), row.pk
        )
    with pytest.raises(WrongState):
        terms.end_term(term, reason="再来", by=city.leader)
    assert kinds(term.chain)[-1] == "term.end"


def test_only_a_leader_appoints_and_only_who_works_nowhere_inside(city: City) -> None:
    today = clock.today()
    given = {"kind": "external", "since": today, "until": today + dt.timedelta(days=30)}
    with pytest.raises(NotAllowed):
        terms.appoint(name="甲", **given, by=city.inspector)
    inside = Person.objects.get(username="calltaker1")
    with pytest.raises(Invalid) as refused:
        terms.appoint(name="甲", **given, person=inside, by=city.leader)
    assert refused.value.code == "external.inside"
    bare = Person.objects.create(username="bare", name="试", password="!")
    with pytest.raises(Invalid) as refused:
        terms.appoint(name="甲", **given, person=bare, by=city.leader)
    assert refused.value.code == "external.post_none"
    for wrong in ({"until": today - dt.timedelta(days=1)}, {"until": today.replace(year=2099)}):
        with pytest.raises(Invalid):
            terms.appoint(name="甲", **{**given, **wrong}, by=city.leader)
    assert not Term.objects.exists()


def test_a_second_term_waits_for_the_first_and_a_new_post(city: City) -> None:
    first = short.appointed(city, days=10)
    with pytest.raises(Invalid):
        short.appointed(city)
    city.wait(days=11)
    assert jobs.keep_terms() == 1
    first.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        short.appointed(city)
    assert refused.value.code == "external.post_none"
    unit = short.person().postings.get().unit
    give_post(short.person(), unit=unit, role="external_supervisor", by=system("test"))
    assert queries.holds(short.appointed(city))


def test_the_end_of_a_term_is_told_before_and_after_once(city: City) -> None:
    term = short.appointed(city, days=40)
    assert jobs.keep_terms() == 0
    city.wait(days=15)
    assert (jobs.keep_terms(), jobs.keep_terms()) == (1, 0)
    city.wait(days=26)
    assert (jobs.keep_terms(), jobs.keep_terms()) == (1, 0)
    assert kinds(term.chain) == ["term.appoint", "term.soon", "term.over"]


def test_an_invitation_opens_one_thing_and_no_other(city: City) -> None:
    one, two = short.case_of(city), short.case_of(city)
    term = short.appointed(city)
    row = short.invited(city, term, one)
    assert [r.key for r in queries.invitations(short.outside())] == [one.number]
    assert short.invited(city, term, one) == row, "twice is once"
    thing = things.of_case(two)
    with pytest.raises(RuntimeError):
        opinions.opine(row, thing, words="别的", by=short.outside())
    stranger = actor_named("supervisor2")
    with pytest.raises(Missing):
        queries.invitation_for(stranger, row.pk)
    inviting.withdraw(row, by=city.leader)
    assert not queries.invitations(short.outside()).exists()


def test_who_or_whose_unit_handled_it_is_not_invited(city: City) -> None:
    case = short.case_of(city)
    today = clock.today()
    term = terms.appoint(
        name="乙", kind="conduct", since=today, until=today + dt.timedelta(days=90),
        unit=city.squad, by=city.leader,
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        short.invited(city, term, case)
    assert refused.value.code == "external.own"
    # One who was of the squad when the appeal came in, and is not any more.
    mover = Person.objects.create(username="mover", name="试", password="!")
    unit = short.person().postings.get().unit
    post = give_post(
        mover,
        unit=city.squad,
        role="handler",
        since=today - dt.timedelta(days=90),
        by=system("test"),
    )
    post.until = today - dt.timedelta(days=1)
    post.save()
    give_post(mover, unit=unit, role="external_supervisor", by=system("test"))
    term = terms.appoint(
        name="丙", kind="external", since=today, until=today + dt.timedelta(days=90),
        person=mover, by=city.leader,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        short.invited(city, term, case)
    assert actor_for(mover).roles == {"external_supervisor"}


def test_one_who_is_posted_at_the_centre_as_an_outsider_is_one(city: City) -> None:
    case = short.case_of(city)
    home = short.person().postings.get().unit
    order = case.orders.get()
    order.seats.create(unit=home, role="callback", opened=clock.now())
    assert short.invited(city, short.appointed(city), case)


def test_what_went_to_discipline_inspection_is_shown_to_nobody(city: City) -> None:
    case = short.case_of(city)
    term = short.appointed(city)
    row = short.invited(city, term, case)
    Order.objects.filter(cases=case).update(exit="discipline")
    assert not queries.invitations(short.outside()).exists()
    with pytest.raises(Missing):
        opinions.opine(row, things.of_case(case), words="再看", by=short.outside())
    with pytest.raises(Invalid):
        inviting.print_dossier(row, things.of_case(case), by=city.leader)


def test_he_reads_no_telephone_and_of_a_secret_order_only_the_paraphrase(city: City) -> None:
    case = short.case_of(city)
    order = case.orders.get()
    Order.objects.filter(pk=order.pk).update(content=order.content + "请打 13911112222")
    told = str(things.of_case(case).sections())
    assert "■■■" in told and "13911112222" not in told and "王试" not in told
    Order.objects.filter(pk=order.pk).update(confidential=True, paraphrase="反映某路段夜间设摊")
    told = str(things.of_case(case).sections())
    assert "反映某路段夜间设摊" in told
    for hidden in (order.content[:8], order.title, "128弄", "现场仍有", "值守到八点"):
        assert hidden not in told


def test_an_opinion_is_answered_by_the_side_that_owes_it_and_judged(city: City) -> None:
    row = short.given(city)
    owed = Obligation.objects.get(opinion=row)
    assert (owed.unit, owed.limit_n, owed.limit_unit) == (city.squad, 5, "work_day")
    with pytest.raises(NotAllowed):
        opinions.answer(row, words="替他们答", by=city.inspector)
    with pytest.raises(Missing):
        opinions.answer(row, words="别的单位", by=city.outsider)
    opinions.answer(row, words="已调整到二十三点", by=city.head)
    owed.refresh_from_db()
    assert owed.outcome == "met" and not owed.late
    opinions.judge(row, satisfied=True, by=short.outside())
    row.refresh_from_db()
    assert row.state == State.SETTLED
    assert kinds(row.chain) == [
        "opinion.enter", "clock.started", "opinion.answer", "opinion.judge"
    ]  # fmt: skip


def test_it_goes_back_once_with_what_is_wanting(city: City) -> None:
    row = short.given(city, unit=False)
    opinions.answer(row, words="已阅", by=city.inspector)
    with pytest.raises(Invalid):
        opinions.judge(row, satisfied=False, by=short.outside())
    opinions.judge(row, satisfied=False, note="没有说怎么改", by=short.outside())
    row.refresh_from_db()
    again = Obligation.objects.get(opinion=row, outcome="open")
    assert (row.state, row.round, again.limit_n) == (State.OPEN, 2, 3)
    opinions.answer(row, words="改为跟着摊走", by=city.inspector)
    opinions.judge(row, satisfied=False, note="还是不行", by=short.outside())
    row.refresh_from_db()
    assert row.state == State.UNSETTLED
    assert not Obligation.objects.filter(outcome="open").exists()
    with pytest.raises(WrongState):
        opinions.answer(row, words="三答", by=city.inspector)


def test_an_answer_that_is_late_is_red_and_stays_late(city: City) -> None:
    row = short.given(city)
    due = Obligation.objects.get().due
    clock.set_to(due - dt.timedelta(hours=1))
    assert (jobs.remind(), jobs.remind()) == (1, 0)
    clock.set_to(due + dt.timedelta(minutes=1))
    assert (jobs.remind(), jobs.remind()) == (1, 0)
    opinions.answer(row, words="晚了", by=city.head)
    owed = Obligation.objects.get()
    assert owed.late and owed.outcome == "late"
    assert kinds(row.chain)[2:] == ["clock.soon", "clock.red", "opinion.answer"]


def test_what_was_entered_for_him_is_his_when_he_says_so(city: City, other: Actor) -> None:
    row = short.entered(city, other)
    assert row.state == State.UNCONFIRMED and not Obligation.objects.exists()
    assert not queries.opinions(city.head).exists(), (
        "the unit is not asked about what may be nobody's"
    )
    with pytest.raises(WrongState):
        opinions.answer(row, words="先答了", by=_unit_sees(city))
    token = short.link(row, city.leader)
    assert links.say(token, yes=True, by=short.PUBLIC).purpose == "confirm"
    row.refresh_from_db()
    assert row.state == State.OPEN and row.confirmed_at == clock.now()
    assert Entry.objects.get(kind="opinion.confirm").actor == row.invitation.term.actor_id
    opinions.answer(row, words="已调整", by=city.head)
    judged = short.link(row, city.leader)
    links.say(judged, yes=False, words="没说何时起", by=short.PUBLIC)
    row.refresh_from_db()
    assert (row.state, row.round) == (State.OPEN, 2)


def _unit_sees(city: City) -> Actor:
    """The leader, who sees it, with the squad's post as well: only the state stands in his way."""
    return Actor(city.leader.id, city.leader.posts | {("head", city.squad.pk)})


def test_a_correction_takes_the_place_of_what_was_entered_wrong(city: City, other: Actor) -> None:
    row = short.entered(city, other, words="都办得很好")
    links.say(short.link(row, city.leader), yes=False, words=short.SAID, by=short.PUBLIC)
    row.refresh_from_db()
    new = Opinion.objects.exclude(pk=row.pk).get()
    assert row.state == State.DISOWNED and new.corrects == row
    assert (new.state, new.words, new.unit) == (State.OPEN, short.SAID, city.squad)
    assert Obligation.objects.get().opinion == new


def test_a_link_opens_once_until_its_day_and_never_by_guessing(city: City, other: Actor) -> None:
    row = short.entered(city, other)
    first = short.link(row, city.leader)
    token = short.link(row, city.leader)
    assert token not in str(list(Link.objects.values())), "only its hash is kept"
    for wrong in (
        first,
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        "",
        "x" * 43,
        token + "x",
    ):
        assert queries.link_of(wrong) is None
        with pytest.raises(Missing):
            links.say(wrong, yes=True, by=short.PUBLIC)
    row.refresh_from_db()
    assert row.state == State.UNCONFIRMED
    at = clock.now()
    city.wait(days=8)
    assert queries.link_of(token) is None
    clock.set_to(at)
    links.say(token, yes=True, by=short.PUBLIC)
    with pytest.raises(Missing):
        links.say(token, yes=False, by=short.PUBLIC)


def test_a_link_of_one_whose_term_is_over_opens_nothing(city: City, other: Actor) -> None:
    row = short.entered(city, other)
    token = short.link(row, city.leader)
    terms.end_term(row.invitation.term, reason="届满前辞任", by=city.leader)
    assert queries.link_of(token) is None
    with pytest.raises(Missing):
        links.say(token, yes=True, by=short.PUBLIC)


def test_who_entered_it_neither_sends_the_link_nor_answers(city: City, other: Actor) -> None:
    row = short.entered(city, other)
    with pytest.raises(NotAllowed) as refused:
        short.link(row, other)
    assert refused.value.code == "external.hand"
    Opinion.objects.filter(pk=row.pk).update(unit=None)
    opinions.confirm(row, by=Actor(row.invitation.term.actor_id))
    with pytest.raises(NotAllowed):
        opinions.answer(row, words="自录自答", by=other)
    opinions.answer(row, words="中心答", by=city.leader)


def test_who_worked_on_it_or_is_criticised_enters_nothing(city: City) -> None:
    case = short.case_of(city)
    row = short.invited(city, short.appointed(city, on_paper=True), case)
    thing = things.of_case(case)
    _printed, code = inviting.print_dossier(row, thing, by=city.leader)
    told = {"way": "paper", "code": code, "words": "一切都好"}
    with pytest.raises(NotAllowed) as refused:  # surveyed it
        opinions.enter(row, thing, **told, by=city.inspector)
    assert refused.value.code == "external.own"
    for unit in (city.head, city.handler, city.hub, city.outsider):
        with pytest.raises(NotAllowed):
            opinions.enter(row, thing, **told, by=unit)
    both = Actor("person:999", frozenset({("assessor", 1), ("head", city.squad.pk)}))
    with pytest.raises(NotAllowed):
        opinions.enter(row, thing, **told, by=both)
    assert not Opinion.objects.exists()


def test_paper_without_the_dossiers_code_is_not_entered(city: City, other: Actor) -> None:
    case = short.case_of(city)
    thing = things.of_case(case)
    row = short.invited(city, short.appointed(city, on_paper=True), case)
    _one, code = inviting.print_dossier(row, thing, by=city.leader)
    for wrong in ("", "AAAA-AAAA", code[:-1]):
        with pytest.raises(Invalid) as refused:
            opinions.enter(row, thing, way="paper", code=wrong, words="好", by=other)
        assert refused.value.code == "external.code"
    assert code.replace("-", "") not in str(list(row.dossiers.values()))
    assert opinions.enter(row, thing, way="paper", code=code.lower(), words="好", by=other)


def test_the_journal_holds_no_word_and_no_name(city: City, other: Actor) -> None:
    row = short.entered(city, other)
    links.say(short.link(row, city.leader), yes=True, by=short.PUBLIC)
    opinions.answer(row, words="已调整到二十三点", by=city.head)
    told = str(list(Entry.objects.values_list("data", flat=True)))
    for word in (short.SAID, "二十三点", "郑远山"):
        assert word not in told


def test_what_each_did_is_counted_alike_later(city: City) -> None:
    row = short.given(city)
    start, end = clock.now() - dt.timedelta(days=1), clock.now() + dt.timedelta(days=20)
    before = queries.activity(start, end, Term.objects.all())
    assert [(d.joined, d.opinions, d.due, d.in_time) for d in before] == [(1, 1, 1, 0)]
    opinions.answer(row, words="已调整", by=city.head)
    counted = queries.activity(start, end, Term.objects.all())
    assert counted[0].in_time == 1
    city.wait(days=60)
    opinions.judge(row, satisfied=True, by=Actor(row.invitation.term.actor_id))
    assert queries.activity(start, end, Term.objects.all()) == counted


def test_only_readers_see_all_and_units_what_they_owe(city: City) -> None:
    row = short.given(city)
    for actor in (city.inspector, city.leader):
        assert actor.roles & READERS and queries.opinions(actor).get() == row
    assert queries.opinions(city.head).get() == row
    for actor in (city.outsider, city.call_taker, city.dispatcher, actor_named("supervisor2")):
        assert not queries.opinions(actor).exists()


def test_the_monthly_report_counts_them_by_kind_and_names_nobody(city: City) -> None:
    row = short.given(city)
    opinions.answer(row, words="已调整", by=city.head)
    first, after = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
    counted = reports.count(first, after, {})["outside"]
    assert counted == [
        {"code": "external", "name": "督导组", "people": 1, "joined": 1, "opinions": 1, "due": 1,
         "in_time": 1},
        {"code": "conduct", "name": "政风行风监督员", "people": 0, "joined": 0, "opinions": 0,
         "due": 0, "in_time": 0},
    ]  # fmt: skip
    assert "顾长亭" not in str(counted)
    terms.end_term(row.invitation.term, reason="届满前辞任", by=city.leader)
    city.wait(days=60)
    assert reports.count(first, after, {})["outside"] == counted
    assert reports.count(first, after, {"region": "310104"})["outside"] == []
