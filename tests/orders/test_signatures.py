"""The principal leader's three signatures: who may, when, in whose name, and what waits for them."""

import datetime as dt

import pytest
import yaml

from suqiu.accounts.absences import change_deputy, end_absence, known, state_absence
from suqiu.accounts.actions import end_post
from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_named, by_username
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, NotAllowed, Refused, WrongState
from suqiu.orders import jobs
from suqiu.orders.actions import dispatch, dispose, forget, leader, returns, verify
from suqiu.orders.models import Obligation, Order, Signature
from suqiu.policy.actions import SHIPPED, publish
from tests.city import City
from tests.orders.conduct import check_signatures


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def two(city: City) -> tuple[Person, Person, Actor]:
    """The leader, his deputy to be, and him as an actor."""
    return by_username("leader1"), by_username("leader2"), actor_named("leader2")


def away(city: City, days: int = 0) -> Actor:
    """leader1 is away from today on, and leader2 stands in."""
    one, other, deputy = two(city)
    until = clock.today() + dt.timedelta(days=days)
    state_absence(one, deputy=other, since=clock.today(), until=until, by=city.leader)
    return deputy


def clock_of(order: Order, code: str) -> Obligation:
    return Obligation.objects.filter(order=order, code=code).latest("pk")


def test_three_signatures_and_each_step_waits_for_its_own(city: City) -> None:
    order = city.conduct_accepted()
    with pytest.raises(WrongState) as unsigned:
        dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    assert code_of(unsigned) == "leader.unaccepted"
    with pytest.raises(NotAllowed) as other:
        leader.sign_acceptance(order, words="办", by=actor_named("leader2"))
    assert code_of(other) == "leader.other"
    leader.sign_acceptance(order, words="当天派", by=city.leader)
    with pytest.raises(WrongState) as twice:
        leader.sign_acceptance(order, words="当天派", by=city.leader)
    assert code_of(twice) == "leader.signed"
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    with pytest.raises(WrongState) as planless:
        dispose.dispose(order, result="solved", fact="true", words="约谈", by=city.handler)
    assert code_of(planless) == "leader.plan_unsigned"
    with pytest.raises(WrongState) as none:
        leader.sign_plan(order, words="同意", by=city.leader)
    assert code_of(none) == "plan.none"


def test_a_whole_life_with_three_signatures_closes(city: City) -> None:
    order = city.conduct_checked()
    with pytest.raises(WrongState) as unsigned:
        verify.close(order, by=city.dispatcher)
    assert code_of(unsigned) == "leader.unsigned"
    leader.sign_off(order, words="同意办结", by=city.leader)
    order = verify.close(order, by=city.dispatcher)
    assert order.state == "closed"
    check_signatures(order)
    assert list(order.signatures.order_by("pk").values_list("kind", flat=True)) == [
        "accept",
        "plan",
        "close",
    ]
    rows = Obligation.objects.filter(order=order, code__startswith="leader_")
    assert {row.code: row.outcome for row in rows} == dict.fromkeys(
        ("leader_accept", "leader_plan", "leader_close"), "met"
    )


def test_a_plan_is_returned_replaced_and_asked_anew_after_rework(city: City) -> None:
    order = city.conduct_signed()
    leader.report_plan(order, words="先看看", by=city.handler)
    assert clock_of(order, "leader_plan").outcome == "open"
    leader.return_plan(order, reason="谁来办、哪天前,写清楚", by=city.leader)
    assert clock_of(order, "leader_plan").outcome == "met"
    assert clock_of(order, "plan").outcome == "open", "the unit owes another"
    leader.report_plan(order, words="队长约谈,周三前", by=city.handler)
    leader.report_plan(order, words="队长约谈,周二前", by=city.handler)
    waits = order.plans.filter(sent_back_at=None)
    assert [p.words for p in waits] == ["队长约谈,周二前"]
    leader.sign_plan(order, words="照办", by=city.leader)
    with pytest.raises(WrongState):
        leader.report_plan(order, words="再改一次", by=city.handler)
    done = city.conduct_replied(title="窗口工作人员态度生硬且推诿不办事")
    done = verify.rework(done, reason="没有致歉", by=city.dispatcher)
    dispose.contact(done, reached=True, way="电话", by=city.handler)
    with pytest.raises(WrongState) as anew:
        dispose.dispose(done, result="solved", fact="true", words="致歉", by=city.handler)
    assert code_of(anew) == "leader.plan_unsigned"


def test_what_one_unit_planned_binds_no_other(city: City) -> None:
    order = city.conduct_planned()
    returns.ask_return(order, reason_code="remit", reason="不归本队", by=city.handler)
    order = returns.uphold_return(order, by=city.dispatcher)
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)  # accepted once is enough
    order = dispatch.sign(order, by=city.outsider)
    dispose.contact(order, reached=True, way="电话", by=city.outsider)
    with pytest.raises(WrongState) as planless:
        dispose.dispose(order, result="solved", fact="true", words="约谈", by=city.outsider)
    assert code_of(planless) == "leader.plan_unsigned"


def test_what_is_urgent_goes_first_and_is_signed_later(city: City) -> None:
    order = city.conduct_accepted(urgency="紧急")
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    dispose.dispose(
        order, result="solved", fact="true", words="当晚到场制止并约谈。", by=city.handler
    )
    order = dispose.pass_disposal(order, by=city.head)
    with pytest.raises(WrongState) as first:
        leader.sign_off(order, words="同意", by=city.leader)
    assert code_of(first) == "leader.unaccepted", "the last signature stands for the whole"


def test_an_order_of_an_older_pack_owes_what_it_owed(city: City) -> None:
    """Its leader signs the close and nothing else, on no clock: as before."""
    body = yaml.safe_load((SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8"))
    body.pop("signatures")
    own = {"leader_accept", "plan", "leader_plan", "leader_close"}
    body["obligations"] = [o for o in body["obligations"] if o["id"] not in own]
    body |= {"version": 9, "effective_from": clock.now().isoformat()}
    publish(yaml.safe_dump(body, allow_unicode=True), by=system("test"))
    order = city.conduct_accepted()
    with pytest.raises(WrongState) as unasked:
        leader.sign_acceptance(order, words="办", by=city.leader)
    assert code_of(unasked) == "signature.none"
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    with pytest.raises(WrongState):
        leader.report_plan(order, words="打算", by=city.handler)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    dispose.dispose(
        order, result="solved", fact="true", words="已约谈当事人并当面致歉。", by=city.handler
    )
    order = dispose.pass_disposal(order, by=city.head)
    leader.sign_off(order, words="同意", by=city.leader)
    assert order.signatures.get().kind == "close"
    assert not Obligation.objects.filter(order=order, code__in=own).exists()


def test_a_deputy_signs_in_the_leaders_name_only_while_he_is_away(city: City) -> None:
    order = city.conduct_accepted()
    deputy = away(city)
    leader.sign_acceptance(order, words="代签:当天派", by=deputy)
    row = order.signatures.get()
    assert (row.leader, row.by) == (city.leader.id, deputy.id)
    entry = Entry.objects.get(chain=order.chain, kind="order.sign_acceptance")
    assert entry.data["for"] == city.leader.id and entry.actor == deputy.id
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    leader.report_plan(order, words="约谈", by=city.handler)
    city.wait(days=1)
    with pytest.raises(NotAllowed) as back:
        leader.sign_plan(order, words="同意", by=deputy)
    assert code_of(back) == "leader.other"
    leader.sign_plan(order, words="同意", by=city.leader)
    own = Entry.objects.get(chain=order.chain, kind="order.sign_plan")
    assert "for" not in own.data


def test_a_leader_who_is_away_may_still_sign_himself(city: City) -> None:
    order = city.conduct_accepted()
    deputy = away(city)
    leader.sign_acceptance(order, words="电话里已交代", by=city.leader)
    with pytest.raises(WrongState) as late:
        leader.sign_acceptance(order, words="代签", by=deputy)
    assert code_of(late) == "leader.signed"


def test_the_accused_sign_nothing_nor_does_who_stands_in_for_them(city: City) -> None:
    order = city.conduct_accepted()
    leader_unit = Posting.objects.get(person__username="leader1", role="leader").unit
    order.seats.create(unit=leader_unit, role="accused", opened=clock.now())
    deputy = away(city)
    # leader2 sits in the same office: both find nothing at all.
    for by in (city.leader, deputy):
        with pytest.raises(Refused) as none:
            leader.sign_acceptance(order, words="办", by=by)
        assert code_of(none) == "missing"
    elsewhere = Actor(deputy.id, frozenset({("leader", city.section.pk)}))
    with pytest.raises(WrongState) as barred:
        leader.sign_acceptance(order, words="办", by=elsewhere)
    assert code_of(barred) == "leader.accused"
    with pytest.raises(Invalid) as named:
        leader.name_leader(order, leader=deputy.id, section=city.section, by=city.dispatcher)
    assert code_of(named) == "leader.of_accused"


def test_who_left_his_post_signs_nothing_and_another_must_be_named(city: City) -> None:
    order = city.conduct_accepted()
    deputy = away(city)
    end_post(Posting.objects.get(person__username="leader1", role="leader"), by=system("test"))
    with pytest.raises(WrongState) as gone:
        leader.sign_acceptance(order, words="办", by=deputy)
    assert code_of(gone) == "leader.gone"
    with pytest.raises(Invalid) as unknown:
        leader.name_leader(order, leader=city.leader.id, section=city.section, by=city.dispatcher)
    assert code_of(unknown) == "leader.unknown"
    leader.name_leader(order, leader=deputy.id, section=city.section, by=city.dispatcher)
    assert leader.sign_acceptance(order, words="办", by=deputy).leader_accepted_at


def test_absences_never_make_a_chain(city: City) -> None:
    one, other, deputy = two(city)
    day = clock.today()

    def refused(who: Person, by_whom: Person, first: int, last: int, by: Actor) -> str:
        with pytest.raises(Invalid) as no:
            state_absence(
                who, deputy=by_whom, since=day + dt.timedelta(first),
                until=day + dt.timedelta(last), by=by,
            )  # fmt: skip
        return no.value.code

    row = state_absence(one, deputy=other, since=day, until=day + dt.timedelta(2), by=city.leader)
    assert refused(one, other, 2, 5, city.leader) == "absence.overlap"
    assert refused(other, one, 1, 1, deputy) == "absence.deputy_away"
    assert refused(one, one, 4, 5, city.leader) == "absence.self"
    assert refused(one, other, 5, 4, city.leader) == "absence.days"
    assert refused(one, by_username("inspector1"), 4, 5, city.leader) == "absence.leader"
    third = by_username("leader1")
    assert third == one and [a.pk for a in known(deputy)] == [row.pk]
    with pytest.raises(NotAllowed):
        state_absence(one, deputy=other, since=day, until=day, by=deputy)
    end_absence(row, by=city.dispatcher)
    assert known(city.leader) == []
    with pytest.raises(WrongState):
        end_absence(row, by=city.leader)


def test_who_stands_in_and_falls_ill_is_replaced_first(city: City) -> None:
    one, other, deputy = two(city)
    Posting.objects.create(
        person=by_username("inspector1"), unit=city.section, role="leader", since=clock.today()
    )
    third, day = by_username("inspector1"), clock.today()
    row = state_absence(one, deputy=other, since=day, until=day + dt.timedelta(2), by=city.leader)
    with pytest.raises(Invalid) as relied:
        state_absence(other, deputy=third, since=day, until=day, by=city.dispatcher)
    assert code_of(relied) == "absence.stands_in"
    changed = change_deputy(row, deputy=third, by=city.dispatcher)
    assert (changed.deputy, changed.until) == (third, row.until)
    state_absence(other, deputy=third, since=day, until=day, by=city.dispatcher)


def test_his_clock_reminds_him_or_his_deputy(city: City) -> None:
    order = city.conduct_accepted()
    deputy = away(city)
    city.wait(hours=3)
    jobs.remind()
    told = Entry.objects.filter(chain=order.chain, kind="order.turn_red")
    (mine,) = [e for e in told if e.data["code"] == "leader_accept"]
    assert mine.data["whom"] == deputy.id
    assert clock_of(order, "leader_accept").late


def test_another_leader_signs_the_close_anew_and_on_a_clock(city: City) -> None:
    order = city.conduct_checked()
    leader.sign_off(order, words="同意", by=city.leader)
    second = actor_named("leader2")
    leader.name_leader(order, leader=second.id, section=city.section, by=city.dispatcher)
    assert clock_of(order, "leader_close").outcome == "open"
    with pytest.raises(WrongState):
        verify.close(order, by=city.dispatcher)
    leader.sign_off(order, words="同意", by=second)
    check_signatures(verify.close(order, by=city.dispatcher))


def test_what_a_unit_planned_is_forgotten_with_the_rest(city: City) -> None:
    order = city.conduct_planned()
    forget.words(order, basis="test", by=system("retention"))
    assert set(order.plans.values_list("words", flat=True)) == {""}
    assert Signature.objects.filter(order=order).count() == 2, "facts stay"
