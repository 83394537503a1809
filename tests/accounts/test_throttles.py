"""All processes count together, and no race makes a fault."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client as Http

from suqiu.accounts import jobs, throttles
from suqiu.accounts.models import Throttle
from suqiu.base import clock
from tests.concurrency.threads import Together

AT = dt.datetime(2026, 9, 14, 1, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_window_fills_ends_and_is_forgotten() -> None:
    clock.set_to(AT)
    made = [throttles.count("x", "a", most=3, seconds=60) for _ in range(6)]
    assert [t.too_many for t in made] == [False] * 3 + [True] * 3
    assert [t.left for t in made] == [2, 1, 0, 0, 0, 0] and made[0].resets_in == 60
    assert not throttles.count("x", "b", most=3, seconds=60).too_many
    assert not throttles.count("y", "a", most=3, seconds=60).too_many
    clock.set_to(AT + dt.timedelta(seconds=59, milliseconds=500))
    assert throttles.look("x", "a", most=3, seconds=60).resets_in == 1
    assert jobs.forget_throttles() == 0
    clock.set_to(AT + dt.timedelta(seconds=60))
    assert throttles.look("x", "a", most=3, seconds=60).made == 0
    again = throttles.count("x", "a", most=3, seconds=60)
    assert (again.made, again.resets_in) == (1, 60)
    assert jobs.forget_throttles() == 2 and Throttle.objects.count() == 1


@pytest.mark.django_db
def test_who_tried_is_not_in_the_table() -> None:
    throttles.count("guess", "198.51.100.0/24:abcdefghij", most=3, seconds=60)
    (row,) = Throttle.objects.values_list("key", flat=True)
    assert len(row) == 64 and "198" not in row[:6]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_throttle'")
        assert cursor.fetchone() == ("u",)


def _wrong(prefix: str) -> dict[str, str]:
    return {"Authorization": f"Bearer sq_{prefix}_{'A' * 43}"}


def test_guessers_at_the_same_moment_are_all_counted_and_none_meets_a_fault(
    bare_database: None,
) -> None:
    """Twelve threads on connections of their own, five tries each: ten are judged, the rest not."""
    prefix = "racerracer"

    def tries() -> list[int]:
        http = Http(raise_request_exception=False)
        return [http.get("/api/v1/sources", headers=_wrong(prefix)).status_code for _ in range(5)]

    answers = [status for some in Together(*[tries] * 12).finish() for status in some]
    assert sorted(answers) == [401] * 10 + [429] * 50


_PROCESS = """
import django; django.setup()
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
http = Client(raise_request_exception=False)
heads = {"Authorization": "Bearer sq_twicetwice_" + "A" * 43}
print(*[http.get("/api/v1/sources", headers=heads).status_code for _ in range(8)])
"""


def test_two_processes_count_together(bare_database: None) -> None:
    place = connection.settings_dict
    where = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    surroundings = {**os.environ, "DATABASE_URL": f"postgresql://{where}"}
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _PROCESS],
            stdout=subprocess.PIPE, text=True, env=surroundings,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = " ".join(one.communicate(timeout=120)[0] for one in running).split()
    assert sorted(said) == ["401"] * 10 + ["429"] * 6
