"""Who rules on a request reads beside the form what was asked; who asks is told how much there is to ask for."""

import datetime as dt

import pytest

from suqiu.base import clock
from suqiu.orders.actions import co, pairs, returns, waits
from suqiu.policy.queries import pack
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def test_who_rules_on_more_time_reads_how_much_and_why(city: City) -> None:
    order = city.signed()
    waits.ask_extension(order, days=3, reason="须协调专业队伍进场", by=city.handler)
    until = clock.today() + dt.timedelta(days=9)
    waits.ask_hold(order, until=until, reason="等待权属认定", by=city.handler)
    client = client_of(city.dispatcher)
    for verb in ("grant_extension", "refuse_extension"):
        page = client.get(f"/orders/{order.number}/{verb}").content.decode()
        assert "3 工作日" in page and "须协调专业队伍进场" in page and "等待权属认定" not in page
    for verb in ("grant_hold", "refuse_hold"):
        page = client.get(f"/orders/{order.number}/{verb}").content.decode()
        assert f"9 天，{until:%Y-%m-%d} 复核" in page and "等待权属认定" in page
    page = client.get(f"/orders/{order.number}").content.decode()
    assert "3 工作日" in page and f"9 天，{until:%Y-%m-%d} 复核" in page
    assert "申请延期：3 工作日" in page and "申请挂账：9 天" in page


def test_who_rules_on_help_or_a_return_reads_of_whom_and_on_what_ground(city: City) -> None:
    order = city.signed()
    co.ask_co(order, unit=city.other_squad, reason="跨界摊贩，请一起整治", by=city.handler)
    client = client_of(city.dispatcher)
    for path in ("", "/grant_co", "/refuse_co"):
        page = client.get(f"/orders/{order.number}{path}").content.decode()
        assert city.other_squad.name in page and "跨界摊贩，请一起整治" in page
    co.grant_co(order, by=city.dispatcher)
    page = client.get(f"/orders/{order.number}").content.decode()
    assert f"准予协办 → {city.other_squad.name}" in page
    sent = city.dispatched()
    returns.ask_return(sent, reason_code="place", reason="在邻区一侧", by=city.handler)
    for verb in ("uphold_return", "refuse_return"):
        page = client.get(f"/orders/{sent.number}/{verb}").content.decode()
        assert "不属本辖区" in page and "在邻区一侧" in page


def test_a_second_person_reads_the_evidence(city: City) -> None:
    order = city.dispatched()
    pairs.ask_force(order, reason="无法再办", evidence="两次上门都不在", by=city.dispatcher)
    page = client_of(city.leader).get(f"/orders/{order.number}/grant_force").content.decode()
    assert "无法再办" in page and "两次上门都不在" in page


def test_what_was_ruled_on_is_not_shown_as_waiting(city: City) -> None:
    order = city.signed()
    waits.ask_extension(order, days=2, reason="雨天停工两日", by=city.handler)
    waits.refuse_extension(order, reason="理由不足", by=city.dispatcher)
    waits.ask_extension(order, days=1, reason="设备检修一日", by=city.handler)
    page = (
        client_of(city.dispatcher).get(f"/orders/{order.number}/grant_extension").content.decode()
    )
    assert "设备检修一日" in page and "雨天停工两日" not in page


def test_who_asks_for_time_is_told_how_much_there_is(city: City) -> None:
    order = city.signed()
    rules, client = pack(order.pack_id), client_of(city.handler)
    page = client.get(f"/orders/{order.number}/ask_extension").content.decode()
    most = rules.extension.max_days
    assert f"最多 {most} 个工作日" in page and f'max="{most}"' in page
    page = client.get(f"/orders/{order.number}/ask_hold").content.decode()
    last = clock.today() + dt.timedelta(days=waits.longest_hold(rules))
    assert f'max="{last:%Y-%m-%d}"' in page and f"最迟 {last:%Y-%m-%d}" in page
    # The last day that the page offers is one that may be asked for.
    waits.ask_hold(order, until=last, reason="等待权属认定", by=city.handler)
