"""People who go and look, with the network cut: cases, rechecks and checks arrive in order and once."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from suqiu.accounts.queries import actor_named
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.orders.models import Attachment
from suqiu.supervision.cases.models import Case
from suqiu.supervision.inspections import actions as inspecting
from suqiu.supervision.inspections.models import Check, Inspection, Item, Survey
from suqiu.supervision.rechecks.models import Recheck
from tests.browser.people import Hand, People
from tests.browser.test_street import back, begin, cut, keep, out, pick
from tests.city import City
from tests.pictures import photo
from tests.supervision import work
from tests.supervision.test_rechecks import closed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sent(hand: Hand) -> None:
    """All that was written has arrived."""
    back(hand)
    hand.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(hand.page.locator("#bands .offline")).to_have_count(0, timeout=20_000)


def steps(chain: str, *kinds: str) -> list[str]:
    rows = Entry.objects.filter(chain=chain).order_by("seq").values_list("kind", flat=True)
    return [kind for kind in rows if kind in kinds]


def then(page: Page, deed: str) -> None:
    page.get_by_role("link", name=deed, exact=True).click()
    expect(page.locator("form.deed")).to_be_visible()


def write(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f'textarea[name="{name}"]').fill(value)


def at_phone(hand: Hand, moment: dt.datetime) -> None:
    """The phone's clock and the house's are both at this moment from now on."""
    clock.set_to(moment)
    hand.page.clock.set_system_time(moment)


def test_a_case_is_surveyed_without_a_network_at_the_citizens_hour(
    city: City, people: People
) -> None:
    from suqiu.supervision.cases.actions import looking, opening

    order = closed(city)
    case, _new = opening.ground(order, "again", key="t", by=city.inspector, words="又来了")
    hour = clock.now() + dt.timedelta(hours=3)
    looking.name_hour(case, hour=hour, inspector=city.inspector.id, by=city.leader)
    hand = out(people, city, "inspector1")
    page = hand.page
    at_phone(hand, clock.now())
    page.reload()
    expect(page.locator(".ticket .hour")).to_contain_text(f"{clock.local(hour):%m-%d %H:%M}")
    cut(hand)
    page.get_by_role("link", name=order.title).click()
    expect(page.locator("#content")).to_contain_text("现场踏勘：还没有到诉求人约定的时间")
    hand.check()
    at_phone(hand, hour + dt.timedelta(minutes=1))  # the hour has come, the network has not
    page.reload()
    then(page, "现场踏勘")
    write(page, words="诉求人在场,一起看了,仍有六辆")
    page.locator(".street-action .btn-primary").click()
    expect(page.locator(".alert-error")).to_contain_text("当场裁定")
    pick(page, "ruling", "citizen")
    hand.check()
    keep(page)
    then(page, "记问题与建议")
    pick(page, "cause", "effort")
    write(page, words="值守到八点就撤", advice="值守延到收摊")
    keep(page)
    expect(page.locator("#bands")).to_contain_text("2 条未上传")
    case.refresh_from_db()
    assert case.state == "opened" and not case.visits.exists()
    sent(hand)
    case.refresh_from_db()
    assert (case.state, case.ruling, case.findings.count()) == ("surveyed", "citizen", 1)
    assert steps(case.chain, "case.survey", "case.find") == ["case.survey", "case.find"]
    assert case.visits.get().by == city.inspector.id


def test_a_tracking_visit_and_the_re_check_go_out_in_their_order(
    city: City, people: People
) -> None:
    from suqiu.supervision.cases.actions import rectifying

    case = work.planned(city, work.demanded(city, work.opened(city)))
    case = rectifying.approve_plan(case, by=city.inspector)
    measure = case.plans.get(ruling="approved").measures.get()
    hand = out(people, city, "inspector1")
    page = hand.page
    cut(hand)
    begin(page, case.orders.get().title, "跟踪回访")
    write(page, words="诉求人说近日好转")
    pick(page, "good", "yes")
    keep(page)
    then(page, "现场复核")  # judged when it arrives: by then the unit has done its measure
    write(page, words="连看两晚无摊")
    pick(page, "good", "yes")
    keep(page)
    rectifying.do_measure(case, measure=measure.pk, words="已落实", by=city.handler)
    sent(hand)
    case.refresh_from_db()
    assert case.state == "reporting"
    assert steps(case.chain, "case.visit", "case.recheck") == ["case.visit", "case.recheck"]


def sent_or_stuck(hand: Hand) -> None:
    back(hand)
    hand.page.evaluate("window.dispatchEvent(new Event('online'))")
    hand.page.locator("#bands a").click()
    expect(hand.page.locator('.entry[data-status="conflict"]')).to_have_count(1, timeout=20_000)


def test_two_inspectors_at_one_case_and_the_second_is_told(city: City, people: People) -> None:
    from suqiu.supervision.cases.actions import looking

    case = work.opened(city)
    hand = out(people, city, "inspector1")
    page = hand.page
    cut(hand)
    begin(page, case.orders.get().title, "现场踏勘")
    write(page, words="我也看了")
    keep(page)
    looking.survey(case, words="看过了", by=actor_named("inspector2"))
    sent_or_stuck(hand)
    expect(page.locator(".entry")).to_contain_text("我也看了")
    assert case.visits.count() == 1
    hand.complaints.clear()


def test_a_recheck_without_a_network_is_found_back_once(city: City, people: People) -> None:
    order = closed(city)
    row = Recheck.objects.get(order=order, days=7)
    clock.set_to(row.since - dt.timedelta(hours=9))  # the evening before: taken along
    hand = out(people, city, "inspector1")
    page = hand.page
    at_phone(hand, clock.now())
    page.reload()
    expect(page.locator(".ticket")).to_have_count(1)
    cut(hand)
    page.get_by_role("link", name=order.title).click()
    expect(page.locator("#content")).to_contain_text("还没有到复查的时间")
    at_phone(hand, row.since + dt.timedelta(hours=10))
    page.reload()
    then(page, "记下看到的")
    pick(page, "back", "yes")
    write(page, words="又有三摊")
    page.locator('input[data-field="photos"][capture]').set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(place=False)}
    )
    expect(page.locator(".shot")).to_have_count(1)
    keep(page)
    assert Recheck.objects.get(pk=row.pk).done_at is None
    sent(hand)
    row.refresh_from_db()
    assert row.back is True and row.case and row.done_by == city.inspector.id
    assert steps(row.chain, "recheck.looked") == ["recheck.looked"]
    assert row.photos.get().taken_at, (
        "taken without a network, when the phone says, and sent with it"
    )
    hand.complaints.clear()


@pytest.fixture
def inspected(city: City) -> Inspection:
    """An inspection whose list is drawn, with one from outside and one of the centre."""
    for _n in range(2):
        closed(city)
    row = inspecting.plan(
        theme="三个二", checklist="three-twos", since=dt.date(2026, 9, 1),
        until=dt.date(2026, 9, 30), per_stratum=2, lines=["C"], by=city.inspector,
    )  # fmt: skip
    inspecting.invite(row, actor_named("supervisor1"), side="external", by=city.inspector)
    inspecting.invite(row, city.inspector, side="centre", by=city.inspector)
    inspecting.seal(row, by=city.inspector)
    inspecting.supply_seed(row, "摇号 112233", by=actor_named("supervisor1"))
    return row


def test_one_from_outside_checks_an_item_without_a_network(
    city: City, people: People, inspected: Inspection
) -> None:
    hand = out(people, city, "supervisor1")
    page = hand.page
    expect(page.locator(".ticket")).to_have_count(2)
    assert "13900000001" not in page.content() and "王试" not in page.content()
    cut(hand)
    page.reload()
    page.locator(".ticket a").first.click()
    expect(page.get_by_role("link", name="填检查表", exact=True)).to_be_visible()  # its own page
    key = page.locator("#top h1").inner_text().split()[-1]
    then(page, "填检查表")
    for name in radios(page, "q_"):
        pick(page, name, "yes")
    hand.check()
    keep(page)
    sent(hand)
    cut(hand)
    then(page, "问满意程度")  # what was looked at may be asked about later
    pick(page, "level", "满意")
    keep(page)
    # The other one cannot be looked at.
    page.locator("#top a").first.click()
    page.locator('.ticket:not(:has-text("未上传")) a').first.click()
    then(page, "填检查表")
    pick(page, "excused", "private")
    keep(page)
    expect(page.locator("#bands")).to_contain_text("2 条未上传")
    assert Check.objects.count() == 1 and not Survey.objects.exists()
    sent(hand)
    item = Item.objects.get(inspection=inspected, key=key)
    assert item.check_made.by == actor_named("supervisor1").id and not item.check_made.excused
    assert Check.objects.count() == 2 and Survey.objects.get().item == item
    kinds = steps(inspected.chain, "inspection.check", "inspection.survey")
    assert sorted(kinds) == ["inspection.check", "inspection.check", "inspection.survey"]
    expect(page.locator(".empty")).to_be_visible()
    hand.complaints.clear()


def radios(page: Page, start: str) -> list[str]:
    found: list[str] = page.evaluate(
        """(start) => [...new Set([...document.querySelectorAll("input[type=radio]")]
             .map((one) => one.name).filter((name) => name.startsWith(start)))]""",
        start,
    )
    return found


def test_a_voice_note_is_recorded_kept_and_sent(city: City, people: People) -> None:
    order = city.signed()
    hand = out(people, city)
    hand.page.context.grant_permissions(["microphone", "geolocation"])
    page = hand.page
    cut(hand)
    begin(page, order.title, "补充材料")
    page.get_by_role("button", name="录音").click()
    expect(page.get_by_role("button", name="停止录音")).to_be_visible()
    page.wait_for_timeout(1200)  # a voice takes its time
    page.get_by_role("button", name="停止录音").click()
    expect(page.locator(".shot.sound audio")).to_have_count(1)
    page.reload()  # put away and taken out again
    expect(page.locator(".shot.sound audio")).to_have_count(1)
    page.wait_for_function("document.querySelector('audio').readyState > 0")  # it can be heard
    fill_kind(page)
    hand.check()
    keep(page)
    expect(page.locator("#bands")).to_contain_text("1 条未上传")
    assert not Attachment.objects.filter(order=order).exists()
    sent(hand)
    row = Attachment.objects.select_related("file").get(order=order)
    assert row.file.mime.startswith("audio/") and row.file.size > 1000
    told: list[Any] = list(
        Entry.objects.filter(chain=order.chain, kind="order.attach").values_list("data", flat=True)
    )
    assert len(told) == 1 and told[0]["taken"][0]
    hand.complaints.clear()


def fill_kind(page: Page) -> None:
    """What kind of material it is, where the form asks."""
    if page.locator('input[name="kind"][value="evidence"]').count():
        pick(page, "kind", "evidence")


def test_the_case_that_is_his_own_work_is_not_on_his_phone(city: City, people: People) -> None:
    from suqiu.orders.models import Hand as Handled

    case = work.opened(city)
    Handled.objects.create(order=case.orders.get(), actor=city.inspector.id)
    hand = out(people, city, "inspector1")
    expect(hand.page.locator(".empty")).to_be_visible()
    assert Case.objects.get().number not in hand.page.content()
