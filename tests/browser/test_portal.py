"""A citizen at a phone: a photo, a number and a code, the answer, his own word, and once more."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from suqiu.accounts.queries import actor_named
from suqiu.audit.models import Entry
from suqiu.orders.actions import verify
from suqiu.orders.models import Order
from suqiu.supervision.inspections.models import Inspection
from tests.browser.people import Hand, People
from tests.city import DISTRICT, City
from tests.pictures import photo
from tests.portal.test_inspections import card, published
from tests.portal.work import closed, worked

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAID = "每天晚上有推车摆夜排档,占了人行道和盲道"


def test_a_citizen_submits_follows_answers_and_comes_again(
    city: City, people: People, tmp_path: Path
) -> None:
    citizen = people.visitor()
    page = citizen.page
    number, code = submit(citizen, tmp_path)
    order = Order.objects.get(number=number)
    the_copy_tells_no_place(citizen, order)
    page.locator(".bottom .main-action").click()
    citizen.check()
    # Public pages are written large: the desk's measures do not reach them.
    assert citizen.page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
    expect(page.locator(".promise")).to_contain_text("受理中心正在看")
    order = worked(city, order)
    verify.review(order, by=city.dispatcher)
    page.get_by_role("button", name="退出").click()
    follow(citizen, number, code)
    expect(page.locator(".three .is-done")).to_have_count(3)
    expect(page.locator("main")).to_contain_text("已安排值守")
    citizen.check()
    survey(citizen)
    closed(city, Order.objects.get(number=number))
    page.reload()
    reopen(citizen)
    child = Order.objects.get(parent=order)
    assert child.repeat
    kinds = set(Entry.objects.filter(chain=order.chain).values_list("kind", flat=True))
    assert {"order.attach", "callback.own_answer", "order.reopen"} <= kinds


def submit(citizen: Hand, folder: Path) -> tuple[str, str]:
    page = citizen.page
    (folder / "IMG_2041.jpg").write_bytes(photo())
    citizen.go("/portal/")
    citizen.check()
    page.set_input_files("#id_photos", str(folder / "IMG_2041.jpg"))
    expect(page.locator(".chosen canvas")).to_have_count(1)
    citizen.fill(address="青禾路 128 弄北门", content=SAID)
    page.select_option("#id_region", DISTRICT)
    expect(page.locator("[data-draft-note]")).to_contain_text("已存在这台手机上")
    page.reload()  # what was written is still there; of who he is nothing is kept
    expect(page.locator("#id_content")).to_have_value(SAID)
    page.set_input_files("#id_photos", str(folder / "IMG_2041.jpg"))
    page.get_by_role("button", name="下一步").click()
    citizen.check()
    citizen.fill(name="王试", phone="13900000001")
    page.get_by_role("button", name="提交", exact=True).click()
    citizen.check()
    code = (page.locator("#code").text_content() or "").replace(" ", "")
    assert re.fullmatch(r"\d{8}", code)
    kept: str = page.evaluate("JSON.stringify(localStorage)")
    assert "1390000" not in kept and code not in kept and SAID not in kept
    return page.locator("#number").text_content() or "", code


def the_copy_tells_no_place(citizen: Hand, order: Order) -> None:
    file = order.attachments.get().file
    assert file.captured_lat is not None
    base = citizen.base + f"/portal/mine/{order.number}/photo/{order.attachments.get().pk}"
    for form in ("copy", "thumb"):
        got = citizen.page.request.get(f"{base}/{form}")
        assert got.status == 200
        assert not Image.open(io.BytesIO(got.body())).getexif() and b"TestCam" not in got.body()
    assert citizen.page.request.get(f"{base}/original").status == 404


def follow(citizen: Hand, number: str, code: str) -> None:
    citizen.go("/portal/follow")
    citizen.check()
    citizen.fill(number=number.lower(), code=f"{code[:4]}-{code[4:]}")
    citizen.page.keyboard.press("Enter")
    expect(citizen.page.locator("main")).to_contain_text(number)


def survey(citizen: Hand) -> None:
    """With the keyboard alone."""
    page = citizen.page
    page.get_by_role("link", name="请您评价").focus()
    page.keyboard.press("Enter")
    expect(page.locator("input:checked")).to_have_count(0)
    citizen.check()
    page.keyboard.press("Tab")
    page.locator('input[name="solved"]').first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator('input[name="solved"][value="no"]')).to_be_checked()
    page.get_by_role("button", name="提交评价").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".said-success")).to_contain_text("承办单位改不了")
    citizen.check()


def reopen(citizen: Hand) -> None:
    page = citizen.page
    page.get_by_role("link", name="重新提起").click()
    citizen.check()
    citizen.fill(reason="第二天又摆出来了")
    page.get_by_role("button", name="重新提起").click()
    expect(page.locator("h1")).to_contain_text("另立新单")
    citizen.check()


def test_the_pages_work_without_scripts_on_the_smallest_phone(
    city: City, browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/portal/")
    page.get_by_role("button", name="大字").click()
    page.fill("#id_address", "青禾路 128 弄北门")
    page.fill("#id_content", SAID)
    page.select_option("#id_region", DISTRICT)
    page.set_input_files(
        "#id_photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("不留姓名和电话").click()
    page.get_by_role("button", name="提交", exact=True).click()
    order = Order.objects.get(number=page.locator("#number").text_content())
    assert order.appellant is not None and order.appellant.anonymous
    assert order.attachments.count() == 1
    context.close()


@pytest.mark.parametrize("path", ["/portal/", "/portal/follow", "/portal/help", "/portal/figures"])
def test_large_letters_fit_the_smallest_phone(city: City, people: People, path: str) -> None:
    citizen = people.visitor(width=320)
    citizen.go("/portal/")
    citizen.page.get_by_role("button", name="大字").click()
    citizen.page.get_by_role("button", name="English").click()
    citizen.go(path)
    citizen.check()


def test_a_published_inspection_shuts_nobody_out(city: City, people: People) -> None:
    row = published(city, actor_named("supervisor1"))
    Inspection.objects.filter(pk=row.pk).update(card=card(C=40, S=30, G=4))
    for width in (390, 320, 1440):
        citizen = people.visitor(width=width)
        citizen.go("/portal/inspections")
        expect(citizen.page.locator("h1")).to_have_text("到现场看过，真的解决了吗")
        citizen.check()
    citizen.page.get_by_role("button", name="English").click()
    expect(citizen.page.locator("h1")).to_have_text("Seen on the spot: was it really solved?")
    citizen.check()
