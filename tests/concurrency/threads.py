"""Doing things at the same moment, each on its own connection."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction

PATIENCE = 20


class Together:
    """Deeds that begin at once; `answers` has what each returned, or the exception it raised."""

    def __init__(self, *deeds: Callable[[], Any]) -> None:
        self.answers: list[Any] = [None] * len(deeds)
        self._barrier = threading.Barrier(len(deeds))
        self._threads = [
            threading.Thread(target=self._run, args=(i, deed)) for i, deed in enumerate(deeds)
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, i: int, deed: Callable[[], Any]) -> None:
        try:
            self._barrier.wait(PATIENCE)
            self.answers[i] = deed()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.answers[i] = error
        finally:
            connections.close_all()

    def finish(self) -> list[Any]:
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a thread hangs"
        return self.answers


def behind(lock: Callable[[], Any], *deeds: Callable[[], Any]) -> list[Any]:
    """Hold `lock` until every deed waits for a lock, then let all go: a race that always happens."""
    with transaction.atomic():
        lock()
        running = Together(*deeds)
        until_waiting(len(deeds))
    return running.finish()


def until_waiting(wanted: int) -> None:
    """Until so many connections of this database wait for a lock."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= wanted:
                return
        time.sleep(0.01)
    raise AssertionError(f"{wanted} connections should be waiting for a lock")
