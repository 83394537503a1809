"""The story of 2013: what is planted is the article's, and a figure that is not is named.

The whole of it, lived through the actions and counted, is in test_relived.py.
"""

import copy
import datetime as dt
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.cli.commands.demo import command
from suqiu.demo import figures_2013, looking, story
from suqiu.demo.models import Mark
from suqiu.demo.planted import script
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import regions_on
from suqiu.policy.queries import in_force, pack
from tests.city import City

LINES = ("G", "S", "C")


def test_what_comes_in_each_half_year(city: City) -> None:
    for year, n in ((2012, 99), (2013, 149)):
        rows = story.appeals(year, random.Random(year))
        assert len(rows) == n == len(story._moments(year, random.Random(1)))
        # No share of whole orders out of 149 is the article's 92.7 %: it takes weights and exclusions.
        said = [row["level"] for row in rows if row["level"]]
        weights = pack(in_force().pk).satisfaction
        told = round(100 * sum(weights[level] for level in said) / len(said), 1)
        assert told == {2012: 89.9, 2013: 92.7}[year]
        places = Counter(str(row["street"])[:6] for row in rows)
        assert len(places) == 17 and {"310108", "310230"} <= set(places)
        leading = sum(row["category"] in {"C0101", "C0102", "C0202"} for row in rows)
        assert leading > n / 2
        assert max(places.values()) - min(places.values()) <= 1
    assert not any(round(100 * k / 149, 1) == 92.7 for k in range(150))


def test_the_districts_of_2013_are_laid_under_their_names_of_then(city: City) -> None:
    sheet = story.sheet()
    codes = {str(unit["district"]) for unit in sheet["units"]} - {"310000"}
    assert len(codes) == 17 and Region.objects.filter(code__in=codes).count() == 17
    then = regions_on(dt.date(2013, 7, 1))
    assert set(then.exclude(tile_row=None).values_list("code", flat=True)) == codes
    assert not any("崇明区" in unit["name"] for unit in sheet["units"])
    posts = {post["unit"] for person in sheet["people"] for post in person["posts"]}
    wanted = {u["code"] for u in sheet["units"] if u["kind"] in {"hub", "department", "squad"}}
    assert wanted <= posts
    assert Unit.objects.filter(region="310230").count() == 0  # the demo's own city is left as it is


@pytest.mark.parametrize(
    ("n", "content"), [(34, 0.94), (32, 0.86), (34, 0.85), (17, 0.85), (1, 0.9)]
)
def test_answers_come_as_near_as_so_many_answers_can(city: City, n: int, content: float) -> None:
    weights = pack(in_force().pk).satisfaction
    said = looking.levels(n, content, random.Random(n))
    assert len(said) == n
    assert abs(sum(weights[level] for level in said) / n - content) <= 0.1 / n + 1e-9
    assert sum(looking.share(n, 0.94, random.Random(n))) >= 0.94 * n


def facts() -> dict[str, Any]:
    """As they come out, in short."""
    whole = {"value": 1.0, "weighting": "每件计 1", "n": 149}
    return {
        "districts": 17, "appeals": 149, "before": 99, "closed": 149, "growth": 50 / 99,
        "rates": {**dict.fromkeys(("timely", "disposal", "reply"), whole),
                  "satisfaction": {"value": (113 + 26 * 0.8 + 4 * 0.6) / 147, "weighting": "满意 1", "n": 147}},
        "rates_before": {"satisfaction": {"value": 89 / 99}},
        "inspection": {"lines": {
            line: {"timely": {"value": 0.97}, "solved": {"value": 0.94},
                   "satisfaction": {"value": value}}
            for line, value in zip(LINES, (0.938, 0.863, 0.853), strict=True)
        }},
        "journal": {"rows": 9, "verified": 9, "problems": []},
        "recounted": {"problems": [], "same": True},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["appeals"], 148, "appeals"), (["before"], 98, "before"), (["growth"], 0.49, "growth"),
        (["districts"], 16, "districts"), (["rates", "timely"], {"value": 0.99}, "timely"),
        (["rates", "satisfaction", "value"], 0.92, "satisfaction"),
        (["rates", "satisfaction", "weighting"], "", "weighting"),
        (["rates_before", "satisfaction", "value"], 0.92, "moved"),
        (["inspection", "lines", "S", "satisfaction", "value"], 0.87, "satisfaction, S"),
        (["inspection", "lines", "C", "solved", "value"], 0.9, "solved, C"),
        (["journal", "verified"], 8, "journal"), (["recounted", "same"], False, "report"),
        (["recounted", "problems"], ["order 1"], "recount"),
    ],
)  # fmt: skip
def test_a_figure_that_is_not_the_articles_is_named(
    path: list[str], value: Any, named: str
) -> None:
    assert figures_2013.differences(facts()) == []
    told = copy.deepcopy(facts())
    at = told
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    found = figures_2013.differences(told)
    assert found and any(named in line for line in found)


def test_another_demo_is_not_taken_for_the_story(db: None) -> None:
    now = clock.now()
    Mark.objects.create(seed=1, simulated_end=now, real_end=now, summary={"orders": 1})
    with pytest.raises(Refused) as refused:
        story.run(seed=1, progress=lambda line: None)
    assert refused.value.code == "demo.other"


def test_all_that_is_planted_says_that_it_is_invented() -> None:
    assert "编造" in script()["label"]
    assert json.dumps(script()["article"])  # nothing but figures


def test_the_command_wants_its_options_together(tmp_path: Path) -> None:
    from click.testing import CliRunner

    run = CliRunner().invoke
    assert run(command, ["--prove"]).exit_code == 2
    assert run(command, ["--story", "2013", "--limit", "3"]).exit_code == 2
