"""A query code for who calls by telephone: told once, journalled, and the former one is void."""

import json
import re
import uuid

import pytest
from django.test import Client

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry, Statement
from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed
from suqiu.intake.actions import issue_code
from suqiu.intake.models import Key
from suqiu.intake.queries import key_of
from suqiu.notifications import channels, jobs
from suqiu.notifications.models import Message
from suqiu.orders.models import Order
from suqiu.portal import actions as portal
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
SHOWN = re.compile(r'query-code">(\d{4} \d{4})<')


def asked(order: Order, by: Actor) -> str:
    page = client_of(by).post(f"/orders/{order.number}/code")
    found = SHOWN.search(page.content.decode())
    assert page.status_code == 200 and found and "no-store" in page["Cache-Control"]
    return found[1]


def test_a_code_is_told_once_opens_and_the_next_one_voids_it(city: City) -> None:
    order = city.accepted()
    first = asked(order, city.call_taker)
    assert not SHOWN.search(
        client_of(city.call_taker).get(f"/orders/{order.number}").content.decode()
    )
    citizen = Client().post("/portal/follow", {"number": order.number, "code": first})
    assert citizen.status_code == 302
    second = asked(order, city.dispatcher)
    assert key_of(order.number, first) is None and key_of(order.number, second) == order.pk
    entries = Entry.objects.filter(chain=order.chain, kind="code.issued").order_by("pk")
    assert [(e.actor, e.data) for e in entries] == [
        (city.call_taker.id, {"again": False}),
        (city.dispatcher.id, {"again": True}),
    ]
    kept = json.dumps([*Entry.objects.values_list("data", flat=True)])
    kept += str([*Statement.objects.values()]) + str([*Key.objects.values()])
    assert second.replace(" ", "") not in kept


def test_a_unit_issues_none(city: City) -> None:
    order = city.dispatched()
    said = client_of(city.handler).post(f"/orders/{order.number}/code")
    assert said.status_code == 403 and not Key.objects.exists()
    assert (
        "发一个查询码"
        not in client_of(city.handler).get(f"/orders/{order.number}").content.decode()
    )
    with pytest.raises(NotAllowed):
        issue_code(order, sent=uuid.uuid4().hex, by=city.handler)


def texts(monkeypatch: pytest.MonkeyPatch, fails: int = 0) -> list[str]:
    """What leaves for the citizens' telephones; the first tries fail after they were sent."""
    sent: list[str] = []

    def away(message: Message, text: str) -> None:
        sent.append(text)
        if len(sent) <= fails:
            raise OSError("no answer")

    monkeypatch.setitem(channels.CHANNELS, "file", away)
    return sent


def test_the_notice_of_acceptance_brings_the_code(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = texts(monkeypatch, fails=1)
    order = city.accepted()
    seal()
    jobs.follow()
    jobs.deliver()
    city.wait(hours=1)
    jobs.deliver()
    codes = [found[0] for text in sent if (found := re.search(r"\b\d{8}(?=，)", text))]
    assert len(codes) == 2, "a try that failed may have arrived; the next brings another code"
    assert key_of(order.number, codes[0]) is None and key_of(order.number, codes[1]) == order.pk
    assert codes[1] not in str([*Message.objects.values()])


def test_who_has_a_code_from_the_web_is_sent_none(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = texts(monkeypatch)
    order = city.accepted()
    code = portal.issue(order, uuid.uuid4().hex)
    seal()
    jobs.follow()
    jobs.deliver()
    assert sent and not any("网上查进度的查询码" in text for text in sent)
    assert key_of(order.number, code) == order.pk
