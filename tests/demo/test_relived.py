"""The whole mission as one acceptance test: the first half of 2013 lived and counted, as anybody calls it.

It takes a minute or two, and stands here all the same: as a command beside the proof it was wrong for a
night before anybody called it.
"""

from pathlib import Path

import pytest

from tests.cli.test_roles import Outside, outside

__all__ = ["outside"]
pytestmark = pytest.mark.slow


def test_the_articles_figures_come_out_of_a_half_year_of_orders(
    outside: Outside, tmp_path: Path
) -> None:
    done = outside.run(
        *("demo", "--story", "2013", "--once", "--prove"),
        DATABASE_URL=outside.owner, SUQIU_DATA=str(tmp_path),
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert done.returncode == 0, "\n".join([*said[-15:], done.stderr[-4000:]])
    assert said[-1] == "Every figure of the article came out of the orders."
    assert any("受理 149 件，去年同期 99 件，+50.5 %" in line for line in said)
    again = outside.run("figures", "verify", DATABASE_URL=outside.owner, SUQIU_DATA=str(tmp_path))
    assert again.returncode == 0, again.stdout + again.stderr
