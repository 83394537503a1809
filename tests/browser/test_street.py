"""The street in a real browser with the network cut: nothing typed is lost, each thing is done once."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.intake.models import Receipt
from suqiu.orders.actions import dispatch
from suqiu.orders.models import Order
from tests.browser.people import Hand, People
from tests.city import City
from tests.pictures import photo
from tests.supervision.test_visits import planned

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HERE = {"longitude": 121.4737, "latitude": 31.2304}


def out(people: People, city: City, username: str = "") -> Hand:
    """Somebody with a phone that knows where it is, with the app open and its parts kept."""
    hand = people.come(username or f"handler.{city.squad.code}", phone=True)
    context = hand.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(HERE)  # type: ignore[arg-type]
    hand.go("/street/")
    hand.page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    hand.page.reload()
    hand.page.wait_for_function("navigator.serviceWorker.controller !== null")
    return hand


def cut(hand: Hand) -> None:
    hand.page.context.set_offline(True)


def back(hand: Hand) -> None:
    """The network is there again; what the console said of its absence is no complaint."""
    hand.page.context.set_offline(False)
    hand.complaints[:] = [
        line for line in hand.complaints if "ERR_INTERNET_DISCONNECTED" not in line
    ]


def begin(page: Page, title: str, deed: str) -> None:
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name=deed, exact=True).click()
    expect(page.locator("form.deed")).to_be_visible()


def keep(page: Page) -> None:
    page.locator(".street-action .btn-primary").click()
    expect(page.locator("form.deed")).to_have_count(0)


def pick(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').locator("xpath=ancestor::label").click()


def told(order: Order, verb: str) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(chain=order.chain, kind=f"order.{verb}").order_by("seq")
    return list(rows.values_list("data", flat=True))


def written(page: Page) -> None:
    """Wait until the phone's store has taken what was typed: a reading waits for the writings before."""
    page.evaluate(
        """async () => {
          const app = document.querySelector('script[type="module"]').src;
          const store = await import(app.replace(/app(\\.[^/]*)?\\.js/, 'store.js'));
          await store.draft('-');
        }"""
    )


def test_a_day_without_a_network_arrives_in_its_order_and_once(city: City, people: People) -> None:
    order = city.dispatched(lon=121.4747, lat=31.2304)
    hand = out(people, city)
    page = hand.page
    expect(page.locator(".ticket .where b")).to_have_text("100 米")
    hand.check()
    cut(hand)
    page.reload()  # the app itself comes from the phone
    begin(page, order.title, "签收")
    keep(page)
    page.get_by_role("link", name="先行联系", exact=True).click()
    pick(page, "way", "电话")
    pick(page, "reached", "yes")
    keep(page)
    page.get_by_role("link", name="到场", exact=True).click()
    keep(page)
    page.get_by_role("link", name="提交处置", exact=True).click()
    pick(page, "result", "solved")
    pick(page, "fact", "true")
    page.locator('textarea[name="words"]').fill("已劝离摊贩三户,清理路面,约定夜间复查")
    written(page)
    page.reload()  # put away and taken out again: what was typed is there
    expect(page.locator('textarea[name="words"]')).to_have_value(
        "已劝离摊贩三户,清理路面,约定夜间复查"
    )
    page.locator(".street-action .btn-primary").click()
    expect(page.locator(".alert-error")).to_contain_text("处置后的照片")
    for field in ("before", "after"):
        page.locator(f'input[data-field="{field}"][capture]').set_input_files(
            {"name": f"{field}.jpg", "mimeType": "image/jpeg", "buffer": photo(place=False)}
        )
    expect(page.locator(".shot figcaption").first).to_contain_text("离现场 100 米")
    hand.check()
    keep(page)
    expect(page.locator("#bands")).to_contain_text("4 条未上传")
    order.refresh_from_db()
    assert (
        order.state == "dispatched"
        and not Receipt.objects.filter(key__startswith="street:").exists()
    )
    back(hand)
    expect(page.locator("#bands .offline")).to_have_count(0, timeout=15_000)
    order.refresh_from_db()
    assert order.state == "disposed"
    assert [len(told(order, v)) for v in ("sign", "contact", "be_on_site", "dispose")] == [
        1,
        1,
        1,
        1,
    ]
    assert told(order, "be_on_site")[0]["metres"] == pytest.approx(95, abs=1)
    pictures = told(order, "attach")
    assert [one["kind"] for one in pictures] == ["before", "after"]
    for one in pictures:  # by the phone's clock, and by how much that is off
        at = dt.datetime.fromisoformat(one["taken"][0]) - dt.timedelta(seconds=one["clock_off"][0])
        assert abs(clock.now() - at) < dt.timedelta(minutes=3)
    seqs = [
        e.kind for e in Entry.objects.filter(chain=order.chain).order_by("seq")
        if e.kind in {"order.sign", "order.contact", "order.be_on_site", "order.dispose"}
    ]  # fmt: skip
    assert seqs == ["order.sign", "order.contact", "order.be_on_site", "order.dispose"]


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_is_done_twice(
    city: City, people: People
) -> None:
    order = city.signed()
    hand = out(people, city)
    page, lost = hand.page, []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # it arrives and is done; the answer does not come back
        route.abort()

    page.context.route("**/street/send", lose)
    begin(page, order.title, "先行联系")
    pick(page, "way", "电话")
    pick(page, "reached", "yes")
    keep(page)
    expect(page.locator("#bands")).to_contain_text("1 条未上传")
    assert lost == [200] and len(told(order, "contact")) == 1
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#bands .offline")).to_have_count(0, timeout=15_000)
    assert len(told(order, "contact")) == 1 and order.contacts.count() == 1
    hand.complaints.clear()


def test_what_is_written_while_another_is_being_sent_goes_out_right_after_it(
    city: City, people: People
) -> None:
    order = city.signed()
    hand = out(people, city)
    page = hand.page
    sending: list[Route] = []

    def hang(route: Route) -> None:
        if sending:
            route.continue_()
        else:
            sending.append(route)

    page.context.route("**/street/send", hang)
    begin(page, order.title, "先行联系")
    pick(page, "way", "电话")
    pick(page, "reached", "yes")
    keep(page)
    expect(page.locator("#bands")).to_contain_text("未上传 1")
    begun(page, sending)
    page.get_by_role("link", name="到场", exact=True).click()
    keep(page)
    expect(page.locator("#bands")).to_contain_text("未上传 2")
    sending[0].continue_()
    # Sooner than the app looks again by itself.
    expect(page.locator("#bands .offline")).to_have_count(0, timeout=10_000)
    assert len(told(order, "contact")) == len(told(order, "be_on_site")) == 1


def begun(page: Page, held: list[Any]) -> None:
    """Wait until the app has asked what is held back here."""
    for _ in range(100):
        if held:
            return
        page.wait_for_timeout(50)
    pytest.fail("nothing was asked")


def test_what_moved_meanwhile_is_shown_and_never_written_over(city: City, people: People) -> None:
    order = city.signed()
    hand = out(people, city)
    page = hand.page
    cut(hand)
    begin(page, order.title, "先行联系")
    pick(page, "way", "电话")
    pick(page, "reached", "no")
    page.locator('input[name="reason"]').fill("响铃无人接听,稍后再打")
    keep(page)
    from suqiu.orders.actions import returns

    returns.ask_return(order, reason_code="place", reason="不在本辖区内", by=city.handler)
    returns.uphold_return(order, by=city.dispatcher)
    dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    back(hand)
    page.locator("#bands a").click()
    entry = page.locator('.entry[data-status="conflict"]')
    expect(entry).to_contain_text("有了变化", timeout=15_000)
    expect(entry).to_contain_text("响铃无人接听,稍后再打")
    expect(entry).to_contain_text("待签收")
    hand.check()
    assert told(order, "contact") == []
    hand.complaints.clear()


def test_a_login_that_ran_out_keeps_all_and_goes_on_after_it(city: City, people: People) -> None:
    order = city.signed()
    hand = out(people, city)
    page = hand.page
    cut(hand)
    begin(page, order.title, "先行联系")
    pick(page, "way", "电话")
    pick(page, "reached", "yes")
    keep(page)
    page.context.clear_cookies(name="sessionid")
    back(hand)
    expect(page.locator("#bands")).to_contain_text("登录已过期", timeout=15_000)
    assert told(order, "contact") == []
    hand.log_in(f"handler.{city.squad.code}")
    hand.go("/street/")
    expect(page.locator(".ticket")).to_be_visible()
    expect(page.locator("#bands .offline")).to_have_count(0, timeout=15_000)
    assert len(told(order, "contact")) == 1
    hand.complaints.clear()


def kept(page: Page) -> int:
    """How many things lie on the phone."""
    count = """async () => {
      const base = await new Promise((ok) => {
        const r = indexedDB.open("suqiu-street"); r.onsuccess = () => ok(r.result); });
      let n = 0;
      for (const s of ["kept", "drafts", "outbox"]) n += await new Promise((ok) => {
        const r = base.transaction(s).objectStore(s).count(); r.onsuccess = () => ok(r.result); });
      return n;
    }"""
    found: int = page.evaluate(count)
    return found


def test_what_is_answered_after_logging_out_is_not_kept(city: City, people: People) -> None:
    city.signed()
    hand = out(people, city)
    expect(hand.page.locator(".ticket")).to_be_visible()
    assert kept(hand.page) == 1
    hand.page.evaluate(
        """async () => {
          const app = document.querySelector('script[type="module"]').src;
          const store = await import(app.replace(/app(\\.[^/]*)?\\.js/, 'store.js'));
          const heard = await store.list();
          await Promise.all([store.clear(), store.keepList(heard)]);
          await store.put({ task: "t", status: "waiting" });
        }"""
    )
    assert kept(hand.page) == 0


def test_logging_out_leaves_nothing_on_the_phone(city: City, people: People) -> None:
    city.signed()
    hand = out(people, city)
    page = hand.page
    page.locator("#top button").last.click()
    # Looked for, not waited for: a step to it that is overtaken by the next one is no fault.
    expect(page).to_have_url(re.compile(r"/login\?next=/street/$"), timeout=15_000)
    page.wait_for_load_state()
    assert kept(page) == 0
    hand.go("/street/")
    expect(page.locator("#bands")).to_contain_text("登录已过期")
    hand.complaints.clear()


def test_a_visits_stop_is_written_without_a_network_and_its_problem_after_it(
    city: City, people: People
) -> None:
    visit = planned(city)
    hand = out(people, city, "inspector1")
    page = hand.page
    cut(hand)
    begin(page, city.street.name, "记这一站")
    page.fill('textarea[name="words"]', "七点后推车陆续来")
    pick(page, "met", "shops")
    keep(page)
    page.get_by_role("link", name="发现问题，转工单", exact=True).click()
    page.fill('textarea[name="content"]', "菜场后门六辆推车占住盲道,满地油污无人清扫。")
    page.fill('input[name="address"]', "青禾路菜场后门")
    keep(page)
    assert not Order.objects.exists()
    back(hand)
    expect(page.locator("#bands .offline")).to_have_count(0, timeout=15_000)
    stop = visit.stops.get()
    assert stop.seen == "七点后推车陆续来" and stop.arrived_at and stop.made_at
    assert Order.objects.get().source_id == "VISIT"
