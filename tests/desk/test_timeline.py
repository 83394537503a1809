"""The journal on the order's page: each entry tried where it stands, and shown by group."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.audit.models import Entry
from suqiu.audit.queries import chain, holding
from suqiu.base import clock
from suqiu.desk.words import short_moment
from suqiu.orders.actions import dispatch, dispose
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def test_every_change_to_an_entry_breaks_it_or_the_next(city: City) -> None:
    entries = chain(city.in_callback().chain)
    with CaptureQueriesContext(connection) as asked:
        assert all(holding(entries).values())
    assert not asked.captured_queries
    without = holding(entries[:3] + entries[4:])
    assert not without[entries[4].pk] and without[entries[2].pk]
    entries[1].data = {**entries[1].data, "x": 1}
    assert [pk for pk, ok in holding(entries).items() if not ok] == [entries[1].pk]


def test_changed_words_break_their_entry_and_erased_ones_do_not(city: City) -> None:
    entries = chain(city.in_callback().chain)
    spoken = next(e for e in entries if e.statement_hash)
    spoken.statement.words = {"reason": "另一句"}
    assert not holding(entries)[spoken.pk]
    spoken.statement.words = spoken.statement.salt = None
    assert holding(entries)[spoken.pk]


def test_the_page_says_that_the_chain_holds_and_where_it_breaks(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = city.in_callback()
    client, path = client_of(city.dispatcher), f"/orders/{order.number}"
    whole = client.get(path).content.decode()
    assert "逐条核过" in whole and 'class="broken"' not in whole
    one = Entry.objects.get(chain=order.chain, kind="order.accept").pk
    monkeypatch.setattr(
        "suqiu.desk.views.timeline.audit.holding",
        lambda rows: {**holding(rows), one: False},
    )
    broken = client.get(path).content.decode()
    assert "1 条对不上" in broken and broken.count('class="broken"') == 1


def test_the_groups_part_the_entries(city: City) -> None:
    order = city.in_callback()
    client, path = client_of(city.dispatcher), f"/orders/{order.number}"
    count = {
        show: client.get(path, {"show": show}).content.decode().count('<span class="what">')
        for show in ("", "work", "notice", "nonsense")
    }
    assert count[""] == count["nonsense"] == count["work"] + count["notice"]
    assert count["notice"] >= 2 and count["work"] > count["notice"]


def test_both_transmissions_are_told_apart(city: City) -> None:
    page = client_of(city.dispatcher).get(f"/orders/{city.dispatched().number}").content.decode()
    assert page.count("系统传送 → ") == page.count("传送值班员 → ") == 1


def test_who_opens_a_page_again_and_again_is_one_line(city: City) -> None:
    order = city.dispatched()
    client, path = client_of(city.dispatcher), f"/orders/{order.number}"
    for _ in range(4):
        city.wait(minutes=2)
        page = client.get(path).content.decode()
    assert "× 4" in page.replace("× 3", "× 4")


def test_one_who_comes_too_late_learns_who_was_faster(city: City) -> None:
    order = city.dispatched()
    dispatch.sign(order, by=city.handler)
    at = short_moment(clock.now())
    client = client_of(city.head)
    late = client.post(f"/orders/{order.number}/sign")
    page = late.content.decode()
    assert late.status_code == 409 and f"{at} " in page and "：签收" in page
    assert "我现在可以做" in page  # the order itself: nothing had been written
    looked = client.get(f"/orders/{order.number}/sign")
    assert looked.status_code == 409 and "最近一步" in looked.content.decode()


def test_a_passed_disposal_waits_for_the_answer_and_says_so(city: City) -> None:
    order = city.disposed()
    client, path = client_of(city.handler), f"/orders/{order.number}"
    assert "待单位审核" in client.get(path).content.decode()
    dispose.pass_disposal(order, by=city.head)
    assert "待答复" in client.get(path).content.decode()
