"""A house starts from nothing, and goes on from an earlier release, with the two roles of ADR 0005.

The application's role has no rights to what the owner is just making, and none that it waits for: a
migration that asks on the usual connection is refused here, where it would break a city's first start.
"""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from suqiu.cli.roles import user_of
from tests.cli.test_roles import Outside, outside  # noqa: F401 - the fixture below stands on it


@pytest.fixture
def house(outside: Outside) -> dict[str, str]:  # noqa: F811
    """A database without a table. The application's role is there and may log in, as beside the
    embedded server, and gives up soon where it would wait for ever."""
    name = user_of(outside.app)
    outside.admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'p@ss'")
    outside.admin.execute(f"ALTER ROLE {name} SET lock_timeout = '5s'")
    return {"DATABASE_URL": outside.app, "DATABASE_OWNER_URL": outside.owner}


def run(*command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_house_is_made_from_nothing_by_the_owner_alone(
    outside: Outside,  # noqa: F811
    house: dict[str, str],
) -> None:
    done = run("suqiu.cli", "migrate", **house)
    assert done.returncode == 0, done.stderr
    # Furnished and at work with the application's url alone: it has its rights to the last table.
    begun = run("tests.cli.furnished", DATABASE_URL=outside.app)
    assert begun.returncode == 0, begun.stderr
    # And this can fail.
    bad = run("suqiu.cli", "migrate", DJANGO_SETTINGS_MODULE="tests.cli.planted.settings", **house)
    assert bad.returncode != 0 and "permission denied for table planted_leaf" in bad.stderr


@pytest.mark.parametrize("back", [1, 3])
def test_a_house_with_a_row_in_each_table_goes_on_to_this_release(
    back: int,
    outside: Outside,  # noqa: F811
    house: dict[str, str],
) -> None:
    before = run("tests.cli.earlier", str(back), **house)
    assert before.returncode == 0, before.stderr
    made = set(json.loads(before.stdout))
    assert {"orders.Order", "visits.Commitment", "audit.Entry", "figures.FigureFact"} <= made
    done = run("suqiu.cli", "migrate", **house)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(outside.app) as web:
        # What was promised before there were clocks has one, and no second where it had one.
        clocks = web.execute("SELECT count(*) FROM visits_obligation").fetchone()
        assert clocks == (1,)
        web.execute("UPDATE visits_obligation SET code = code")
