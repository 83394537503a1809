"""What content and disposal rules find, how the draw falls, and clocks that an import moves."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.clock import LOCAL
from suqiu.calendars.actions import import_year
from suqiu.calendars.rules import STATUTORY, Day
from suqiu.orders import jobs
from suqiu.orders.actions import dispatch, waits
from suqiu.orders.models import Obligation
from suqiu.orders.rules import Draft, disposal_findings, drawn, findings
from tests.city import City

NINE = dt.datetime(2026, 9, 14, 9, 0, tzinfo=LOCAL)
GOOD = Draft(
    title="青禾路口每晚流动摊贩占道油烟扰民",
    content="青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
    demand="固定值守到二十二点",
    address="青禾路128弄北门",
    has_leaf=True,
    has_region=True,
    has_name=True,
    has_phone=True,
    occurred_at=NINE - dt.timedelta(hours=2),
    registered_at=NINE,
)
LIMITS = {"title": (10, 25), "content": (30, 600)}


def rules_of(draft: Draft, **severities: str) -> dict[str, bool]:
    """Rule → whether it blocks."""
    return {f.rule: f.blocks for f in findings(draft, severities, LIMITS)}


def test_a_good_order_has_nothing_to_mend() -> None:
    assert rules_of(GOOD) == {}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"has_name": False}, "C1"),
        ({"occurred_at": None}, "C1"),
        ({"address": ""}, "C1"),
        ({"has_region": False}, "C1"),
        ({"has_phone": False}, "C2"),
        ({"address": "小区北门"}, "C3"),
        ({"has_leaf": False}, "C4"),
        ({"demand": ""}, "C6"),
        ({"occurred_at": NINE + dt.timedelta(minutes=1)}, "A2"),
        ({"street_in_region": False}, "A3"),
        ({"kind": "咨询", "content": GOOD.content + "要求整治。"}, "A6"),
        ({"title": "青禾路口一棵大树倒伏压住电线"}, "A7"),
        ({"title": "夜排档"}, "N1"),
        ({"title": "摊" * 26}, "N1"),
        ({"content": "夜排档油烟大。"}, "N2"),
        ({"content": "摊" * 601}, "N2"),
        ({"content": GOOD.content + "联系13900000001"}, "N3"),
        ({"title": "青禾路摊贩占道13900000001"}, "N3"),
        ({"content": GOOD.content + "证件110101199003070012"}, "N3"),
    ],
)
def test_one_fault_is_found_by_its_rule_alone(change: dict[str, object], rule: str) -> None:
    assert rules_of(replace(GOOD, **change)) == {rule: False}  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["同上", "如题。", "详见附件", " 转办 "])
def test_words_that_say_nothing(words: str) -> None:
    assert "N6" in rules_of(replace(GOOD, content=words))


def test_lengths_at_their_edges_pass() -> None:
    for title in ("摊" * 10, "摊" * 25):
        assert rules_of(replace(GOOD, title=title)) == {}
    for content in ("摊" * 30, "摊" * 600):
        assert rules_of(replace(GOOD, content=content)) == {}


def test_the_anonymous_owe_neither_name_nor_telephone() -> None:
    assert rules_of(replace(GOOD, has_name=False, has_phone=False, anonymous=True)) == {}


def test_marked_urgent_is_not_asked_for_urgency() -> None:
    fallen = replace(GOOD, title="青禾路口一棵大树倒伏压住电线", urgency="紧急")
    assert rules_of(fallen) == {}


def test_the_pack_says_what_blocks_what_warns_and_what_is_off() -> None:
    short = replace(GOOD, title="夜排档", demand="")
    assert rules_of(short, N1="B", C6="W") == {"N1": True, "C6": False}
    assert rules_of(short, N1="off", C6="off") == {}


def test_all_faults_are_told_at_once() -> None:
    assert {"C1", "C2", "C4", "C6", "N1", "N2"} <= set(rules_of(Draft()))


def disposal(**changes: object) -> set[str]:
    values: dict[str, object] = {
        "result": "实际解决",
        "fact": "属实",
        "words": "当晚到场劝离摊贩八辆,安排两人值守。",
        "basis": "",
        "sent_at": NINE,
        "on_site_at": NINE + dt.timedelta(hours=1),
        "now": NINE + dt.timedelta(hours=2),
    }
    return {f.rule for f in disposal_findings(**{**values, **changes}) if f.blocks}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, set()),
        ({"on_site_at": None}, set()),
        ({"words": "已处理"}, {"D1"}),
        ({"words": "  实际解决 "}, {"D1"}),
        ({"words": "摊" * 9}, {"D1"}),
        ({"words": "摊" * 10}, set()),
        ({"on_site_at": NINE - dt.timedelta(seconds=1)}, {"D2"}),
        ({"on_site_at": NINE + dt.timedelta(hours=3)}, {"D2"}),
        ({"on_site_at": NINE}, set()),
        ({"result": "解释说明"}, {"D4"}),
        ({"result": "解释说明", "basis": "  "}, {"D4"}),
        ({"result": "解释说明", "basis": "市容环境卫生管理条例"}, set()),
        ({"words": "已电话13900000001告知诉求人结果"}, {"N3"}),
    ],
)
def test_what_is_wrong_with_a_disposal(changes: dict[str, object], rules: set[str]) -> None:
    assert disposal(**changes) == rules


# Worked out by hand from HMAC-SHA256: whoever has the seed must come to the same.
KNOWN = ["SQ260901-0000", "SQ260908-0007", "SQ260911-0010"]
NUMBERS = [f"SQ2609{n % 28 + 1:02}-{n:04}" for n in range(20_000)]


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.9])
def test_as_many_are_drawn_as_the_rate_says(rate: float) -> None:
    share = sum(drawn("seed:2026-09", number, rate) for number in NUMBERS) / len(NUMBERS)
    five_sigma = 5 * (rate * (1 - rate) / len(NUMBERS)) ** 0.5
    assert abs(share - rate) < five_sigma


def test_the_draw_can_be_drawn_again_and_another_seed_draws_others() -> None:
    first = [drawn("a", number, 0.2) for number in NUMBERS]
    assert first == [drawn("a", number, 0.2) for number in NUMBERS]
    both = sum(a and drawn("b", n, 0.2) for a, n in zip(first, NUMBERS, strict=True))
    assert abs(both / len(NUMBERS) - 0.04) < 0.01, "two seeds draw independently"
    known = [n for n in NUMBERS[:12] if drawn("2026-09", n, 0.2)]
    assert known == KNOWN, "anyone with the seed gets the same, in any version"


def test_no_rate_draws_nobody_and_the_full_rate_everybody() -> None:
    assert not any(drawn("a", number, 0) for number in NUMBERS[:500])
    assert all(drawn("a", number, 1) for number in NUMBERS[:500])


@given(st.text(), st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rate_draws_all_that_a_lower_one_draws(
    seed: str, number: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert drawn(seed, number, high) or not drawn(seed, number, low)


# Clocks that rest on a guessed calendar

BY = system("import")
# Guessed, 2027-01-04 is a plain Monday; here it rests, and Sunday the 3rd is worked.
NOTICE = {dt.date(2027, *key): Day("rest", name) for key, name in STATUTORY.items()} | {
    dt.date(2027, 1, 4): Day("rest", "元旦"),
}
EARLIER = {dt.date(2027, *key): Day("rest", name) for key, name in STATUTORY.items()} | {
    dt.date(2027, 1, 2): Day("work", "元旦调休"),
    dt.date(2027, 1, 3): Day("work", "元旦调休"),
}


def days_end(month: int, day: int) -> dt.datetime:
    """24:00 of a day of 2027."""
    return dt.datetime(2027, month, day, tzinfo=LOCAL) + dt.timedelta(days=1)


@pytest.fixture
def newyear(city: City) -> City:
    clock.set_to(dt.datetime(2026, 12, 31, 10, 0, tzinfo=LOCAL))
    return city


def dispose_clock(order_id: int) -> Obligation:
    return Obligation.objects.get(order_id=order_id, code="dispose")


def test_a_clock_over_the_years_end_is_provisional_until_the_notice(newyear: City) -> None:
    order = newyear.dispatched()
    row = dispose_clock(order.pk)
    assert row.provisional and row.due == days_end(1, 5)
    import_year(2027, NOTICE, by=BY, source="国务院办公厅通知")
    assert jobs.follow_calendar() == 0, "what is not sealed is not followed"
    seal()
    assert jobs.follow_calendar() == 1
    row = dispose_clock(order.pk)
    assert not row.provisional
    assert row.due == row.due_original == days_end(1, 6), "the original was only provisional too"
    told = Entry.objects.get(chain=order.chain, kind="clock.shifted")
    assert told.data["why"] == "calendar" and told.actor == "system:clock"
    assert jobs.follow_calendar() == 0, "an import is followed once"
    order.refresh_from_db()
    lead = order.seats.get(role="lead")
    assert lead.due == min(
        Obligation.objects.filter(seat=lead, outcome="open").values_list("due", flat=True)
    )


def test_an_import_never_makes_a_clock_earlier(newyear: City) -> None:
    order = newyear.dispatched()
    import_year(2027, EARLIER, by=BY, source="国务院办公厅通知")
    seal()
    assert jobs.follow_calendar() == 0
    row = dispose_clock(order.pk)
    assert row.due == row.due_original == days_end(1, 5) and not row.provisional
    assert not Entry.objects.filter(chain=order.chain, kind="clock.shifted").exists()


def test_an_import_never_takes_an_extension_away(newyear: City) -> None:
    order = newyear.signed()
    waits.ask_extension(order, days=5, reason="等吊车", by=newyear.handler)
    waits.grant_extension(order, by=newyear.dispatcher)
    import_year(2027, NOTICE, by=BY, source="国务院办公厅通知")
    seal()
    jobs.follow_calendar()
    row = dispose_clock(order.pk)
    # Two working days from the start and five more, both by the calendar that came.
    assert row.due_original == days_end(1, 6), "as an order without an extension has it"
    assert row.due == days_end(1, 13)
    assert [m["why"] for m in row.moves] == ["extension"]


def test_another_urgency_keeps_what_was_granted(city: City) -> None:
    """24 hours from Monday 9:30, and three working days more; the original stays what it was."""
    order = city.signed()
    before = dispose_clock(order.pk)
    waits.ask_extension(order, days=3, reason="等吊车", by=city.handler)
    waits.grant_extension(order, by=city.dispatcher)
    dispatch.set_urgency(order, urgency="紧急", by=city.dispatcher)
    row = dispose_clock(order.pk)
    assert row.due == dt.datetime(2026, 9, 18, 16, tzinfo=dt.UTC)
    assert row.due_original == before.due_original
    dispatch.set_urgency(order, urgency="一般", by=city.dispatcher)
    back = dispose_clock(order.pk)
    assert back.due == dt.datetime(2026, 9, 20, 16, tzinfo=dt.UTC)  # Sunday the 20th is worked
    assert back.due_original == before.due_original


def test_another_urgency_during_a_hold_counts_after_it(city: City) -> None:
    """The paused clock takes the new limit: of 24 hours one was used, so 23 are left on the day."""
    order = city.signed()
    city.wait(hours=1)
    waits.ask_hold(order, until=dt.date(2026, 9, 24), reason="等产权认定", by=city.handler)
    waits.grant_hold(order, by=city.dispatcher)
    dispatch.set_urgency(order, urgency="紧急", by=city.dispatcher)
    paused = dispose_clock(order.pk)
    assert paused.paused_since and (paused.limit_n, paused.limit_unit) == (24, "natural_hour")
    city.wait(days=3)
    waits.release_hold(order, by=city.handler)
    assert dispose_clock(order.pk).due == clock.now() + dt.timedelta(hours=23)
    dispatch.set_urgency(order, urgency="较急", by=city.dispatcher)
    dispatch.set_urgency(order, urgency="紧急", by=city.dispatcher)
    assert dispose_clock(order.pk).due == clock.now() + dt.timedelta(hours=23), "the pause is kept"


def test_clocks_that_rest_on_known_days_are_not_touched(city: City) -> None:
    order = city.dispatched()
    before = dispose_clock(order.pk)
    import_year(2027, NOTICE, by=BY, source="国务院办公厅通知")
    seal()
    assert jobs.follow_calendar() == 0
    assert dispose_clock(order.pk).due == before.due
    assert not Entry.objects.filter(chain=order.chain, kind="order.recompute").exists()
