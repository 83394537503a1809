"""The frauds' bench in small: most are found, few honest orders are blamed, and the planting does not
know by what it is looked for."""

import ast
from pathlib import Path

from suqiu.bench import planting
from suqiu.bench.signals import score
from suqiu.policy import signals as thresholds
from suqiu.supervision.signals import jobs
from tests.city import City


def test_most_frauds_are_found_and_few_honest_orders_blamed(city: City) -> None:
    field = planting.Planting(5, honest=150, scale=0.2, owner="default")
    before = score(field)
    assert before["found"] == before["honest_blamed"] == 0 < before["planted"]
    jobs.look(s.order.pk for s in field.scenes)
    after = score(field)
    assert after["found_share"] >= 0.75, after  # few of each kind: the large run says how many
    assert after["false_alarm_share"] <= 0.05, after
    assert all(row["found"] for row in after["kinds"].values()), after
    assert jobs.look(s.order.pk for s in field.scenes) == 0


def test_the_planting_knows_no_threshold() -> None:
    tree = ast.parse(Path(planting.__file__).read_text())
    modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert not [m for m in modules if "policy" in m or "supervision" in m]
    assert thresholds.BEFORE.praise.times > 1
