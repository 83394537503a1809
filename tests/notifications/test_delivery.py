"""Killed in the middle, two at once, too slow: each message once, and the proof stays true."""

import datetime as dt

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail import EmailMessage

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Missing, NotAllowed
from suqiu.notifications import channels, jobs
from suqiu.notifications.actions import mark_read, retry
from suqiu.notifications.models import Attempt, Message
from suqiu.notifications.queries import dead_letters, inbox, line, proof, text_of
from suqiu.orders import jobs as order_jobs
from suqiu.orders.actions import dispatch, dispose, returns, verify
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Seat
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import centre
from tests.city import City
from tests.concurrency.threads import Together

YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)


def follow() -> int:
    seal()
    return jobs.follow()


def test_killed_between_messages_and_position_nothing_stays(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.dispatched()
    seal()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "advance_cursor", lambda *a: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            jobs.follow()
    assert not Message.objects.exists()
    written = jobs.follow()
    assert Message.objects.count() == written > 0 and jobs.follow() == 0


def test_a_small_batch_comes_to_the_end_too(city: City) -> None:
    order = city.replied()
    seal()
    jobs.follow(batch=3)
    assert [p.state for p in proof(order)] == ["waiting"] * 3


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_and_send_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    for name in ("file", "in_app"):
        monkeypatch.setitem(channels.CHANNELS, name, lambda message, text: sent.append(message.pk))
    order = city.dispatched()
    seal()
    assert not [a for a in Together(jobs.follow, jobs.follow).finish() if not isinstance(a, int)]
    assert not [a for a in Together(jobs.deliver, jobs.deliver).finish() if not isinstance(a, int)]
    messages = Message.objects.filter(order=order)
    assert sorted(sent) == sorted(messages.values_list("pk", flat=True))
    assert set(messages.values_list("state", "tries")) == {("sent", 1)}
    assert messages.filter(to="complainant").count() == 2


def test_a_claim_whose_holder_died_is_taken_over(city: City) -> None:
    city.accepted()
    follow()
    Message.objects.update(state="sending", claimed_at=clock.now(), tries=1)
    assert jobs.deliver() == 0
    city.wait(minutes=6)
    assert jobs.deliver() == 1
    assert Message.objects.get().state == "sent"


def test_whoever_lost_his_claim_does_not_undo_what_the_other_did(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(message: Message, text: str) -> None:
        taken = clock.now() + dt.timedelta(minutes=6)
        Message.objects.filter(pk=message.pk).update(state="sent", claimed_at=None, sent_at=taken)
        raise OSError("too late")

    monkeypatch.setitem(channels.CHANNELS, "file", slow)
    city.accepted()
    follow()
    jobs.deliver()
    assert Message.objects.get().state == "sent"
    assert not Attempt.objects.get().ok


def test_an_error_keeps_no_telephone(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(message: Message, text: str) -> None:
        raise OSError("no route to 13900000001")

    monkeypatch.setitem(channels.CHANNELS, "file", broken)
    city.accepted()
    follow()
    jobs.deliver()
    assert Attempt.objects.get().error == "OSError: no route to ■■■"
    waiting = Message.objects.get()
    assert waiting.next_try_at == clock.now() + dt.timedelta(minutes=1)


def test_where_no_channel_leads_to_citizens_nothing_is_called_sent(
    city: City, settings: LazySettings
) -> None:
    settings.PRODUCTION = True
    order = city.accepted()
    follow()
    jobs.deliver()
    assert proof(order)[0].state == "dead" and "受理告知 未送达" in line(order)


def test_a_dead_letter_gets_another_chance(city: City, settings: LazySettings) -> None:
    settings.PRODUCTION = True
    order = city.accepted()
    follow()
    jobs.deliver()
    letter = dead_letters().get()
    with pytest.raises(NotAllowed):
        retry(letter, by=city.handler)
    settings.PRODUCTION = False
    retry(letter, by=city.dispatcher)
    jobs.deliver()
    assert proof(order)[0].state == "sent" and not dead_letters().exists()
    assert Entry.objects.filter(kind="message.retried", actor=city.dispatcher.id).count() == 1


def test_a_unit_with_an_address_is_written_to(city: City) -> None:
    Unit.objects.filter(pk=city.squad.pk).update(email="squad@unit.example")
    order = city.dispatched()
    dispatch.urge(order, reason="诉求人来催", by=city.dispatcher)
    follow()
    jobs.deliver()
    assert {tuple(m.to) for m in mail.outbox} == {("squad@unit.example",)}
    assert any("催办" in str(m.body) for m in mail.outbox)
    names = [m.extra_headers["Message-ID"] for m in mail.outbox if isinstance(m, EmailMessage)]
    assert len(set(names)) == len(names) == len(mail.outbox)


def test_the_lead_does_not_learn_of_the_second_check(city: City) -> None:
    order = verify.verify(city.in_callback(urgency="紧急"), YES, by=city.hub)
    assert order.state == "second_check"
    follow()
    before = set(inbox(city.handler).values_list("pk", flat=True))
    city.wait(days=20)
    assert order_jobs.remind() >= 1
    follow()
    assert set(inbox(city.handler).values_list("pk", flat=True)) == before
    overdue = inbox(city.inspector).get(event="overdue")
    assert "二次回访" in text_of(overdue)


def test_the_debtor_of_a_clock_is_told_once(city: City) -> None:
    order = city.signed()
    city.wait(days=3)
    order_jobs.remind()
    order_jobs.remind()
    follow()
    told = inbox(city.head).filter(event="overdue")
    assert sorted(m.params["code"] for m in told) == ["dispose", "first_contact"]
    assert any(text_of(m) == f"{order.number} 处置已逾期" for m in told)


def test_nobody_answers_and_the_message_climbs_to_the_centre(city: City) -> None:
    city.dispatched()
    for _ in range(4):
        city.wait(minutes=31)
        order_jobs.climb()
    follow()
    assert inbox(city.dispatcher).filter(to=f"unit:{centre().pk}").exists()
    assert not inbox(city.call_taker).exists() and not inbox(city.outsider).exists()


def test_the_accused_reads_no_message_of_it(city: City) -> None:
    order = city.dispatched()
    follow()
    assert inbox(city.handler).exists()
    Seat.objects.create(order=order, unit=city.squad, role="accused", opened=clock.now())
    assert not inbox(city.handler).exists()


def test_what_was_told_stays_what_was_told(city: City) -> None:
    order = city.dispatched()
    returns.ask_return(order, reason_code="remit", reason="不在本辖区", by=city.handler)
    city.wait(hours=1)
    order = returns.uphold_return(order, by=city.dispatcher)
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    follow()  # only now: the first unit has lost it already
    first, second = Message.objects.filter(event="dispatched").order_by("pk")
    assert city.squad.name in text_of(first) and city.other_squad.name in text_of(second)
    assert "9月" in text_of(first)


def test_each_result_is_that_of_its_round(city: City) -> None:
    order = verify.verify(
        city.in_callback(result="explained"),
        Outcome(reached=True, solved=False),
        by=city.callback_officer,
    )
    dispose.dispose(
        order, result="solved", fact="true", words="当晚再次到场清理完毕。", by=city.handler
    )
    dispose.pass_disposal(order, by=city.head)
    dispose.reply(order, words="已再次告知。", by=city.handler)
    follow()
    first, second = Message.objects.filter(event="result").order_by("pk")
    assert "已解释说明" in text_of(first) and "已处理" in text_of(second)


def test_reading_is_for_those_whom_it_was_sent(city: City) -> None:
    city.dispatched()
    follow()
    message = inbox(city.handler, unread=True)[0]
    with pytest.raises(Missing):
        mark_read(message.pk, by=city.outsider)
    mark_read(message.pk, by=city.handler)
    assert message not in inbox(city.handler, unread=True)
