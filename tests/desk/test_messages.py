"""The list of what one is told, and the log of what became of every message."""

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit.jobs import seal
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.notifications import queries
from suqiu.notifications.jobs import follow
from suqiu.notifications.models import Attempt, Message
from suqiu.notifications.rules import EVENTS, TO_UNIT
from suqiu.orders.models import Order
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def told(order: Order, to: str, **more: object) -> Message:
    now = clock.now()
    values = {
        "entry": Message.objects.count() + 1, "position": 1, "order": order, "kind": "transmission",
        "event": "transmitted", "to": to, "channel": "in_app", "created_at": now, "next_try_at": now,
    }  # fmt: skip
    return Message.objects.create(**{**values, **more})


def test_what_waits_is_counted_in_the_head_and_read_once(city: City) -> None:
    order = city.signed()
    first = told(order, f"unit:{city.squad.pk}")
    told(order, city.handler.id, event="overdue", kind="reminder")
    client = client_of(city.handler)
    text = client.get("/messages").content.decode()
    assert f"{order.number} 新工单" in text and f"{order.number} 已逾期" in text
    assert '<span class="count">2</span>' in text
    client.post(f"/messages/{first.pk}/read")
    assert '<span class="count">1</span>' in client.get("/messages").content.decode()
    first.refresh_from_db()
    assert first.read_by == city.handler.id
    client.post("/messages/read")
    assert queries.unread(city.handler) == 0
    assert "没有未读的消息" in client.get("/messages").content.decode()
    assert order.number in client.get("/messages?show=all").content.decode()


def test_both_transmissions_of_an_order_are_one_thing_to_who_gets_both(city: City) -> None:
    order = city.signed()
    unit = told(order, f"unit:{city.squad.pk}", params={"leg": "unit", "unit": city.squad.pk})
    mine = told(order, city.handler.id, params={"leg": "officer", "unit": city.squad.pk})
    later = {"leg": "unit", "unit": city.squad.pk, "step": "deputy"}
    climbed = told(order, f"unit:{city.squad.pk}", params=later)
    client = client_of(city.handler)
    text = client.get("/messages").content.decode()
    assert '<span class="count">2</span>' in text
    assert text.count(f">{order.number} 新工单") == 1
    # Who is asked because nobody answered is not told of a new order.
    assert text.count(f">{order.number} 超时无人回执") == 1
    client.post(f"/messages/{mine.pk}/read")
    read = {m.pk: m.read_by for m in Message.objects.filter(order=order, event="transmitted")}
    assert (read[mine.pk], read[unit.pk], read[climbed.pk]) == (
        city.handler.id,
        city.handler.id,
        "",
    )


def test_nobody_reads_or_marks_what_is_told_to_another(city: City) -> None:
    message = told(city.signed(), f"unit:{city.squad.pk}")
    client = client_of(city.outsider)
    assert message.order.number not in client.get("/messages").content.decode()
    assert client.post(f"/messages/{message.pk}/read").status_code == 404
    client.post("/messages/read")
    message.refresh_from_db()
    assert message.read_at is None


def test_a_dead_letter_shows_its_error_and_is_tried_again(city: City) -> None:
    message = told(
        city.signed(),
        "complainant",
        channel="citizen",
        kind="notice",
        event="accepted",
        state="dead",
        tries=5,
    )
    Attempt.objects.create(message=message, at=clock.now(), ok=False, error="gateway: 503")
    client = client_of(city.dispatcher)
    text = client.get("/messages/log?state=dead").content.decode()
    assert all(
        word in text for word in ("受理告知", "诉求人", "gateway: 503", message.order.number)
    )
    assert "13900000001" not in text
    client.post(f"/messages/{message.pk}/retry")
    message.refresh_from_db()
    assert (message.state, message.tries) == ("waiting", 0)
    assert chain(f"message:{message.pk}")[-1].kind == "message.retried"


def test_only_what_is_known_to_have_arrived_is_called_so(city: City) -> None:
    order = city.signed()
    for more in (
        {"channel": "in_app"},
        {"channel": "citizen"},
        {"channel": "citizen", "delivered_at": clock.now()},
    ):
        told(order, "complainant", state="sent", event="accepted", **more)
    text = client_of(city.dispatcher).get("/messages/log?state=sent").content.decode()
    assert (text.count("已送达</td>"), text.count("已发出</td>")) == (2, 1)


def test_every_event_that_is_told_has_a_word(city: City) -> None:
    order = city.signed()
    events = {*EVENTS.values(), *TO_UNIT.values(), "transmitted"}
    words = {queries.event_word(told(order, "complainant", event=e)) for e in events}
    assert not events & words and len(words) == len(events)


def test_what_a_watcher_may_not_see_he_cannot_send_again(city: City) -> None:
    message = told(city.signed(), "complainant", state="dead")
    client = client_of(city.dispatcher)
    assert client.post("/messages/999999/retry").status_code == 404
    assert client.get("/messages?before=²").status_code == 200
    assert client.get("/calendar?year=²").status_code == 422
    assert client_of(city.handler).post(f"/messages/{message.pk}/retry").status_code == 403


def test_the_machines_keeper_learns_of_no_order(city: City) -> None:
    message = told(city.signed(), f"unit:{city.squad.pk}", state="dead")
    text = client_of(actor_named("sysadmin")).get("/messages/log").content.decode()
    assert city.squad.name in text
    assert message.order.number not in text
    assert client_of(city.handler).get("/messages/log").status_code == 403
    assert client_of(city.handler).post(f"/messages/{message.pk}/retry").status_code == 403


def test_the_menu_leads_to_what_a_post_needs_now_and_then(city: City) -> None:
    text = client_of(city.dispatcher).get("/messages").content.decode()
    for place in ("/messages/log", "/roster", "/calendar", "/packs", "/advice"):
        assert f'<a href="{place}">' in text, place
    assert (
        '<a href="/messages/log">' not in client_of(city.handler).get("/messages").content.decode()
    )


def test_the_number_in_the_head_is_that_of_the_list(city: City) -> None:
    """Counted by the database on every page, and told row by row in the list: both fold alike."""
    for _ in range(3):
        city.dispatched()
    seal()
    follow()
    for by in (city.handler, city.hub, city.dispatcher, city.outsider):
        listed = queries.folded(queries.inbox(by, unread=True))
        assert queries.unread(by) == len(listed)
    assert queries.unread(city.handler, most=2) == 2
