"""What every test stands on: a PostgreSQL, a data folder of its own, a clock put back."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from suqiu.cli.postgres import running
from tests.city import city  # noqa: F401 - a fixture for every test

_open = ExitStack()
# No test is timed: a busy machine is no fault of the code (speed has its own commands).
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Start the database once; workers of xdist inherit its url through the environment."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="suqiu-tests-"))
    folder.chmod(0o755)  # the server's user must come through
    _open.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ.setdefault("SUQIU_DATA", str(folder))
    url = _open.enter_context(running(folder, fast=True))
    _correct_settings(url, Path(os.environ["SUQIU_DATA"]))


def _correct_settings(url: str, data: Path) -> None:
    # pytest-django reads the settings before this file is loaded, and so before there is a server.
    import environ
    from django.conf import settings

    settings.DATABASES["default"].update(environ.Env.db_url_config(url))
    settings.DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
    settings.DATA = data
    settings.OUTBOX = data / "outbox"
    settings.MEDIA_ROOT = str(data / "files")
    settings.STATIC_ROOT = data / "static"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _open.close()


@pytest.fixture(autouse=True)
def _clock_put_back() -> Iterator[None]:
    yield
    import datetime as dt

    from suqiu.base import clock

    clock.shift(dt.timedelta(0))


@pytest.fixture(autouse=True)
def _language_put_back() -> Iterator[None]:
    """A page asked for in English leaves its thread speaking English to whatever test comes next."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def bare_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a transaction around the test and without emptying it after.

    For tests of locks and threads: the journal refuses TRUNCATE, and what migrations put in stays.
    Whoever writes here must write what disturbs nobody.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; in CI it must be there."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail("CI has no Chromium, and nothing is skipped in CI.")
    pytest.skip("NO CHROMIUM ON THIS MACHINE: nothing was tested in a browser")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The small city is laid once a worker; what a test does to it is rolled back."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from suqiu.base import clock
    from suqiu.demo import city as demo_city
    from tests.city import DISTRICT, MONDAY, OTHER

    # pytest-django makes none for tests that ask for bare_database only, and they would write into
    # the developer's own.
    made = None
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if not connection.settings_dict["NAME"].startswith("test_"):
            made = setup_databases(verbosity=0, interactive=False)
        clock.set_to(MONDAY)
        demo_city.lay([DISTRICT, OTHER])
        clock.set_to(None)
    yield
    # A server that ran beside a test may leave a connection behind, and no database is dropped under it.
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if made:
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _flush_passes_the_wall() -> Iterator[None]:
    """A test with real transactions ends by TRUNCATE, which the journal refuses to everybody else."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    before = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        statements = before(self, *args, **options)
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
