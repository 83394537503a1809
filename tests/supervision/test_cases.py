"""A case from its ground to the filed report, and what it refuses on the way."""

import datetime as dt

import pytest
from django.utils import translation

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.organisations.models import Unit
from suqiu.supervision.cases import jobs, queries
from suqiu.supervision.cases.actions import filing, looking, opening, rectifying
from suqiu.supervision.cases.models import Case, Ground, Obligation
from tests.city import City
from tests.supervision import work


def test_a_case_goes_its_whole_way_and_is_filed(city: City) -> None:
    order = city.signed()
    case = work.filed(city, work.opened(city, order), city.leader)
    row = case.report
    assert case.state == "filed"
    assert row.register_no == "2026-0001"
    assert row.keep_until == dt.date(2036, 12, 31)
    for said in (
        "群众反映强烈",
        "现场仍有摊贩六辆",
        "值守到八点就撤",
        "固定值守到二十二点",
        "连看两晚无摊",
    ):
        assert said in row.facts
    order.refresh_from_db()
    assert order.supervised
    assert not Obligation.objects.filter(case=case, outcome="open").exists()
    assert set(Obligation.objects.values_list("outcome", flat=True)) == {"met"}


def test_the_journal_rebuilds_the_state_and_holds_no_words(city: City) -> None:
    case = work.filed(city, work.opened(city), city.leader)
    entries = Entry.objects.filter(chain=case.chain).order_by("seq")
    assert [e for e in entries if "to" in e.data][-1].data["to"] == case.state
    assert all("摊" not in str(e.data) and "值守" not in str(e.data) for e in entries)


def test_each_step_has_its_clock_by_the_working_calendar(city: City) -> None:
    case = work.opened(city)
    survey = Obligation.objects.get(case=case)
    assert (survey.code, survey.unit) == ("survey", None)
    # Four office hours from Monday 9:30; the office rests at noon.
    assert survey.due > clock.now() + dt.timedelta(hours=4)
    case = work.demanded(city, case)
    plan = Obligation.objects.get(case=case, outcome="open")
    assert (plan.code, plan.unit) == ("plan", city.squad)
    assert case.next_due == plan.due


def test_overdue_marks_red_once_and_goes_one_level_up(city: City) -> None:
    case = work.opened(city)
    city.wait(days=3)
    jobs.remind()
    jobs.remind()
    case.refresh_from_db()
    row = Obligation.objects.get(case=case)
    assert (case.level, row.late, row.red_at) == (2, True, clock.now())
    assert Entry.objects.filter(chain=case.chain, kind="clock.red").count() == 1


def test_from_the_second_level_a_leader_rules_on_the_plan(city: City) -> None:
    case = work.planned(city, work.demanded(city, work.opened(city)))
    case = filing.raise_level(case, reason="久拖不决", by=city.leader)
    with pytest.raises(NotAllowed, match="领导"):
        rectifying.approve_plan(case, by=city.inspector)
    assert rectifying.approve_plan(case, by=city.leader).state == "rectifying"


def test_a_recheck_that_finds_it_not_so_asks_for_a_new_plan_one_level_up(city: City) -> None:
    case = work.rectified(city, work.planned(city, work.demanded(city, work.opened(city))))
    case = looking.recheck(case, good=False, words="又有三辆", by=city.inspector)
    assert (case.state, case.round, case.level) == ("planning", 2, 2)


def test_who_wrote_the_report_does_not_file_it(city: City) -> None:
    case = work.opened(city)
    with pytest.raises(NotAllowed, match="不能自己备案"):
        work.filed(city, case, city.inspector)


def test_a_plan_may_be_sent_back_and_needs_days_to_come(city: City) -> None:
    case = work.demanded(city, work.opened(city))
    past = rectifying.Line("值守", "中队长", clock.today() - dt.timedelta(days=1))
    with pytest.raises(Invalid, match="第 1 条措施"):
        rectifying.plan(case, words="方案", measures=[past], by=city.head)
    case = rectifying.return_plan(work.planned(city, case), reason="措施太虚", by=city.inspector)
    assert case.state == "planning"
    assert case.plans.get().note == "措施太虚"


def test_nothing_found_goes_straight_to_the_report(city: City) -> None:
    case = looking.survey(work.opened(city), words="连看两晚没有", by=city.inspector)
    case = rectifying.clear(case, reason="无问题", by=city.inspector)
    case = filing.report(case, words="系误报", by=city.inspector)
    assert filing.file(case, by=city.leader).state == "filed"


def test_before_the_demand_no_unit_learns_of_it_and_others_never_do(city: City) -> None:
    case = work.opened(city)
    for person in (city.head, city.handler, city.outsider):
        assert not queries.visible_to(person).exists()
        with pytest.raises(Missing):
            queries.get_for(person, case.number)
    case = work.demanded(city, case)
    assert queries.get_for(city.head, case.number) == case
    assert list(queries.visible_to(city.head)) == [case]
    with pytest.raises(Missing):
        queries.get_for(city.outsider, case.number)
    assert not queries.visible_to(city.outsider).exists()


def test_the_accused_unit_sees_no_case_about_itself(city: City) -> None:
    section = Unit.objects.get(pk=next(iter(city.inspector.units)))
    order = city.registered(accused=section, title="反映督察人员态度生硬的一件诉求")
    case = opening.open_case(order.number, words="查", by=city.leader)
    assert not queries.visible_to(city.inspector).exists()
    with pytest.raises(Missing):
        looking.survey(case, words="看过", by=city.inspector)


def test_conduct_opens_a_case_once_however_often_the_journal_is_read(city: City) -> None:
    order = city.accepted()
    type(order).objects.filter(pk=order.pk).update(conduct=True)
    assert work.followed() == 1
    assert work.followed() == 0
    from suqiu.audit.models import Cursor

    Cursor.objects.filter(reader=jobs.READER).update(position=0)
    assert work.followed() == 0
    case = Case.objects.get()
    assert (case.reason, case.by_rule) == ("conduct", True)


def test_a_second_complaint_of_caller_or_place_opens_a_case_with_both(city: City) -> None:
    from suqiu.orders.models import Order

    first = city.signed()
    Order.objects.filter(pk=first.pk).update(state="closed", ended_at=clock.now())
    city.wait(days=5)
    second = city.accepted(address="别处的弄堂", content="又来了,还是那几辆车,每天晚上都在那里。")
    work.followed()
    case = Case.objects.get(reason="again")
    assert set(case.orders.all()) == {first, second}


def test_another_caller_elsewhere_is_no_second_complaint(city: City) -> None:
    from suqiu.appellants.actions import take_in
    from suqiu.orders.models import Order

    first = city.signed()
    Order.objects.filter(pk=first.pk).update(state="closed", ended_at=clock.now())
    city.wait(days=5)
    other = take_in(name="赵试", phone="13900000002", by=city.call_taker)
    city.accepted(address="别处的弄堂", appellant=other)
    work.followed()
    assert not Case.objects.exists()
    city.accepted(address=" 青禾路１２８弄北门", appellant=other)
    work.followed()
    assert Case.objects.get().reason == "again"


def test_a_second_complaint_is_decided_on_the_spot_at_the_named_hour_by_the_named_person(
    city: City,
) -> None:
    order = city.signed()
    case, _new = opening.ground(order, "again", key="again:x", by=jobs.BY)
    with pytest.raises(WrongState, match="约定"):
        looking.survey(case, words="看过", by=city.inspector)
    hour = clock.now() + dt.timedelta(hours=10)
    case = looking.name_hour(case, hour=hour, inspector=city.inspector.id, by=city.leader)
    assert Obligation.objects.get(case=case).due > hour
    with pytest.raises(WrongState, match="还没有到"):
        looking.survey(case, words="看过", by=city.inspector)
    clock.set_to(hour)
    with pytest.raises(Invalid, match="当场裁定"):
        looking.survey(case, words="看过", by=city.inspector)
    case = looking.survey(case, words="看过", ruling="citizen", by=city.inspector)
    assert (case.state, case.ruling) == ("surveyed", "citizen")


def test_a_clock_three_working_days_late_is_a_ground_once(city: City) -> None:
    city.signed()
    city.wait(days=4)
    jobs.find_overdue()
    before = Ground.objects.count()
    city.wait(days=10)
    jobs.find_overdue()
    assert Ground.objects.filter(reason="overdue").count() >= 1
    assert Case.objects.count() == 1, "one open case an order, however many grounds"
    again = Ground.objects.count()
    jobs.find_overdue()
    assert Ground.objects.count() == again >= before


def test_a_leaders_order_opens_a_case_and_an_inspectors_mark_does_not(city: City) -> None:
    from suqiu.orders.actions import pairs

    pairs.supervise(city.signed(), reason="跟到办结", by=city.inspector)
    work.followed()
    assert not Case.objects.exists()
    pairs.supervise(city.signed(title="另一处每晚流动摊贩占道扰民"), reason="限期", by=city.leader)
    work.followed()
    assert Case.objects.get().reason == "leader"


def test_a_clock_is_named_as_the_house_speaks_whoever_started_it(city: City) -> None:
    with translation.override("en"):
        case = work.opened(city)
    assert Obligation.objects.get(case=case).name == "现场踏勘"


def test_a_cases_plan_is_the_plan_that_the_principal_leader_signs(city: City) -> None:
    """One paper: handed in once, and approved by him who answers for the order it is signed."""
    order = city.conduct_signed()
    case = work.planned(city, work.demanded(city, work.opened(city, order)))
    plan = order.plans.get()
    assert (plan.case, plan.words, plan.signed_at) == (case.number, "整改方案", None)
    case = filing.raise_level(case, reason="久拖不决", by=city.leader)
    rectifying.approve_plan(case, by=city.leader)
    plan.refresh_from_db()
    assert plan.signed_at and order.signatures.get(kind="plan").by == city.leader.id
    other = city.conduct_signed(title="窗口工作人员答复推诿让诉求人白跑三趟")
    work.rectified(city, work.planned(city, work.demanded(city, work.opened(city, other))))
    assert other.plans.get().signed_at is None, "an inspector's approval is no leader's signature"
