"""Logging in twice at once: a double click is no attack, and many tries at once are."""

import pytest
from django.db import connection, transaction
from django.test import Client

from suqiu.accounts.queries import by_username
from tests.city import City
from tests.concurrency.threads import Together

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = "a-right-password-2026"


def tried(password: str) -> int:
    return Client().post("/login", {"username": "dispatcher1", "password": password}).status_code


@pytest.fixture
def dispatcher(city: City) -> None:
    person = by_username("dispatcher1")
    person.set_password(RIGHT)
    person.save()


def test_the_second_click_waits_for_the_first(dispatcher: None) -> None:
    assert Together(lambda: tried(RIGHT), lambda: tried(RIGHT)).finish() == [302, 302]


def test_who_would_wait_too_long_is_refused_unseen(
    dispatcher: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqiu.accounts.passwords.PATIENCE_MS", 100)
    with transaction.atomic(), connection.cursor() as cursor:
        key = "login:dispatcher1"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        assert Together(lambda: tried(RIGHT)).finish() == [403]
    assert tried(RIGHT) == 302
