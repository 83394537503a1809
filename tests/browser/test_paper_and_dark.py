"""A page on paper and on a dark screen; what a browser must do for it."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import People
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_dashboards import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GROUND = "getComputedStyle(document.body).backgroundColor"


def test_the_button_on_a_board_prints_it(city: City, people: People) -> None:
    closed(city)
    followed()
    hand = people.come("leader1")
    hand.page.add_init_script("window.print = () => { document.title = 'printed'; }")
    for path in ("/leader", "/figures", "/centre"):
        hand.go(path)
        hand.page.locator("[data-print]").click()
        expect(hand.page).to_have_title("printed")


def test_how_many_go_is_said_before_they_go(city: City, people: People) -> None:
    city.accepted()
    city.accepted()
    hand = people.come("dispatcher1")
    hand.go("/queue?view=dispatch")
    button, boxes = hand.page.locator(".bulk button"), hand.page.locator(".queue-row input")
    expect(button).to_contain_text("选中的按派单目录派出")
    boxes.nth(0).check()
    expect(button).to_contain_text("选中的 1 件")
    boxes.nth(1).check()
    expect(button).to_contain_text("选中的 2 件")
    boxes.nth(0).uncheck()
    boxes.nth(1).uncheck()
    expect(button).to_contain_text("选中的按派单目录派出")


@pytest.mark.parametrize("phone", [False, True])
def test_the_desk_follows_a_dark_screen_and_paper_stays_white(
    city: City, people: People, phone: bool
) -> None:
    order = city.signed()
    closed(city)
    followed()
    for name, paths in (
        ("leader1", ("/leader", "/centre", f"/orders/{order.number}")),
        ("dispatcher1", ("/queue", f"/orders/{order.number}/merge")),
        (f"handler.{city.squad.code}", ("/unit", f"/orders/{order.number}/ask_extension")),
    ):
        hand = people.come(name, phone=phone)
        hand.page.emulate_media(color_scheme="dark")
        for path in paths:
            hand.go(path)
            assert hand.page.evaluate(GROUND) == "rgb(12, 21, 20)", path
            hand.check()
        hand.page.emulate_media(color_scheme="dark", media="print")
        assert hand.page.evaluate(GROUND) == "rgb(255, 255, 255)"
        hand.page.emulate_media(media="screen")


def test_who_asks_for_contrast_gets_black_on_white_on_a_dark_screen(
    city: City, people: People
) -> None:
    hand = people.sit()
    hand.page.emulate_media(color_scheme="dark")
    hand.go("/portal/")
    assert hand.page.evaluate(GROUND) == "rgb(19, 33, 31)"
    hand.check()
    hand.page.evaluate("document.documentElement.classList.add('is-contrast')")
    assert hand.page.evaluate(GROUND) == "rgb(255, 255, 255)"
    assert hand.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
