"""A stranger puts up a production house without the demo: from an empty database to the first order."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from suqiu.base import clock
from tests.cli.first_day import PASSWORD
from tests.cli.test_roles import Outside, outside

__all__ = ["outside"]
HERE = Path(__file__).parent
CITY = HERE / "small_city.csv"
BREAK = """
from suqiu.cli import house
with house.opened():
    from suqiu.demo.models import Mark
    Mark.objects.create(seed=1)
"""


class House:
    """Production's settings, as docs/install.md says, and the two urls of its database."""

    def __init__(self, outside: Outside, data: Path) -> None:
        self.outside = outside
        printed = outside.run("secrets").stdout
        self.environ = {
            **dict(line.split("=", 1) for line in printed.splitlines()),
            "SUQIU_MODE": "production",
            "SUQIU_HOSTS": "hotline.example",
            "SUQIU_BEHIND_PROXY": "true",
            "SUQIU_DATA": str(data),
            "SUQIU_LOG": "WARNING",
            "DATABASE_URL": outside.app,
        }

    def run(self, *words: str, given: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        return self._program(["-m", "suqiu.cli", *words], given, **more)

    def well(self, *words: str, given: str = "", **more: str) -> str:
        done = self.run(*words, given=given, **more)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def day(self, *words: str) -> str:
        done = self._program(["-m", "tests.cli.first_day", *words])
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout.splitlines()[-1]

    def _program(
        self, words: list[str], given: str = "", **more: str
    ) -> "subprocess.CompletedProcess[str]":
        import os

        return subprocess.run(
            [sys.executable, *words], env={**os.environ, **self.environ, **more}, input=given,
            cwd=HERE.parents[1], capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def empty(outside: Outside, tmp_path: Path) -> House:
    return House(outside, tmp_path / "data")


def test_from_an_empty_database_to_the_first_order_dispatched(empty: House) -> None:
    administrator = ("--role", "sysadmin", "--name", "甲试")
    create = ("admin", "create", "root.sys", *administrator)
    nobody = empty.run(*create, given=PASSWORD)
    assert nobody.returncode == 1 and "Traceback" not in nobody.stderr
    assert "The database does not answer" in nobody.stderr
    too_soon = empty.run(*create, given=PASSWORD, DATABASE_URL=empty.outside.owner)
    assert too_soon.returncode == 1 and "suqiu migrate" in too_soon.stderr
    empty.well("migrate", DATABASE_OWNER_URL=empty.outside.owner)
    said = empty.well("organisations", "import", str(CITY))
    assert said.startswith("3 districts, 7 units founded, 0 changed.")
    assert empty.well("organisations", "import", str(CITY)).startswith(
        "0 districts, 0 units founded, 0"
    )
    for login, role in (
        ("root.sys", "sysadmin"),
        ("root.sec", "secadmin"),
        ("root.aud", "auditadmin"),
    ):
        empty.well(
            "admin", "create", login, "--role", role, "--name", "甲试", given=f"{PASSWORD}\n"
        )
    empty.well("catalogue", "source", "YZ-HOT", "云州热线")
    empty.well("catalogue", "source", "52901111", "别城的热线", "--off")
    said = empty.well("catalogue", "publish", "--basis", "云州发〔2026〕1号")
    assert re.match(r"Edition 2: \d+ lines, 0 of them the city's own; \d+ fall to a", said), said
    told = empty.day("people")
    order = json.loads(empty.day("appeal", told))
    assert order["state"] == "dispatched"
    empty.well("worker", "--once")
    verified = empty.well("verify")
    assert "0 problems" in verified or "problem" not in verified, verified
    listed = empty.well("organisations", "list")
    assert "YZ" in listed and "CENTRE" not in listed and "上海" not in listed


def test_every_page_opens_before_there_is_an_order(empty: House) -> None:
    empty.well("migrate", DATABASE_OWNER_URL=empty.outside.owner)
    empty.well("organisations", "import", str(CITY))
    empty.well("catalogue", "publish", "--basis", "云州发〔2026〕1号")
    said = json.loads(empty.day("tour"))
    assert len(said) == 15
    for role, statuses in said.items():
        assert max(statuses) < 500 and 200 in statuses, f"{role}: {statuses}"


def test_a_year_is_brought_by_the_command_all_or_nothing(empty: House, tmp_path: Path) -> None:
    year, file = clock.today().year + 2, tmp_path / "year.csv"
    days = [
        (1, 1, "元旦"),
        (5, 1, "劳动节"),
        (5, 2, "劳动节"),
        (10, 1, "国庆"),
        (10, 2, "国庆"),
        (10, 3, "国庆"),
    ]
    sheet = "日期,类型,名称\n" + "".join(f"{year}-{m:02}-{d:02},休,{n}\n" for m, d, n in days)
    given = ("calendar", "import", str(file), "--year", str(year), "--source", "国办发〔2027〕1号")
    file.write_text(f"{sheet}{year}-02-30,休,\n", "utf-8")
    assert "suqiu migrate" in empty.run(*given, DATABASE_URL=empty.outside.owner).stderr
    empty.well("migrate", DATABASE_OWNER_URL=empty.outside.owner)
    wrong = empty.run(*given)
    assert wrong.returncode == 1 and "8" in wrong.stderr and "Traceback" not in wrong.stderr
    file.write_text(f"{sheet}{year}-04-05,休,清明\n", "utf-8")
    assert "1 days would change" in empty.well(*given, "--dry-run")
    assert "1 days changed" in empty.well(*given)
    again = empty.run(*given)
    assert again.returncode == 1 and str(year) in again.stderr
    assert "0 days changed" in empty.well(*given, "--correcting")


def test_a_house_with_the_demo_s_city_is_no_production(empty: House) -> None:
    empty.well("migrate", DATABASE_OWNER_URL=empty.outside.owner)
    made = empty._program(["-c", BREAK])
    assert made.returncode == 0, made.stderr
    said = empty.run("serve", "--port", "0")
    assert said.returncode == 1 and "demo's city" in said.stderr


@pytest.mark.parametrize(
    "keys", ["k1:" + "p" * 40, "k1:" + "QUFB" * 10, "k1:" + "nothing-of-this-is-base64-at-all!!!!"]
)
def test_a_key_that_cannot_seal_stops_the_house_before_the_first_identity(
    empty: House, keys: str
) -> None:
    said = empty.run("doctor", SUQIU_IDENTITY_KEYS=keys, DATABASE_URL=empty.outside.owner)
    assert said.returncode == 1 and "SUQIU_IDENTITY_KEYS" in said.stderr
    assert "Traceback" not in said.stderr and keys not in said.stderr
