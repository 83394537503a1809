"""Messages: each once, sent outside transactions, tried again, and given up with a reason."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from django.db import connection

from suqiu import policy
from suqiu.audit.jobs import seal
from suqiu.audit.models import Cursor
from suqiu.base import clock
from suqiu.notifications import channels, jobs
from suqiu.notifications.models import Attempt, Message
from suqiu.notifications.queries import dead_letters, inbox, proof, text_of
from suqiu.notifications.rules import EVENTS, owed
from suqiu.orders.states import VERBS
from suqiu.policy.rules import NoticeSpec
from tests.city import City


def follow_all() -> None:
    seal()
    while jobs.follow():
        pass


def test_the_three_notices_are_given_with_proof(city: City) -> None:
    order = city.replied()
    follow_all()
    jobs.deliver()
    assert [(p.event, p.state, p.tries) for p in proof(order)] == [
        ("accepted", "sent", 1),
        ("dispatched", "sent", 1),
        ("result", "sent", 1),
    ]


def test_following_twice_or_from_the_start_writes_nothing_twice(city: City) -> None:
    city.dispatched()
    follow_all()
    before = Message.objects.count()
    Cursor.objects.filter(reader=jobs.READER).update(position=0)
    follow_all()
    assert Message.objects.count() == before > 0


def test_both_transmissions_reach_their_lists(city: City) -> None:
    city.dispatched()
    follow_all()
    kinds = list(inbox(city.handler).values_list("kind", flat=True))
    assert kinds.count("transmission") == 2


def test_no_message_carries_an_identity(city: City) -> None:
    order = city.dispatched()
    follow_all()
    for message in Message.objects.filter(order=order):
        said = f"{message.params}{message.to}{text_of(message)}"
        assert "13900000001" not in said and "王试" not in said


def test_a_failing_channel_is_tried_again_then_given_up(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: Message, text: str) -> None:
        raise OSError("the gateway is away")

    monkeypatch.setitem(channels.CHANNELS, "file", broken)
    city.accepted()
    follow_all()
    for _ in range(6):
        jobs.deliver()
        clock.set_to(clock.now() + dt.timedelta(hours=3))
    dead = dead_letters().get()
    assert dead.tries == 5 and Attempt.objects.filter(message=dead, ok=False).count() == 5


def test_one_without_a_telephone_is_a_dead_letter_at_once(city: City) -> None:
    from suqiu.appellants.actions import take_in

    city.accepted(appellant=take_in(anonymous=True, by=city.call_taker))
    follow_all()
    jobs.deliver()
    assert "no telephone" in dead_letters().get().attempts.get().error


@pytest.mark.django_db(transaction=True)
def test_a_channel_is_never_called_inside_a_transaction(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[bool] = []
    monkeypatch.setitem(
        channels.CHANNELS, "file", lambda message, text: inside.append(connection.in_atomic_block)
    )
    city.accepted()
    follow_all()
    jobs.deliver()
    assert inside == [False]


PACKS = sorted((Path(policy.__file__).parent / "data").rglob("*.yaml"))


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.stem)
def test_every_notice_that_a_shipped_pack_promises_can_be_sent(file: Path) -> None:
    """By a verb of the life cycle, to the one whom the pack names."""
    notices = [NoticeSpec(**n) for n in yaml.safe_load(file.read_text("utf-8"))["notifications"]]
    assert notices
    by_verb = {EVENTS[kind] for verb in VERBS if (kind := f"order.{verb}") in EVENTS}
    for spec in notices:
        assert spec.event in by_verb
        kinds = [kind for kind, event in EVENTS.items() if event == spec.event]
        sent = {
            o.to for kind in kinds for o in owed(kind, {}, [spec], lead=7) if o.kind == "notice"
        }
        assert sent == ({"complainant"} if spec.to == "complainant" else {"unit:7"})


def test_every_verb_that_owes_a_notice_in_the_table_of_lives_sends_it() -> None:
    for verb in VERBS.values():
        for event in verb.notices:
            assert EVENTS.get(f"order.{verb.name}") == event, verb.name
