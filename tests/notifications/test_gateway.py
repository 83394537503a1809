"""Text messages through a gateway that is slow, broken, lying or gone; settings that are nonsense."""

import datetime as dt
import json
import logging
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.conf import LazySettings
from django.test import Client

from suqiu.appellants.actions import take_in
from suqiu.audit.jobs import seal
from suqiu.audit.models import Access
from suqiu.base import clock
from suqiu.notifications import jobs
from suqiu.notifications.gateway import BadSetting, Failed, Gateway, described, sign
from suqiu.notifications.models import Attempt, Message
from suqiu.notifications.queries import dead_letters, proof
from tests.city import City
from tests.notifications.gateways import NUMBER, mobile

SECRET = "between the gateway and us"
BODY = '{"to": ["{phone}"], "content": "【中心】{text}", "seq": "{id}", "at": "{time}"}'


def gateway(url: str, **more: str) -> Gateway:
    given = {"url": url, "body": BODY, "success": "code=0", "timeout": "0.5", **more}
    made = described(given, production=False)
    assert made is not None
    return made


def one(how: Gateway) -> None:
    how.send(phone=NUMBER, text="已受理，编号1", id="notice-7", time=1790000000)


# The call itself


def test_what_is_sent_and_signed() -> None:
    with mobile() as server:
        one(gateway(server.url, secret=SECRET, headers='{"X-Key": "k", "X-At": "{time}"}'))
    (call,) = server.calls
    assert call["path"] == "/send?account=a1"
    assert json.loads(call["body"]) == {
        "to": [NUMBER],
        "content": "【中心】已受理，编号1",
        "seq": "notice-7",
        "at": "1790000000",
    }
    headers = call["headers"]
    assert headers["X-Key"] == "k" and headers["X-At"] == headers["X-Suqiu-Time"] == "1790000000"
    assert headers["X-Suqiu-Signature"] == sign(SECRET, 1790000000, call["body"])
    assert headers["Idempotency-Key"] == "notice-7"


def test_a_form_and_a_text_that_would_break_out() -> None:
    flat = '{"mobile": "{phone}", "content": "{text}"}'
    with mobile() as server:
        how = gateway(server.url, format="form", body=flat)
        how.send(phone=NUMBER, text='a&mobile=1","{phone}"', id="x", time=1)
    assert parse_qs(server.calls[0]["body"].decode()) == {
        "mobile": [NUMBER],
        "content": ['a&mobile=1","{phone}"'],
    }


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("error", "HTTP 500"),
        ("garbage", "the answer is not JSON"),
        ("refused", "code=4031"),
        ("quoting", "code=…"),
        ("elsewhere", "HTTP 307"),
        ("cut", "ConnectionResetError"),
        ("silent", "no answer in time"),
        ("dripping", "no answer in time"),
    ],
)
def test_each_way_to_fail_is_told_without_the_number(how: str, said: str) -> None:
    with mobile(how) as server:
        began = time.monotonic()
        with pytest.raises(Failed) as failed:
            one(gateway(server.url))
        assert time.monotonic() - began < 2.5
        assert len(server.calls) == 1  # a redirect was not followed
    assert str(failed.value) == said
    assert failed.value.__cause__ is None and NUMBER not in repr(failed.value)


def test_nobody_there() -> None:
    with mobile() as server:
        pass
    with pytest.raises(Failed, match="ConnectionRefusedError"):
        one(gateway(server.url))


def test_a_secret_is_not_printed() -> None:
    assert SECRET not in repr(gateway("https://sms.example/", secret=SECRET))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "ftp://sms.example/"}, "SUQIU_SMS_URL"),
        ({"url": "https://{phone}.example/"}, "SUQIU_SMS_URL"),
        ({"url": "https://sms.example/?to={phone}"}, "SUQIU_SMS_URL"),
        ({"url": "https://user:word@sms.example/"}, "SUQIU_SMS_URL"),
        ({"url": "https://sms.example:port/"}, "SUQIU_SMS_URL"),
        ({"url": "http://sms.example/"}, "https only"),
        ({"method": "GET"}, "POST or PUT"),
        ({"format": "xml"}, "json or form"),
        ({"format": "form"}, "one of texts only"),
        ({"body": "{phone} {text}"}, "not JSON"),
        ({"body": '{"to": "{phone}"}'}, "without {text}"),
        ({"body": '{"to": "{phone}", "t": "{text}", "n": "{name}"}'}, "{name}"),
        ({"headers": '{"X-To": "{phone}"}'}, "{phone}"),
        ({"headers": '{"X": "a\\r\\nY: b"}'}, "no header"),
        ({"success": "yes"}, "SUQIU_SMS_SUCCESS"),
        ({"timeout": "soon"}, "SUQIU_SMS_TIMEOUT"),
        ({"timeout": "300"}, "SUQIU_SMS_TIMEOUT"),
        ({"receipt": '{"id": "seq"}'}, "SUQIU_SMS_RECEIPT"),
        ({"receipt": '{"id": "a", "state": "b", "delivered": "0"}'}, "SUQIU_SMS_SECRET"),
    ],
)
def test_nonsense_is_refused_at_the_start(given: dict[str, str], said: str) -> None:
    good = {"url": "https://sms.example/", "body": BODY}
    assert described(good, production=True)
    with pytest.raises(BadSetting) as refused:
        described({**good, **given}, production=True)
    assert said in str(refused.value)


def test_plain_http_stays_in_the_house() -> None:
    for url in ("http://127.0.0.1:9/", "http://10.2.3.4/sms", "http://localhost/"):
        assert described({"url": url, "body": BODY}, production=True)
    assert described({}, production=True) is None


# The message's way


@pytest.fixture
def told(city: City, settings: LazySettings) -> Any:
    """An accepted appeal whose notice waits, and a way to deliver it through a gateway."""
    settings.PRODUCTION = True

    def deliver(server: Any, **more: str) -> None:
        settings.SMS = replace(gateway(server.url, **more), timeout=0.5)
        jobs.deliver()

    city.accepted()
    seal()
    jobs.follow()
    return deliver


def everywhere() -> str:
    """Whatever the database holds about messages and tries."""
    rows = [*Message.objects.values(), *Attempt.objects.values(), *Access.objects.values()]
    return repr(rows)


def test_the_notice_arrives_and_the_number_stays_nowhere(
    told: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with mobile("error", "refused", "quoting", "garbage", "ok") as server:
        for _ in range(5):
            told(server)
            clock.set_to(clock.now() + dt.timedelta(hours=3))
    message = Message.objects.get()
    assert (message.state, message.tries) == ("sent", 5)
    assert [a.ok for a in message.attempts.order_by("pk")] == [False] * 4 + [True]
    assert {a.way for a in message.attempts.all()} == {"sms"}
    assert all(NUMBER in call["body"].decode() for call in server.calls)
    assert "已受理，编号" in json.loads(server.calls[0]["body"])["content"]
    assert len({json.loads(c["body"])["seq"] for c in server.calls}) == 1
    assert NUMBER not in everywhere() and NUMBER not in caplog.text
    # Each opening of the identity left its line.
    looks = Access.objects.filter(verb="deliver", subject=message.order.chain)
    assert looks.count() == 5 and {look.reason for look in looks} == {"accepted"}


def test_cut_after_it_was_accepted_it_comes_again_and_is_marked_once(told: Any) -> None:
    with mobile("cut", "ok") as server:
        told(server)
        assert Message.objects.get().state == "waiting"
        clock.set_to(clock.now() + dt.timedelta(minutes=2))
        told(server)
        told(server)
    first, second = (json.loads(call["body"]) for call in server.calls)
    assert first["seq"] == second["seq"]
    assert Message.objects.get().state == "sent" and Attempt.objects.filter(ok=True).count() == 1


def test_given_up_after_five_and_told_why(told: Any) -> None:
    with mobile("error") as server:
        for _ in range(7):
            told(server)
            clock.set_to(clock.now() + dt.timedelta(hours=3))
        assert len(server.calls) == 5
    letter = dead_letters().get()
    assert proof(letter.order)[0].error == "Failed: HTTP 500"


def test_whom_no_text_reaches_is_a_dead_letter_at_once(city: City, settings: LazySettings) -> None:
    settings.PRODUCTION = True
    city.accepted(appellant=take_in(name="王试", phone="021-55550123", by=city.call_taker))
    seal()
    jobs.follow()
    with mobile() as server:
        settings.SMS = gateway(server.url)
        jobs.deliver()
    assert not server.calls
    assert "cannot be sent" in dead_letters().get().attempts.get().error


def test_a_gateway_that_is_away_is_left_alone_and_holds_nobody_up(
    city: City, settings: LazySettings
) -> None:
    settings.PRODUCTION = True
    for _ in range(4):
        city.dispatched()
    seal()
    jobs.follow()
    with mobile("error") as server:
        settings.SMS = gateway(server.url)
        jobs.deliver()
        assert len(server.calls) == jobs.ENOUGH
    assert set(Message.objects.filter(channel="in_app").values_list("state", flat=True)) == {"sent"}
    assert Message.objects.filter(to="complainant", tries=0).count() == 8 - jobs.ENOUGH


def test_the_demo_keeps_its_file_and_production_has_none(
    city: City, settings: LazySettings
) -> None:
    city.accepted()
    seal()
    jobs.follow()
    with mobile() as server:
        settings.SMS, settings.MODE = gateway(server.url), "demo"
        jobs.deliver()
    assert not server.calls and Attempt.objects.get().way == "file"


# Receipts


@pytest.fixture
def sent(told: Any, settings: LazySettings) -> Any:
    with mobile() as server:
        told(server)
    settings.SMS = gateway(
        "https://sms.example/",
        secret=SECRET,
        receipt='{"id": "data.seq", "state": "data.status", "delivered": "DELIVRD|0"}',
    )
    message = Message.objects.get()

    def say(
        status: str, *, id: str = f"notice-{message.pk}", secret: str = SECRET, old: int = 0
    ) -> int:
        body = json.dumps({"data": {"seq": id, "status": status}}).encode()
        moment = int(clock.now().timestamp()) - old
        return (
            Client()
            .post(
                "/receipts/sms",
                body,
                content_type="application/json",
                headers={
                    "X-Suqiu-Time": str(moment),
                    "X-Suqiu-Signature": sign(secret, moment, body),
                },
            )
            .status_code
        )

    return say


def test_a_receipt_is_noted_and_its_first_word_counts(sent: Any) -> None:
    assert sent("DELIVRD") == 204
    at = Message.objects.get().delivered_at
    assert at == clock.now() == proof(Message.objects.get().order)[0].delivered_at
    clock.set_to(clock.now() + dt.timedelta(minutes=1))
    assert sent("EXPIRED") == 204 and sent("DELIVRD") == 204
    message = Message.objects.get()
    assert (message.state, message.delivered_at, message.attempts.count()) == ("sent", at, 1)


def test_what_no_telephone_took_is_a_dead_letter(sent: Any) -> None:
    assert sent("UNDELIV") == 204
    assert sent("UNDELIV") == 204
    letter = dead_letters().get()
    assert [a.error for a in letter.attempts.order_by("pk")] == ["", "no telephone took it"]


def test_who_has_not_the_secret_or_comes_late_changes_nothing(sent: Any) -> None:
    assert sent("UNDELIV", secret="guessed") == 403
    assert sent("UNDELIV", old=301) == 403 and sent("UNDELIV", old=-301) == 403
    for headers in (
        {},
        {"X-Suqiu-Time": "²", "X-Suqiu-Signature": "ü"},
        {"X-Suqiu-Time": "1", "X-Suqiu-Signature": "é"},
    ):
        answer = Client().post("/receipts/sms", b"{}", content_type="x/y", headers=headers)
        assert answer.status_code == 403
    assert Message.objects.get().state == "sent"


def test_a_receipt_of_what_is_not_ours(sent: Any, settings: LazySettings) -> None:
    for id in ("notice-999999999", "notice-", "7", "notice-" + "9" * 30, "x"):
        assert sent("UNDELIV", id=id) == 204
    assert Message.objects.get().state == "sent"
    settings.SMS = None
    assert sent("DELIVRD") == 403
