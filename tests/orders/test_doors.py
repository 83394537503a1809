"""The doors to orders, as the database goes through them."""

import pytest
from django.db import connection

from suqiu.orders.queries import accusing
from tests.city import City

pytestmark = pytest.mark.django_db


def test_whose_orders_accuse_nobody_of_his_reads_no_other_seats(city: City) -> None:
    """Every page asks it; a prepared statement knows no parameter when it is planned."""
    city.signed()
    statement, given = accusing(city.leader).values("pk").query.sql_with_params()
    numbered = statement % tuple(f"${n + 1}" for n in range(len(given)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"PREPARE accusing AS {numbered} LIMIT 1")
        cursor.execute(f"EXPLAIN EXECUTE accusing ({', '.join(repr(str(one)) for one in given)})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE accusing")
    assert "orders_accused" in plan, plan
