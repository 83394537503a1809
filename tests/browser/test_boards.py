"""The wall before a real browser: it refreshes, survives a lost connection, and goes dark when its link is
revoked; the boards shut nobody out."""

import pytest
from playwright.sync_api import expect

from suqiu.figures import walls
from tests.browser.people import People
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_dashboards import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_wall_tells_how_old_its_figures_are_and_goes_dark(city: City, people: People) -> None:
    followed()
    row, token = walls.open_wall(name="大厅", days=7, by=city.leader)
    hand = people.sit()
    page = hand.page
    page.clock.install()
    hand.go(f"/wall/open/{token}")
    hand.check()
    assert page.url.endswith("/wall")
    counts, age = page.locator(".wall-counts li").first, page.locator("#wall-age")
    expect(counts).to_contain_text("0")
    city.accepted()
    followed()
    page.clock.fast_forward("01:05")
    expect(counts).to_contain_text("1")
    expect(age).to_contain_text("刚才")
    # The line is cut: the last figures stay, and say their age.
    page.context.set_offline(True)
    page.clock.fast_forward("03:30")
    expect(age).to_contain_text("3 分钟前")
    expect(counts).to_contain_text("1")
    hand.check()
    page.context.set_offline(False)
    page.clock.fast_forward("01:05")
    expect(age).to_contain_text("刚才")
    walls.revoke_wall(row.pk, by=city.leader)
    page.clock.fast_forward("01:05")
    expect(age).to_contain_text("已停用")
    expect(page.locator(".wall-counts")).to_have_count(0)
    # That the browser noted the cut line and the refusal is as it should be.
    noted = ("ERR_INTERNET_DISCONNECTED", "status of 404")
    hand.complaints[:] = [c for c in hand.complaints if not any(one in c for one in noted)]


@pytest.mark.parametrize("phone", [False, True])
def test_the_boards_shut_nobody_out(city: City, people: People, phone: bool) -> None:
    closed(city)
    city.signed()
    followed()
    leader = people.come("leader1", phone=phone)
    for path in ("/leader", "/centre", "/clocks?scope=units", "/walls", "/wall"):
        leader.go(path)
        leader.check()
    for name in (f"hub.{city.squad.region_id}", f"handler.{city.squad.code}"):
        hand = people.come(name, phone=phone)
        hand.go("/unit")
        hand.check()
