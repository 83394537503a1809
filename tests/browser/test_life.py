"""One appeal's whole life by hand, through the pages, from the call to the close."""

import pytest
from playwright.sync_api import expect

from suqiu.audit.models import Entry
from suqiu.orders.models import Order
from tests.browser.people import Hand, People
from tests.city import DISTRICT, City

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_appeal_lives_from_the_call_to_the_close(city: City, people: People) -> None:
    number = take_the_call(people.come("calltaker1"), city)
    city.wait(minutes=20)
    dispatch(people.come("dispatcher1"), number, city)
    city.wait(minutes=20)
    handler = people.come(f"handler.{DISTRICT}-SQ01", phone=True)
    work(handler, number, city)
    city.wait(hours=1)
    head = people.come(f"head.{DISTRICT}-SQ01")
    head.open_from_queue(number)
    head.check()
    head.at_once("pass_disposal")
    city.wait(minutes=20)
    reply(handler, number)
    city.wait(hours=1)
    dispatcher = people.come("dispatcher1")
    dispatcher.open_from_queue(number)
    dispatcher.at_once("review")
    dispatcher.state("待回访")
    city.wait(minutes=20)
    call_back(people.come(f"hub.{DISTRICT}"), number, "verify_first")
    city.wait(minutes=20)
    close(people.come("callback1"), number)
    the_journal_tells_it(number)


def take_the_call(taker: Hand, city: City) -> str:
    page = taker.page
    taker.go("/register")
    taker.check()
    taker.choose(
        "source",
        str(page.locator("label", has_text="12345").locator("input").get_attribute("value")),
    )
    taker.choose("kind", "投诉")
    taker.fill(
        name="王试",
        phone="13900000001",
        occurred_at="2026-09-13T18:00",
        title="青禾路口每晚流动摊贩占道油烟扰民",
        content="青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
        demand="固定值守到二十二点",
        address="青禾路128弄北门",
    )
    page.select_option('select[name="region"]', DISTRICT)
    street = page.locator(f'select[name="street"] option[value="{city.street.pk}"]')
    expect(street).to_be_attached()
    page.select_option('select[name="street"]', str(city.street.pk))
    # What the machine suggests is one press away, and the person's to take.
    page.locator('#advice button[data-set="category"][data-value="C0101"]').click()
    expect(page.locator('select[name="category"]')).to_have_value("C0101")
    # An urgent one is always asked after a second time, so that the draw decides nothing here.
    taker.choose("urgency", "紧急")
    taker.check()
    page.click('button[name="do"][value="accept"]')
    taker.done()
    taker.state("待派单")
    taker.check()
    return page.url.rsplit("/", 1)[-1]


def dispatch(dispatcher: Hand, number: str, city: City) -> None:
    dispatcher.go("/queue")
    dispatcher.check()
    dispatcher.open_from_queue(number)
    dispatcher.check()
    dispatcher.begin("dispatch")
    dispatcher.check()
    dispatcher.choose("to", str(city.squad.pk))
    dispatcher.send()
    dispatcher.state("待签收")


def work(handler: Hand, number: str, city: City) -> None:
    """On the telephone in his hand."""
    handler.check()
    handler.open_from_queue(number)
    handler.check()
    handler.at_once("sign")
    handler.state("处理中")
    city.wait(minutes=20)
    handler.begin("contact")
    handler.check()
    handler.choose("way", "电话")
    handler.choose("reached", "yes")
    handler.send()
    city.wait(hours=1)
    handler.begin("dispose")
    handler.choose("result", "solved")
    handler.choose("fact", "true")
    handler.fill(
        words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。", basis="市容环境卫生管理条例"
    )
    handler.check()
    handler.send()
    handler.state("待单位审核")
    handler.check()


def reply(handler: Hand, number: str) -> None:
    handler.go(f"/orders/{number}")
    handler.begin("reply")
    handler.choose("reached", "yes")
    handler.choose("citizen_said", "satisfied")
    handler.fill(words="已告知诉求人处置情况与值守安排。")
    handler.check()
    handler.send()
    handler.state("待中心审核")


def call_back(caller: Hand, number: str, verb: str) -> None:
    caller.go("/callbacks")
    caller.check()
    caller.page.locator(f'a[data-open][href="/orders/{number}"]').first.click()
    caller.check()
    caller.begin(verb)
    caller.choose("outcome", "reached")
    caller.choose("solved", "yes")
    caller.choose("result", "满意")
    caller.choose("satisfaction", "满意")
    caller.choose("disposal_true", "yes")
    caller.choose("feedback_true", "yes")
    caller.check()
    caller.send()


def close(officer: Hand, number: str) -> None:
    call_back(officer, number, "verify_second")
    officer.state("二次回访")
    officer.check()
    officer.at_once("close")
    officer.state("已办结")
    officer.check()
    expect(officer.page.locator(".timeline .broken")).to_have_count(0)
    expect(officer.page.locator(".timeline .what").first).to_contain_text("办结")


def the_journal_tells_it(number: str) -> None:
    order = Order.objects.get(number=number)
    assert (order.state, order.result) == ("closed", "solved")
    kinds = set(Entry.objects.filter(chain=order.chain).values_list("kind", flat=True))
    way = ("register", "accept", "dispatch", "sign", "contact", "dispose", "pass_disposal", "reply")
    assert {f"order.{verb}" for verb in (*way, "review", "verify_first", "close")} <= kinds
