"""Commits overtake each other, sealers meet: each row has one place, and a follower misses none."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from suqiu.audit import journal, queries
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.models import Entry, Place, Unsealed
from suqiu.base.actors import system
from tests.concurrency import threads
from tests.concurrency.threads import PATIENCE, Together, behind

BY = system("seal")
pytestmark = pytest.mark.django_db(transaction=True)


def write(chain: str, n: int) -> Entry:
    with transaction.atomic():
        return journal.append(chain, "tried", by=BY, data={"n": n}, words={"said": "话"})


def followed(reader: str) -> list[int]:
    """What the reader sees now; its position is kept."""
    seen = queries.follow(reader)
    if seen:
        queries.advance_cursor(reader, seen[-1][0])
    return [entry.pk for _, entry in seen]


def positions() -> list[int]:
    return list(Place.objects.order_by("position").values_list("position", flat=True))


def test_a_slow_commit_is_placed_late_and_not_passed_over() -> None:
    seal()
    followed("tests")
    while followed("tests"):
        pass
    written, go_on, slow = threading.Event(), threading.Event(), []

    def write_slowly() -> None:
        with transaction.atomic():
            slow.append(journal.append("slow", "tried", by=BY).pk)
            written.set()
            assert go_on.wait(PATIENCE)

    running = Together(write_slowly)
    assert written.wait(PATIENCE)
    fast = write("fast", 1).pk
    assert slow[0] < fast
    assert seal() == 1 and followed("tests") == [fast]
    assert seal() == 0 and followed("tests") == []
    go_on.set()
    assert running.finish() == [None]
    assert seal() == 1 and followed("tests") == slow
    assert seal() == 0 and not Unsealed.objects.exists()
    assert positions() == list(range(1, len(positions()) + 1))
    assert checkpoint() == len(positions())
    assert queries.verify(queries.head()).problems == []


def test_sealers_at_once_give_dense_places() -> None:
    seal()
    before = len(positions())
    for n in range(60):
        write(f"chain{n % 5}", n)

    def seal_in_small_steps() -> int:
        placed = 0
        while Unsealed.objects.exists():
            with connection.cursor() as cursor:
                cursor.execute("SELECT audit_seal(3)")
                placed += cursor.fetchone()[0]
        return placed

    placed = Together(*[seal_in_small_steps] * 4).finish()
    assert sum(placed) == 60
    assert positions() == list(range(1, before + 61))
    assert Place.objects.values("kind", "ref").distinct().count() == before + 60
    assert queries.verify().problems == []


def test_checkpoints_at_once_cover_each_place_once() -> None:
    for n in range(5):
        write("chain", n)
    seal()
    covered = Together(*[checkpoint] * 3).finish()
    assert sorted(covered) == [0, 0, len(positions())]
    assert queries.verify(queries.head()).problems == []


def test_two_who_write_one_chain_without_its_lock_collide_and_one_is_undone_whole() -> None:
    write("chain", 0)

    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE")

    answers = behind(lock, *[lambda: write("chain", 1)] * 2)
    assert {type(a) for a in answers} == {IntegrityError, Entry}
    assert [e.seq for e in queries.chain("chain")] == [1, 2]
    seal()
    assert queries.verify().problems == []


def test_until_waiting_is_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The races of these tests are only races if the waiting is really seen."""
    monkeypatch.setattr(threads, "PATIENCE", 0.05)
    with pytest.raises(AssertionError, match="waiting"):
        threads.until_waiting(1)
