"""What a process keeps of tables that seldom change: never older than the last write, whoever wrote."""

import threading

import pytest
from django.db import connection, transaction

from suqiu.audit.kept import KEPT_TABLES, still
from suqiu.catalogue.models import Source
from suqiu.catalogue.queries import source_of
from tests.city import City

pytestmark = pytest.mark.django_db


def _names(code: str) -> str:
    found = source_of(code)
    return found.name if found else ""


def _write(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_source SET name = %s WHERE code = '12345'", [name])


def test_each_kept_table_has_its_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype FROM pg_trigger WHERE tgname LIKE '%%_stamped'"
        )
        found = dict(cursor.fetchall())
    assert set(found) == KEPT_TABLES
    # After, for the statement: insert 4, delete 8, update 16, truncate 32.
    assert set(found.values()) == {4 + 8 + 16 + 32}


def test_what_anybody_writes_is_seen_at_once(city: City) -> None:
    before = _names("12345")
    _write("改了一次")
    assert before not in {"", "改了一次"}
    assert _names("12345") == "改了一次"
    Source.objects.filter(code="12345").update(active=False)
    assert source_of("12345") is None


def test_what_was_rolled_back_is_forgotten(city: City) -> None:
    before = _names("12345")
    for name in ("没有成的", "也没有成的"):
        with transaction.atomic():
            _write(name)
            assert _names("12345") == name
            transaction.set_rollback(True)
        assert _names("12345") == before


def test_it_is_read_once_and_asked_for_once_in_a_request(
    city: City, django_assert_num_queries: object
) -> None:
    source_of("12345")
    with django_assert_num_queries(1), still():  # type: ignore[operator]
        for _ in range(5):
            assert source_of("12345")
    with django_assert_num_queries(2):  # type: ignore[operator]
        source_of("12345")
        source_of("12345")


@pytest.mark.django_db(transaction=True)
def test_another_connection_s_write_counts_once_it_stands(city: City) -> None:
    before = _names("12345")
    wrote, seen, done = threading.Event(), threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            _write("别处改的")
            wrote.set()
            seen.wait(10)
        connection.close()
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert wrote.wait(10)
    assert _names("12345") == before
    seen.set()
    assert done.wait(10)
    thread.join()
    assert _names("12345") == "别处改的"
