"""Figures from real rows: what is counted, and who may count what."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.cli.commands import figures as figures_command
from suqiu.figures import boards, cohorts, queries, words
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.queries import facts, orders_behind, rates, summary_json
from suqiu.figures.stages import time_lost
from suqiu.orders.actions import dispatch, dispose, pairs, returns
from suqiu.orders.actions.reopen import reopen, withdraw
from suqiu.orders.actions.verify import close
from suqiu.orders.models import Order
from suqiu.policy.actions import SHIPPED, publish
from tests.city import City

YES = AnswerGiven(solved="yes", satisfaction="基本满意", disposal_true=True, feedback_true=True)


def month(basis: str = "closed_in") -> Cohort:
    now = clock.now()
    return Cohort(basis, now - dt.timedelta(days=20), now + dt.timedelta(days=20))


def finished(order: Order, city: City, answer: AnswerGiven = YES) -> Order:
    record(order, by=city.hub, outcome="reached", answer=answer)
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=answer)
    return close(order, by=city.dispatcher)


def closed(city: City, answer: AnswerGiven = YES) -> Order:
    return finished(city.in_callback(), city, answer)


def closed_as(city: City, **changes: Any) -> Order:
    return finished(city.in_callback(**changes), city)


def test_a_closed_order_is_counted_with_its_weight(city: City) -> None:
    order = closed(city)
    told = summary_json(month(), city.leader)
    assert told["satisfaction"]["value"] == 0.8 and told["solved"]["value"] == 1.0
    assert "基本满意 0.8" in told["satisfaction"]["weighting"]
    assert told["timely"]["pack"] == "sh-lhsr-2013 v4"
    assert orders_behind(month(), city.leader, "solved", "numerator") == [order.pk]


def test_who_gave_no_answer_is_left_out_by_reason(city: City) -> None:
    closed(city)
    silent = closed(city, replace(YES, satisfaction=""))
    made = rates(month(), city.leader)[""]["satisfaction"]
    assert (made.value, made.denominator, made.raw_value) == (0.8, 1, 0.4)
    assert made.excluded == {"unanswered": 1}
    behind = orders_behind(month(), city.leader, "satisfaction", "excluded", "unanswered")
    assert behind == [silent.pk]


def test_who_refuses_is_not_who_was_not_reached(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.hub, outcome="refused")
    made = rates(month("accepted_in"), city.leader)[""]["satisfaction"]
    assert made.value is None and made.excluded == {"refused": 1}


def test_a_reply_that_reached_nobody_needs_its_attempts(city: City) -> None:
    order = dispose.pass_disposal(city.disposed(), by=city.head)
    for _try in range(2):
        city.wait(hours=14)
        dispose.contact(order, reached=False, way="电话", by=city.handler, reason="无人接听")
    once = city.disposed(title="同一路口另有店铺跨门占道经营")
    dispose.pass_disposal(once, by=city.head)
    for one in (order, once):
        dispose.reply(one, words="多次去电无人接听,已发短信。", reached=False, by=city.handler)
    made = rates(month("accepted_in"), city.leader)[""]["reply"]
    assert made.denominator_ids == (order.pk, once.pk) and made.numerator_ids == (order.pk,)


def test_what_is_past_due_is_late_before_any_job_has_seen_it(city: City) -> None:
    order = city.dispatched()
    assert rates(month("accepted_in"), city.leader)[""]["first_contact"].denominator == 0
    city.wait(hours=3)
    made = rates(month("accepted_in"), city.leader)[""]
    assert made["first_contact"].value == 0.0 and made["timely"].value == 0.0
    assert made["sign_in"].value == 0.0
    assert [row.code for row in boards.overdue_now(city.handler)] == ["first_contact"]
    assert boards.overdue_now(city.outsider) == []
    assert orders_behind(month("due_in"), city.leader, "timely") == [order.pk]


def test_a_unit_that_lost_the_order_late_answers_for_it(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    returns.ask_return(order, reason_code="remit", reason="现场核对不属本单位管辖", by=city.handler)
    returns.uphold_return(order, by=city.dispatcher)
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    dispatch.sign(order, by=city.outsider)
    made = rates(month("accepted_in"), city.leader, "unit")
    former, leading = made[str(city.squad.pk)], made[str(city.other_squad.pk)]
    assert former["timely"].value == 0.0 and leading["timely"].denominator == 0
    assert former["return"].value == 1.0 and leading["return"].value == 0.0
    assert leading["sign_in"].value == 1.0
    one = replace(month("accepted_in"), unit=city.squad.pk)
    assert rates(one, city.leader)[""]["timely"] == former["timely"]


def test_a_rate_without_reasons_of_its_own_takes_those_of_its_kin(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    withdraw(order, reason="诉求人撤回", by=city.dispatcher)
    made = rates(month(), city.leader)[""]
    for code in ("timely", "first_contact", "sign_in"):
        assert made[code].value is None and made[code].excluded == {"withdrawn": 1}


def test_a_foreign_unit_counts_nothing(city: City) -> None:
    closed(city)
    assert facts(month(), city.outsider) == []
    assert rates(month(), city.outsider)[""]["timely"].value is None
    assert len(facts(month(), city.handler)) == 1


@pytest.mark.parametrize("group", queries.PLACES[:2] + queries.PLACES[3:])
def test_groups_add_up_to_the_whole(city: City, group: str) -> None:
    closed(city)
    city.wait(hours=1)
    closed(city, replace(YES, satisfaction="一般"))
    whole, parts = rates(month(), city.leader)[""], rates(month(), city.leader, group)
    for code, made in whole.items():
        assert made.denominator == sum(part[code].denominator for part in parts.values())


def test_groups_and_sentences_open_into_orders(city: City) -> None:
    order = closed(city)
    assert set(rates(month(), city.leader, "region")) == {"310104"}
    said = Board(month(), city.leader).headline()
    assert len(said) == 3 and "n=1" in said[0].text
    assert "100.0 %" in said[0].text and "点" not in said[0].text
    for one in said:
        assert orders_behind(one.cohort, city.leader, one.rate, one.part) == [order.pk]


def test_time_lost_shares_add_to_one(city: City) -> None:
    order = city.in_callback()
    city.wait(hours=5)
    finished(order, city)
    lost = time_lost(month(), city.leader)
    assert sum(row["share"] for row in lost) == pytest.approx(1.0)
    assert {row["name"]: row["median"] for row in lost}["审核 → 回访"] == 5.0


def test_what_is_not_there_is_refused(city: City) -> None:
    with pytest.raises(Invalid):
        facts(month("drawn_in"), city.leader)
    with pytest.raises(Invalid):
        rates(month(), city.leader, "shoe size")
    with pytest.raises(Invalid):
        orders_behind(month(), city.leader, "happiness")


def test_a_place_that_rises_above_its_past_is_hot(city: City) -> None:
    for _case in range(4):
        city.accepted()
    now = clock.now()
    cohort = Cohort("closed_in", now - dt.timedelta(days=7), now + dt.timedelta(seconds=1))
    found = boards.hot(cohort, city.leader)
    assert [(row["category_code"], row["now"], row["before"]) for row in found] == [
        ("C0101", 4, 0.0)
    ]
    assert len(found[0]["ids"]) == 4 and boards.hot(cohort, city.outsider) == []


def test_periods_are_compared_only_where_both_are_full(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(city)
    city.wait(days=10)
    closed(city, replace(YES, satisfaction="一般"))
    end = clock.now() + dt.timedelta(days=1)
    cohort = Cohort("closed_in", end - dt.timedelta(days=7), end)
    assert queries.compared(cohort, city.leader, "period") == {}
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 1)
    moved = queries.compared(cohort, city.leader, "period")
    assert moved["satisfaction"] == pytest.approx(-0.2) and moved["solved"] == 0.0
    assert queries.compared(cohort, city.leader, "year") == {}
    assert queries.volume(cohort, city.leader, "period") == (1, 1, 0.0)
    assert "环比 +0.0 点" in Board(cohort, city.leader).headline()[0].text


def test_a_year_ago_the_leap_day_is_the_28th() -> None:
    leap = dt.datetime(2028, 2, 29, tzinfo=clock.LOCAL)
    cohort = cohorts.before(Cohort("closed_in", leap, leap + dt.timedelta(days=1)), "year")
    assert f"{cohort.start:%Y-%m-%d} {cohort.end:%Y-%m-%d}" == "2027-02-28 2027-03-01"


def test_the_command_line_names_units_and_pack(city: City) -> None:
    closed(city)
    day = clock.today()
    rows = queries.table(since=day, until=day, group="unit", by=city.leader)
    assert {row["unit"] for row in rows} == {f"{city.squad.code} {city.squad.name}"}
    assert {row["pack"] for row in rows} == {"sh-lhsr-2013 v4"}
    shown = words.as_table(rates(month(), city.leader)[""])
    assert "实际解决率" in shown and shown.endswith("规则包 sh-lhsr-2013 v4")


def publish_second(**changes: Any) -> None:
    """A further version of the pack, in force from now on."""
    body = yaml.safe_load((SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8"))
    body |= {"version": 5, "effective_from": clock.now().isoformat(), **changes}
    publish(yaml.safe_dump(body, allow_unicode=True), by=system("test"))


def test_each_order_is_judged_by_the_pack_that_it_is_pinned_to(city: City) -> None:
    """Two alike, one under each version: only the second is judged by the second's rules."""
    before = closed(city)
    publish_second(
        satisfaction={"满意": 1, "基本满意": 0.5, "不满意": 0},
        exclusions={"solved": ["reply_waived"]},
    )
    appellant = take_in(name="李试", phone="13900000002", wants_callback=False, by=city.call_taker)
    after = closed_as(city, appellant=appellant)
    made = rates(month(), city.leader)[""]
    assert made["satisfaction"].value == pytest.approx((0.8 + 0.5) / 2)
    assert made["satisfaction"].packs == {"sh-lhsr-2013 v4": 1, "sh-lhsr-2013 v5": 1}
    assert made["satisfaction"].pack == "sh-lhsr-2013 v4 n=1、sh-lhsr-2013 v5 n=1"
    assert "sh-lhsr-2013 v4 满意 1、基本满意 0.8" in made["satisfaction"].weighting
    assert "sh-lhsr-2013 v5 满意 1、基本满意 0.5" in made["satisfaction"].weighting
    assert made["solved"].excluded_ids == {"reply_waived": (after.pk,)}
    # The first version leaves such a one out of the reply rate; the second says nothing of it.
    assert made["reply"].denominator_ids == (before.pk, after.pk)


def test_the_pack_says_which_clocks_are_timely(city: City) -> None:
    city.dispatched()
    publish_second(figures={"timely": ["dispose"], "year_begins": 11})
    city.dispatched()
    city.wait(hours=3)
    made = rates(month("accepted_in"), city.leader)[""]["timely"]
    # Nobody was contacted in time; under the second version that is not what 及时率 counts.
    assert (made.numerator, made.denominator) == (0, 1)


def test_what_is_out_of_remit_takes_two_and_leaves_the_solved(city: City) -> None:
    order = pairs.ask_out_of_remit(closed(city), reason="属水务管辖", by=city.dispatcher)
    assert rates(month(), city.leader)[""]["solved"].excluded == {}
    with pytest.raises(NotAllowed):
        pairs.grant_out_of_remit(order, by=city.dispatcher)
    order = pairs.grant_out_of_remit(order, by=city.inspector)
    made = rates(month(), city.leader)[""]
    assert made["solved"].excluded_ids == {"out_of_remit": (order.pk,)}
    assert made["solved"].raw_value == 1.0 and made["satisfaction"].excluded == {}
    with pytest.raises(WrongState):
        pairs.ask_out_of_remit(order, reason="再来一次", by=city.dispatcher)


def test_what_was_found_within_the_remit_counts(city: City) -> None:
    order = pairs.ask_out_of_remit(closed(city), reason="属水务管辖", by=city.dispatcher)
    pairs.refuse_out_of_remit(order, reason="仍属本行业", by=city.inspector)
    assert rates(month(), city.leader)[""]["solved"].denominator_ids == (order.pk,)


def test_who_wants_no_callback_needs_no_reply(city: City) -> None:
    appellant = take_in(name="李试", phone="13900000002", wants_callback=False, by=city.call_taker)
    order = city.replied(appellant=appellant)
    made = rates(month("accepted_in"), city.leader)[""]["reply"]
    assert made.value is None and made.excluded_ids == {"reply_waived": (order.pk,)}


def test_what_came_back_is_nobodys_until_it_is_given_to_another(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    returns.ask_return(order, reason_code="remit", reason="现场核对不属本单位管辖", by=city.handler)
    assert rates(month("accepted_in"), city.leader)[""]["timely"].value == 0.0
    returns.uphold_return(order, by=city.dispatcher)
    waiting = rates(month("accepted_in"), city.leader)[""]["timely"]
    assert waiting.value is None and waiting.excluded == {"returned": 1}
    assert waiting.raw_value == 0.0
    former = rates(month("accepted_in"), city.leader, "unit")[str(city.squad.pk)]
    assert former["timely"].value == 0.0
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    assert rates(month("accepted_in"), city.leader)[""]["timely"].excluded == {}


def test_who_had_to_come_again_was_not_helped_at_once(city: City) -> None:
    kept, again = closed(city), closed(city)
    reopen(again, reason="收摊后又占道", by=city.dispatcher)
    made = rates(month(), city.leader)[""]
    assert made["solved"].numerator_ids == (kept.pk, again.pk)
    assert made["first_time"].numerator_ids == (kept.pk,) and made["first_time"].denominator == 2


@pytest.mark.parametrize("basis", ["closed_in", "accepted_in", "due_in"])
def test_weeks_months_and_years_add_up_to_the_whole(city: City, basis: str) -> None:
    publish_second(figures={"year_begins": 11})
    for _order in range(3):
        closed(city)
        city.wait(days=40)
    now = clock.now()
    cohort = Cohort(basis, now - dt.timedelta(days=200), now)
    whole = rates(cohort, city.leader)[""]
    keys = {group: list(rates(cohort, city.leader, group)) for group in queries.TIMES}
    assert len(keys["week"]) == 3 and keys["week"][0] == "2026-W38"
    assert keys["month"][0] == "2026-09" and len(keys["month"]) == 3
    assert keys["year"] == ["2026", "2027"]
    for group in queries.TIMES:
        parts = rates(cohort, city.leader, group).values()
        for code, made in whole.items():
            assert made.denominator == sum(part[code].denominator for part in parts)


def test_the_year_of_assessment_is_bounded_by_the_pack(city: City) -> None:
    assert f"{cohorts.year(2026).start:%Y-%m-%d %H}" == "2026-01-01 00"
    publish_second(figures={"year_begins": 11})
    found = cohorts.year(2026)
    assert (f"{found.start:%Y-%m-%d}", f"{found.end:%Y-%m-%d}") == ("2025-11-01", "2026-11-01")


def test_the_command_line_offers_every_group() -> None:
    assert tuple(figures_command._GROUPS) == queries.GROUPS


def test_the_number_of_queries_does_not_grow(city: City) -> None:
    asked = []
    for _order in range(3):
        closed(city)
        with CaptureQueriesContext(connection) as seen:
            facts(month(), city.leader)
        asked.append(len(seen))
    assert asked[0] == asked[2] <= 12
