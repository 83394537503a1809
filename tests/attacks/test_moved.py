"""An order that went on: the unit that had it reads what it did, and can do nothing there."""

import pytest

from suqiu.audit.models import Entry
from suqiu.orders.actions import dispatch, returns
from suqiu.orders.models import Order
from suqiu.orders.states import VERBS
from tests.api.machines import Machine
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
# Everything that any form of a verb asks, so that none is refused for a missing field only.
GIVEN = {
    "result": "solved", "fact": "true", "words": "当晚到场劝离摊贩八辆,安排两人固定值守。",
    "basis": "条例", "reason": "理由写明", "reason_code": "remit", "days": "3", "way": "电话",
    "reached": "yes", "citizen_said": "none", "note": "说明", "kind": "evidence", "outcome": "reached",
    "solved": "yes", "answer": "答复", "urgency": "紧急", "paraphrase": "转述", "title": "一件十个字以上的标题吧",
    "content": "内容", "until": "2026-12-01", "evidence": "依据",
}  # fmt: skip


def went_on(city: City) -> Order:
    order = city.signed()
    returns.ask_return(order, reason_code="remit", reason="不属本单位", by=city.handler)
    order = returns.uphold_return(order, by=city.dispatcher)
    order = dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    return dispatch.sign(order, by=city.outsider)


def test_no_verb_is_left_to_who_had_it(city: City) -> None:
    order = went_on(city)
    before = Entry.objects.filter(chain=order.chain).count()
    wrong = []
    for actor in (city.handler, city.head):
        client = client_of(actor)
        for verb in VERBS:
            status = client.post(f"/orders/{order.number}/{verb}", GIVEN).status_code
            if status not in {403, 404, 405}:
                wrong.append((verb, status))
    machine = Machine("handler", city.squad)
    for verb in VERBS:
        status = machine.post(f"/orders/{order.number}/{verb}", {}).status_code
        if status not in {403, 404, 405, 409, 422}:
            wrong.append((f"api {verb}", status))
    assert wrong == []
    assert Entry.objects.filter(chain=order.chain).count() == before


def test_who_had_it_opens_no_identity_and_hands_in_no_file(city: City) -> None:
    order = went_on(city)
    for actor in (city.handler, city.head):
        answer = client_of(actor).post(f"/orders/{order.number}/reveal", {"reason": "visit"})
        assert answer.status_code in {302, 403}
        assert "13900000001" not in answer.content.decode()
    told = Machine("handler", city.squad).post(
        f"/orders/{order.number}/reveal", {"reason": "visit", "note": ""}
    )
    assert told.status_code == 403


def test_who_has_it_now_can(city: City) -> None:
    """The same requests from the unit that holds it: what refuses above is not the form."""
    order = went_on(city)
    client = client_of(city.outsider)
    assert client.post(f"/orders/{order.number}/contact", GIVEN).status_code == 302
    assert client.post(f"/orders/{order.number}/dispose", GIVEN).status_code == 302
    order.refresh_from_db()
    assert order.state == "disposed"
