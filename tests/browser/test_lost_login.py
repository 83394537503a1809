"""A login that runs out under somebody's hands costs him the login, not his words."""

import pytest
from playwright.sync_api import expect

from suqiu.demo.city import PASSWORD
from suqiu.orders.models import Order
from tests.browser.people import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NOTE = "请夜间到场,带好执法记录仪"


def test_what_was_written_is_there_again_after_the_login(city: City, people: People) -> None:
    number = city.accepted().number
    hand = people.come("dispatcher1")
    page = hand.page
    hand.go(f"/orders/{number}/dispatch")
    hand.choose("to", str(city.squad.pk))
    hand.fill(note=NOTE)  # and sent at once: no five seconds for the draft to be kept in
    kept = [c for c in page.context.cookies() if c["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type] # the same cookies, less one
    page.locator('form.verb-form button[type="submit"]').click()
    expect(page.locator(".alert-error")).to_contain_text("登录已过期")
    assert Order.objects.get(number=number).state == "accepted"
    page.fill('input[name="username"]', "dispatcher1")
    page.fill('input[name="password"]', PASSWORD)
    page.click('form[data-login] button[type="submit"]')
    expect(page.locator('[name="note"]')).to_have_value(NOTE)
    hand.send()
    hand.state("待签收")
    hand.go(f"/orders/{number}")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('dispatch'))") == []


def test_the_number_opens_beside_the_form_and_the_words_stay(city: City, people: People) -> None:
    number = city.signed().number
    hand = people.come(f"handler.{city.squad.code}", phone=True)
    page = hand.page
    hand.go(f"/orders/{number}/contact")
    hand.choose("way", "电话")
    hand.choose("reached", "no")
    page.locator('form.verb-form [name="reason"]').fill("响铃无人接")
    why = page.locator('.person-reveal input[value="callback"]')
    why.locator("xpath=ancestor::label").click()
    page.locator(".person-reveal button").click()
    expect(page.locator(".appellant")).to_contain_text("13900000001")
    expect(page.locator(".appellant")).to_contain_text("秒后遮回")
    expect(page.locator('form.verb-form [name="reason"]')).to_have_value("响铃无人接")
    hand.check()
    hand.send()
