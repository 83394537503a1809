"""Files of an order: who sees which, and what the journal keeps of them."""

import pytest

from suqiu.audit.models import Access, Entry
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, Missing, Refused
from suqiu.files.actions import receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.orders.actions import attach, dispose
from suqiu.orders.models import Hand, Order
from suqiu.orders.queries import attachment_for, attachments
from tests.city import City
from tests.pictures import photo


def kept(by: object, **more: object) -> File:
    return receive(photo(**more), name="a.jpg", limits=Limits(), by=by)  # type: ignore[arg-type]


def given(order: Order, city: City, **more: object) -> Order:
    files = [kept(city.call_taker)]
    return attach.attach(order, files=files, kind="appeal", by=city.call_taker, **more)  # type: ignore[arg-type]


def test_the_journal_keeps_the_hash_and_no_place(city: City) -> None:
    order = given(city.signed(), city)
    entry = Entry.objects.get(chain=order.chain, kind="order.attach")
    file = order.attachments.get().file
    assert entry.data["sha256"] == [file.sha256]
    assert file.captured_lat is not None
    assert "31.2" not in str(entry.data) and "a.jpg" not in str(entry.data)


def test_each_look_is_logged_with_its_kind(city: City) -> None:
    order = given(city.signed(), city)
    pk = order.attachments.get().pk
    for form in ("thumb", "copy", "original"):
        attachment_for(city.callback_officer, order.number, pk, form)  # type: ignore[arg-type]
    verbs = list(Access.objects.filter(subject=order.chain).values_list("verb", flat=True))
    assert sorted(verbs) == ["file", "original"]


def test_a_unit_gets_the_copy_and_never_the_original(city: City) -> None:
    order = given(city.signed(), city)
    pk = order.attachments.get().pk
    seen = attachment_for(city.handler, order.number, pk, "copy").data
    assert b"TestCam" not in seen
    with pytest.raises(Missing):
        attachment_for(city.handler, order.number, pk, "original")


def test_a_file_of_another_order_is_not_reached_through_ones_own(city: City) -> None:
    mine, other = city.signed(), given(city.accepted(), city)
    with pytest.raises(Missing):
        attachment_for(city.handler, mine.number, other.attachments.get().pk, "copy")
    with pytest.raises(Missing):
        attachment_for(city.outsider, mine.number, 1, "copy")


def test_of_a_secret_order_a_unit_sees_nothing_until_the_centre_releases_it(city: City) -> None:
    order = given(city.signed(confidential=True, paraphrase="反映某路段夜间设摊,请核查。"), city)
    assert attachments(order, city.handler) == []
    with pytest.raises(Missing):
        attachment_for(city.handler, order.number, order.attachments.get().pk, "thumb")
    with pytest.raises(Refused):
        attach.release_files(order, by=city.handler)
    attach.release_files(order, by=city.dispatcher)
    assert len(attachments(order, city.handler)) == 1


def test_what_the_centre_gathers_while_it_verifies_is_hidden_from_the_unit(city: City) -> None:
    order = city.in_callback()
    attach.attach(order, files=[kept(city.inspector)], kind="evidence", by=city.inspector)
    assert attachments(order, city.handler) == [] and len(attachments(order, city.hub)) == 0
    assert len(attachments(order, city.dispatcher)) == 1
    assert not Hand.objects.filter(order=order, actor=city.inspector.id).exists()


def test_a_unit_attaches_no_citizens_file_and_nobody_anothers_upload(city: City) -> None:
    order = city.signed()
    with pytest.raises(Invalid):
        attach.attach(order, files=[kept(city.handler)], kind="appeal", by=city.handler)
    foreign = kept(city.outsider)
    with pytest.raises(Invalid) as caught:
        attach.attach(order, files=[foreign], kind="evidence", by=city.handler)
    assert caught.value.code == "file.foreign"
    mine = kept(city.handler)
    attach.attach(order, files=[mine], kind="before", by=city.handler)
    mine.refresh_from_db()
    with pytest.raises(Invalid):
        attach.attach(order, files=[mine], kind="after", by=city.handler)


def test_there_is_a_most_of_files(city: City) -> None:
    order, portal = city.registered(), system("portal")
    file = kept(portal)
    row = [kept(portal) for _ in range(9)]
    attach.attach(order, files=row, kind="appeal", by=portal)
    with pytest.raises(Invalid) as caught:
        attach.attach(order, files=[file], kind="appeal", by=portal)
    assert caught.value.code == "file.many"


def test_a_wish_to_withdraw_is_asked_once_and_does_nothing_by_itself(city: City) -> None:
    order = city.dispatched()
    attach.ask_withdraw(order, reason="自己解决了", by=system("portal"))
    order.refresh_from_db()
    assert order.state == "dispatched"
    with pytest.raises(Refused) as caught:
        attach.ask_withdraw(order, reason="自己解决了", by=system("portal"))
    assert caught.value.code == "withdraw.waiting"
    with pytest.raises(Refused):
        dispose.report_interim(order, words="未签收", by=city.handler)
