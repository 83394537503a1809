"""What a citizen said in confidence stays with the centre: no second channel tells the unit."""

import json

import pytest

from suqiu.audit.models import Access
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.desk import queries
from suqiu.orders.actions import attach, links, secret
from suqiu.orders.models import Order
from suqiu.supervision.inspections.models import Item
from tests.api.machines import Machine
from tests.attacks.test_independence import moved
from tests.city import City
from tests.desk.test_pages import client_of
from tests.supervision import work

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
SECRET = {"confidential": True, "paraphrase": "反映某路段夜间设摊,请核查处置。"}
OWN_WORDS = "我住三楼王家,邻居已知道是我说的"


def shown(city: City, order: Order) -> str:
    """All that the unit's people are shown of the order, on pages and by machine."""
    told = []
    for actor in (city.handler, city.head):
        client = client_of(actor)
        for path in ("", "/attach", "/dispose", "/ask_return", "/draft_reply"):
            told.append(client.get(f"/orders/{order.number}{path}").content.decode())
        for path in (f"/queue/preview/{order.number}", "/queue?view=open", "/messages?show=all"):
            told.append(client.get(path).content.decode())
    machine = Machine("handler", city.squad)
    for path in ("appeals", f"appeals/{order.number}", f"orders/{order.number}/timeline"):
        answer = machine.get(f"/{path}")
        assert answer.status_code == 200, path
        told.append(json.dumps(answer.json(), ensure_ascii=False))
    return "\n".join(told)


def test_why_a_secret_citizen_would_withdraw_is_not_told_to_the_unit(city: City) -> None:
    """The timeline kept it back; the list of requests beside it did not."""
    order = city.signed(**SECRET)
    attach.ask_withdraw(order, reason=OWN_WORDS, by=system("portal"))
    assert OWN_WORDS not in shown(city, order)
    page = client_of(city.dispatcher).get(f"/orders/{order.number}").content.decode()
    assert OWN_WORDS in page


def test_what_the_centre_said_to_a_secret_citizen_is_not_told_to_the_unit(city: City) -> None:
    """The centre may have said other words than the unit's, to one whom it knows."""
    order = city.disposed(**SECRET)
    from suqiu.orders.actions import dispose

    order = dispose.pass_disposal(order, by=city.head)
    order = secret.draft_reply(order, words="已处置并安排值守。", by=city.handler)
    said = "王家三楼您好,摊贩已劝离"
    order = secret.convey_reply(order, reached=True, words=said, by=city.call_taker)
    assert said not in shown(city, order)
    page = client_of(city.dispatcher).get(f"/orders/{order.number}").content.decode()
    assert said in page


def test_a_unit_that_lost_the_order_cannot_ask_whose_telephone_it_was(city: City) -> None:
    """A search by telephone confirms who complained: only for who could open the identity now."""
    order = city.signed()
    assert queries.found("13900000001", city.handler).exists()
    from suqiu.orders.actions import returns

    returns.ask_return(order, reason_code="remit", reason="不属本单位", by=city.handler)
    returns.uphold_return(order, by=city.dispatcher)
    assert client_of(city.handler).get(f"/orders/{order.number}").status_code == 200
    assert not queries.found("13900000001", city.handler).exists()


def test_a_machine_is_not_told_of_a_parent_that_it_may_not_see(city: City) -> None:
    from suqiu.orders.actions import accept, dispatch

    parent = city.registered()
    child = links.split(
        parent,
        title="青禾路口另有一处违章搭建扰民",
        content="同一路口另有人在绿地里搭了一间棚子,占住了盲道,已有三个月。",
        by=city.call_taker,
    )
    child = accept.accept(child, by=city.call_taker)
    child = dispatch.dispatch(child, to=city.squad, by=city.dispatcher)
    machine = Machine("handler", city.squad)
    assert machine.get(f"/appeals/{parent.number}").status_code == 404
    assert machine.get(f"/appeals/{child.number}").json()["parent"] is None
    assert (
        Machine("auditor", scopes=("read", "city")).get(f"/appeals/{child.number}").json()["parent"]
        == parent.number
    )


def test_whoever_reads_an_appeal_by_a_verbs_page_has_looked_at_it(city: City) -> None:
    """The form of a verb shows the whole appeal beside it."""
    order = city.signed()
    answer = client_of(city.head).get(f"/orders/{order.number}/contact")
    assert order.content[:10] in answer.content.decode()
    assert Access.objects.filter(subject=order.chain, verb="open", actor=city.head.id).exists()


def test_whoever_reads_an_appeal_in_an_inspection_has_looked_at_it(city: City) -> None:
    order = _closed(city)
    item = _drawn(city, order)
    before = Access.objects.filter(subject=order.chain).count()
    path = f"/inspections/{item.inspection.number}/{item.pk}"
    page = client_of(city.inspector).get(path)
    assert order.content[:10] in page.content.decode()
    assert Access.objects.filter(subject=order.chain).count() == before + 1


def test_one_from_outside_reads_no_telephone_in_an_inspection(city: City) -> None:
    order = _closed(city)
    Order.objects.filter(pk=order.pk).update(content=order.content + "请打 13911112222")
    item = _drawn(city, order)
    page = client_of(city.inspector).get(f"/inspections/{item.inspection.number}/{item.pk}")
    assert "13911112222" not in page.content.decode()


def _closed(city: City) -> Order:
    from tests.portal.work import closed

    return closed(city, city.in_callback())


def _drawn(city: City, order: Order) -> Item:
    from suqiu.supervision.inspections import actions

    today = clock.today()
    row = actions.plan(
        theme="测试",
        checklist="three-twos",
        since=today,
        until=today,
        per_stratum=1,
        by=city.inspector,
    )
    return actions.pick(row, order.number, reason="hot", by=city.inspector)


def test_a_document_is_not_read_unseen_as_its_own_thumbnail(city: City) -> None:
    """Only a picture has a small copy: what has none comes whole, whatever was asked for."""
    from suqiu.files.actions import receive
    from suqiu.files.rules import Limits

    data = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    order = city.signed()
    file = receive(data, name="a.pdf", limits=Limits(), by=city.call_taker)
    attach.attach(order, files=[file], kind="appeal", by=city.call_taker)
    row = order.attachments.get()
    answer = client_of(city.handler).get(f"/orders/{order.number}/files/{row.pk}/thumb")
    assert answer.content == data
    looks = Access.objects.filter(subject=order.chain, actor=city.handler.id, verb="file")
    assert looks.count() == 1


@pytest.mark.parametrize("last", ["stays", "today", "before"])
def test_who_was_of_the_accused_reads_nowhere_what_was_said_of_it(city: City, last: str) -> None:
    """Moved to the centre, he would find the appeal there, with the identity a click away."""
    by = moved(city, last=last)
    order = city.registered(accused=city.squad, title="反映中队人员收受摊贩财物一事")
    case = work.opened(city, order).number
    client = client_of(by)
    kept = last != "before"
    assert (client.get(f"/orders/{order.number}").status_code == 404) is kept
    assert (order.number not in client.get("/queue?view=open").content.decode()) is kept
    assert (
        order.number not in client.get(f"/search?q={order.number[-4:]}").content.decode()
    ) is kept
    assert (client.get(f"/cases/{case}").status_code == 404) is kept
    assert (case not in client.get("/cases").content.decode()) is kept
    assert (
        client.post(f"/orders/{order.number}/reveal", {"reason": "visit"}).status_code == 404
    ) is kept
