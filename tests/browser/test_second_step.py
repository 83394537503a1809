"""Setting up the second step in a real browser, and coming in with it."""

import re

import pyotp
import pytest

from suqiu.accounts import factors
from suqiu.base import clock
from suqiu.base.actors import system
from tests.browser.people import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_sets_it_up_and_comes_in_with_it(city: City, people: People) -> None:
    factors.require_second_factor("leader", True, by=system("demo"))
    hand = people.sit(phone=True)
    page = hand.page
    hand.give_password("leader1")
    page.wait_for_url("**/login/enrol")
    hand.check()
    picture = page.locator("img.login-qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 100
    secret = page.locator(".login-secret").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).at(int(clock.now().timestamp())))
    page.click("button[type=submit]")
    page.wait_for_selector(".login-codes")
    hand.check()
    codes = re.findall(r"(?:\w{4}-){3}\w{4}", page.locator(".login-codes").inner_text())
    page.click("text=继续")
    page.wait_for_url("**/leader*")

    elsewhere = people.sit()
    elsewhere.give_password("leader1")
    elsewhere.page.wait_for_url("**/login/code")
    elsewhere.check()
    elsewhere.page.fill("#code", codes[0])
    elsewhere.page.click("button[type=submit]")
    elsewhere.page.wait_for_url("**/leader*")
    elsewhere.go("/account")
    assert "9" in elsewhere.page.locator("main").inner_text()
    elsewhere.check()
