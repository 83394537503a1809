"""A deputy reads a plan and signs it on a telephone, in the corridor."""

import pytest

from suqiu.accounts.absences import state_absence
from suqiu.accounts.charges import put_in_charge
from suqiu.accounts.queries import actor_named, by_username
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.orders.actions import leader
from tests.browser.people import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_deputy_signs_a_plan_with_his_thumb(city: City, people: People) -> None:
    order = city.conduct_signed()
    leader.report_plan(order, words="约谈当事队员,调取执法记录,两日内当面答复。", by=city.handler)
    city.conduct_checked(title="窗口工作人员答复推诿让诉求人白跑三趟")
    city.conduct_accepted(title="执法人员对诉求人言语粗暴态度恶劣")
    day = clock.today()
    one, other = by_username("leader1"), by_username("leader2")
    state_absence(one, deputy=other, since=day, until=day, by=city.leader)
    put_in_charge("", leader=one, section=city.section, by=system("demo"))
    hand = people.sit(phone=True)
    hand.log_in("leader2")
    page = hand.page
    hand.go("/signing")
    hand.check()
    card = page.locator(".signing-card", has_text=order.number)
    assert "代 元木槿" in card.inner_text()
    card.get_by_text("看并签批").click()
    page.wait_for_selector(".verb-form")
    hand.check()
    read, form = page.locator("text=调取执法记录"), page.locator(".verb-form")
    above = [one.bounding_box() for one in (read, form)]
    assert above[0] and above[1] and above[0]["y"] < above[1]["y"], "read first, then signed"
    page.fill("[name=words]", "同意,调取的记录一并存档。")
    page.click(".verb-form button[type=submit]")
    page.wait_for_selector("#to-sign")
    assert page.locator(".signing-card", has_text=order.number).count() == 0
    row = order.signatures.get(kind="plan")
    assert (row.leader, row.by) == (city.leader.id, actor_named("leader2").id)
