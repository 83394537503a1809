"""What cases, inspections and meetings said of an order leaves with its words; what was done stays."""

import datetime as dt

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import WrongState
from suqiu.orders.models import Order
from suqiu.retention import actions, jobs
from suqiu.supervision.cases.actions import filing, forget, looking, opening, rectifying
from suqiu.supervision.cases.models import Case, CaseOrder, Report
from suqiu.supervision.inspections import actions as inspecting
from suqiu.supervision.inspections import queries as inspections
from suqiu.supervision.inspections.models import Found, Inspection
from suqiu.supervision.meetings.actions import holding, planning
from suqiu.supervision.meetings.models import Decision, Meeting
from tests.city import City
from tests.retention.test_retention import (  # noqa: F401
    MARK,
    closed,
    found_in_database,
    officer,
    schedule,
)
from tests.supervision.test_inspections import YES

pytestmark = pytest.mark.django_db
ONLY_FILE = {("files_file", MARK)}  # a day's grace of the files' own cleaning
OF_REPORT = {"cases_report", "audit_statement"}


def case_of(city: City, order: Order) -> Case:
    """From the ground to the register, the mark in every word."""
    looker = actor_named("inspector2")  # the other one may have made the second check
    case = opening.open_case(order.number, words=f"{MARK}群众反映强烈", by=city.inspector)
    looking.survey(case, words=f"{MARK}仍有摊贩", by=looker)
    looking.find(case, cause="effort", words=f"{MARK}值守短", advice=f"{MARK}延长", by=looker)
    rectifying.demand(case, unit=city.squad, by=looker)
    line = rectifying.Line(f"{MARK}固定值守", "中队长", clock.today() + dt.timedelta(days=3))
    rectifying.plan(case, words=f"{MARK}整改方案", measures=[line], by=city.head)
    rectifying.approve_plan(case, by=looker, note=f"{MARK}同意")
    looking.visit(case, words=f"{MARK}好转", good=True, by=looker)
    measure = case.plans.get().measures.get()
    rectifying.do_measure(case, measure=measure.pk, words=f"{MARK}已落实", by=city.handler)
    looking.recheck(case, good=True, words=f"{MARK}无摊", by=looker)
    filing.report(case, words=f"{MARK}时段错开", by=looker)
    return filing.file(case, by=city.leader)


def inspection_of(city: City, order: Order) -> Inspection:
    outside, today = actor_named("supervisor1"), clock.today()
    row = inspecting.plan(
        theme="三个二专项检查", checklist="three-twos", since=today, until=today,
        per_stratum=2, by=city.inspector,
    )  # fmt: skip
    for person, side in ((city.inspector, "centre"), (outside, "external")):
        inspecting.invite(row, person, side=side, by=city.inspector)
    inspecting.seal(row, by=city.inspector)
    inspecting.supply_seed(row, "六月十七日摇号", by=outside)
    (item,) = inspections.to_check(row)
    inspecting.check(row, item, answers=YES, words=f"{MARK}棚子拆了", by=outside)
    found = inspecting.find(
        row, item, kind="rectify", unit=city.squad, words=f"{MARK}摊贩还在",
        due=today + dt.timedelta(days=7), by=outside,
    )  # fmt: skip
    inspecting.mend(found, words=f"{MARK}已清理", by=city.head)
    inspecting.finish(row, by=city.inspector)
    return inspecting.publish(row, by=city.leader)


def meeting_of(city: City, *orders: Order) -> Meeting:
    row = planning.plan(
        kind="regular", title="九月例会", at=clock.now() + dt.timedelta(days=2), by=city.inspector
    )
    planning.invite(row, [city.squad], by=city.inspector)
    items = [
        planning.add(row, kind="difficult", title=f"{MARK}设摊", words=f"{MARK}反复",
                     order=order.number, by=city.inspector)
        for order in orders
    ]  # fmt: skip
    planning.call(row, by=city.inspector)
    city.wait(days=2, hours=1)
    holding.hold(row, came={city.squad.pk}, by=city.inspector)
    for item in items:
        holding.say(item, unit=city.squad, words=f"{MARK}人手不够", by=city.inspector)
        holding.study(
            item, causes=f"{MARK}错开", measures=f"{MARK}早到", outcome="plan", by=city.inspector
        )
        holding.recommend(item, why=f"{MARK}有教益", by=city.inspector)
        done = holding.decide(
            item, words=f"{MARK}加一班", owner=city.squad, until=clock.today(), by=city.inspector
        )
        holding.fulfil(done, words=f"{MARK}已加", by=city.head)
        holding.confirm(done, by=city.leader)
    holding.minute(row, words=f"{MARK}一节：会上同意。", by=city.inspector)
    return holding.circulate(row, by=city.leader)


def tables() -> set[str]:
    return {table for table, _mark in found_in_database(MARK)}


def test_all_that_was_said_around_it_leaves_and_what_was_done_stays(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    order = closed(city)
    case, inspection = case_of(city, order), inspection_of(city, order)
    meeting = meeting_of(city, order)
    assert tables() >= {
        "cases_ground", "cases_visit", "cases_finding", "cases_plan", "cases_measure",
        "cases_report", "inspections_found", "meetings_item", "meetings_saying", "meetings_study",
        "meetings_decision", "meetings_proposal", "meetings_meeting", "audit_statement",
    }, "the test looks in vain"  # fmt: skip
    chains = (order.chain, case.chain, inspection.chain, meeting.chain)
    kinds = {c: list(Entry.objects.filter(chain=c).values_list("kind", flat=True)) for c in chains}
    actions.erase(order.number, reason="诉求人书面要求", by=officer)

    # The filed report is kept as long as the register says, and then leaves by itself.
    assert tables() <= OF_REPORT | {"files_file"} and "cases_report" in tables()
    assert forget.reports_over() == 0
    keep_until = Report.objects.get().keep_until
    assert keep_until
    clock.set_to(dt.datetime.combine(keep_until, dt.time(23, 59), clock.LOCAL))
    assert forget.reports_over() == 0
    city.wait(minutes=2)
    assert forget.reports_over() == 1 and forget.reports_over() == 0
    assert set(found_in_database(MARK)) <= ONLY_FILE

    case.refresh_from_db()
    assert case.state == "filed" and case.visits.count() == 3 and Report.objects.get().register_no
    assert Found.objects.get().mended_at and Inspection.objects.get().card
    assert Decision.objects.get().confirmed_at and Meeting.objects.get().state == "circulated"
    for one in chains:
        now = list(Entry.objects.filter(chain=one).order_by("seq").values_list("kind", flat=True))
        assert now[: len(kinds[one])] == kinds[one] and "audit.erased" in now
    seal()
    checkpoint()
    assert verify().problems == []


def test_what_speaks_of_two_orders_leaves_with_the_last(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    one, other = closed(city), closed(city)
    case = opening.open_case(one.number, words="为甲件", by=city.inspector)
    CaseOrder.objects.create(case=case, order=other)
    looking.survey(case, words="甲乙两件都在", by=actor_named("inspector2"))
    filing.drop(case, reason="并到另一件", by=city.leader)
    meeting = meeting_of(city, one, other)
    actions.erase(one.number, reason="诉求人书面要求", by=officer)
    assert not found_in_database("为甲件") and found_in_database("甲乙两件都在")
    meeting.refresh_from_db()
    assert meeting.minutes.startswith(MARK)
    assert {d.words.startswith(MARK) for d in Decision.objects.all()} == {True, False}
    actions.erase(other.number, reason="诉求人书面要求", by=officer)
    assert not found_in_database("甲乙两件都在")
    assert set(found_in_database(MARK)) <= ONLY_FILE
    seal()
    assert verify().problems == []


def test_what_is_still_worked_on_is_not_forgotten_under_the_hands(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    order = closed(city)
    case = opening.open_case(order.number, words="跟到底", by=city.inspector)
    with pytest.raises(WrongState) as refused:
        actions.erase(order.number, reason="诉求人书面要求", by=officer)
    assert refused.value.code == "erase.in_hand"
    city.wait(days=365 * 6)
    assert jobs.erase_due() == 0 and MARK in Order.objects.get(pk=order.pk).title
    filing.drop(case, reason="重复", by=city.leader)
    assert jobs.erase_due() == 1
    assert not found_in_database("跟到底")
