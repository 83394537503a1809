"""The form that merges an order: what may be the same matter is offered, and any number can be typed."""

import re

import pytest

from suqiu.appellants.actions import FORGOTTEN, take_in
from suqiu.base.actors import system
from suqiu.base.errors import Invalid
from suqiu.desk.linking import CANDIDATES
from suqiu.orders.actions import links
from suqiu.orders.models import Order
from suqiu.triage.queries import duplicates_of
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
OTHER = {
    "title": "听雨公园公厕连着三天没有纸",
    "content": "公园东门公厕的纸盒空了三天，洗手池也堵了，没有人来换。",
    "address": "听雨路 9 号",
}


def offered(page: str) -> list[str]:
    return re.findall(r'<input type="radio" name="near" value="([^"]+)"', page)


def stranger() -> object:
    return take_in(name="另一人", phone="13900000077", by=system("test"))


def test_what_may_be_the_same_is_offered_with_its_reasons_and_taken(city: City) -> None:
    like, order = city.accepted(), city.accepted()
    city.accepted(appellant=stranger(), address="听雨路 9 号")  # later, the same words, no more
    hand = client_of(city.dispatcher)
    page = hand.get(f"/orders/{order.number}/merge").content.decode()
    assert offered(page)[0] == like.number and order.number not in offered(page)
    shown = page.split(f'value="{like.number}"')[1].split("</label>")[0]
    assert like.title in shown and f"{like.drafted_at:%Y-%m-%d}" in shown
    assert "同一电话" in shown and "同一地点" in shown and "文字相似 100%" in shown
    assert " checked" not in shown, "a person decides"
    hand.post(f"/orders/{order.number}/merge", {"near": like.number, "reason": "同一件事"})
    order.refresh_from_db()
    assert order.master == like and order.state == "merged"


def test_another_number_is_typed_and_goes_before_what_was_taken(city: City) -> None:
    like, order = city.accepted(), city.accepted()
    far = city.accepted(**OTHER, appellant=stranger())
    hand = client_of(city.dispatcher)
    address = f"/orders/{order.number}/merge"
    assert far.number not in offered(hand.get(address).content.decode())
    for sent, said in (({}, "选一张主单"), ({"master": "SQ000000-0000"}, "没有这张单子")):
        answer = hand.post(address, {"reason": "x", **sent})
        assert answer.status_code == 422 and said in answer.content.decode()
    answer = hand.post(address, {"near": like.number})  # without a reason what was taken stays
    assert f'value="{like.number}" checked' in answer.content.decode()
    told = {"near": like.number, "master": far.number.lower(), "reason": "现场同一处"}
    hand.post(address, told)
    order.refresh_from_db()
    assert order.master == far


def test_none_is_offered_that_could_not_lead(city: City) -> None:
    done, order = city.in_callback(), city.accepted()
    merged, lead = city.accepted(), city.accepted()
    links.merge(merged, master=lead, reason="同一件事", by=city.dispatcher)
    page = client_of(city.dispatcher).get(f"/orders/{order.number}/merge").content.decode()
    assert offered(page) == [lead.number]
    for one in (done, merged):
        with pytest.raises(Invalid):
            links.merge(order, master=one, reason="同一件事", by=city.dispatcher)
    for _more in range(CANDIDATES + 1):
        city.accepted()
    page = client_of(city.dispatcher).get(f"/orders/{order.number}/merge").content.decode()
    assert len(offered(page)) == CANDIDATES


def test_near_places_are_alike_and_forgotten_callers_are_not(city: City) -> None:
    one, two = city.accepted(), city.accepted(**OTHER, appellant=stranger())
    Order.objects.filter(pk=one.pk).update(lon=121.43707, lat=31.18834)
    Order.objects.filter(pk=two.pk).update(lon=121.43750, lat=31.18834)  # forty metres on
    one.refresh_from_db()
    (found,) = duplicates_of(one, by=city.dispatcher)
    assert found.order == two and "相距不到 100 米" in found.why
    assert "同一电话" not in found.why
    for row in (one, two):
        assert row.appellant
        row.appellant.phone_hash = FORGOTTEN
        row.appellant.save()
    (found,) = duplicates_of(one, by=city.dispatcher)
    assert "同一电话" not in found.why
    Order.objects.filter(pk=two.pk).update(lon=121.5)
    assert not any("相距" in "".join(d.why) for d in duplicates_of(one, by=city.dispatcher))
