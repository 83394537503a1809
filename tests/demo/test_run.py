"""The demo's month in small: two districts, some weeks, a few appeals, through the real actions."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.demo import arrivals, city, people, reporting, run
from suqiu.demo.models import Mark
from suqiu.orders.models import DrawPeriod
from suqiu.orders.queries import disagreements
from suqiu.reports import jobs
from suqiu.reports.models import Report
from suqiu.reports.proof import examine
from tests.city import DISTRICT, OTHER

KEYS = {
    "orders", "by_state", "closed", "rates", "journal", "notices", "transmissions", "callbacks",
    "elapsed_s",
}  # fmt: skip
RATES = {"timely", "disposal", "reply", "satisfaction", "solved"}
DAY = dt.timedelta(days=1)


class _Nothing:
    """Where the demo looks whether the database is empty: the tests' city lies there already."""

    class objects:  # noqa: N801
        @staticmethod
        def exists() -> bool:
            return False


@pytest.fixture
def small(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    rows = [
        row
        for file in sorted(arrivals.DATA.glob("appeals_*.yaml"))
        for row in yaml.safe_load(file.read_text("utf-8"))
        if str(row.get("street", "")).startswith((DISTRICT, OTHER))
    ]
    (tmp_path / "appeals_small.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), "utf-8")
    monkeypatch.setattr(arrivals, "DATA", tmp_path)
    lay = city.lay
    monkeypatch.setattr(city, "lay", lambda: lay([DISTRICT, OTHER]))
    monkeypatch.setattr(run, "Unit", _Nothing)
    monkeypatch.setattr(run, "END", run.START + 14 * DAY)
    monkeypatch.setattr(run, "TICK", dt.timedelta(hours=4))
    monkeypatch.setattr(run, "NIGHT_TICK", dt.timedelta(hours=6))
    # Who holds which post is remembered by the process; here each test has a city of its own.
    people.holders.cache_clear()
    people.in_unit.cache_clear()
    yield lambda seed: run.run(seed=seed, limit=18, progress=lambda line: None)
    people.holders.cache_clear()
    people.in_unit.cache_clear()


def test_a_small_month_ends_in_figures_and_another_seed_in_others(small: Any) -> None:
    with transaction.atomic():
        first = small(1)
        counted(first)
        # The second time the city is there, and is told of as it was.
        assert small(2) == first and Mark.objects.get().seed == 1
        transaction.set_rollback(True)
    people.holders.cache_clear()
    people.in_unit.cache_clear()
    second = small(2)
    counted(second)
    assert first["rates"] != second["rates"] and first["by_state"] != second["by_state"]
    assert first["journal"]["rows"] != second["journal"]["rows"]
    # When September is over it is reported: by three people's hands, with a number, as three files.
    assert not Report.objects.exists()
    clock.set_to(dt.datetime(2026, 10, 12, 18, tzinfo=clock.LOCAL))
    report = reporting.report(dt.date(2026, 9, 1))
    assert report and (report.state, report.number) == ("frozen", "诉求月报〔2026〕1号")
    assert report.figures["volume"]["now"] > 0 and report.made.count() == 3
    assert examine(report).same and jobs.draft_due() == 0


def counted(facts: dict[str, Any]) -> None:
    assert set(facts) >= KEYS
    assert set(facts["rates"]) >= RATES
    for rate in facts["rates"].values():
        assert set(rate) >= {"value", "numerator", "denominator", "weighting", "excluded"}
    assert sum(facts["by_state"].values()) == facts["orders"] > 5
    assert 0 < facts["closed"] <= facts["orders"]
    journal = facts["journal"]
    assert journal["rows"] == journal["verified"] > 100 and journal["problems"] == []
    assert facts["notices"] >= facts["closed"] and facts["transmissions"] > 0
    assert facts["callbacks"]["first"] > 0
    assert disagreements() == []


def test_a_database_that_is_not_the_demos_is_left_alone(db: None) -> None:
    with pytest.raises(Refused) as refused:
        run.run(seed=1, progress=lambda line: None)
    assert refused.value.code == "demo.foreign" and not Mark.objects.exists()


def test_a_city_that_was_not_finished_is_not_taken_for_one(db: None) -> None:
    Mark.objects.create(seed=1)
    with pytest.raises(Refused) as refused:
        run.run(seed=1, progress=lambda line: None)
    assert refused.value.code == "demo.half"


def test_who_is_drawn_for_a_second_check_is_the_seeds_too(db: None) -> None:
    def hashes(seed: int) -> list[tuple[str, str]]:
        with transaction.atomic():
            run._draw(seed)
            told = list(DrawPeriod.objects.order_by("pk").values_list("pk", "fingerprint"))
            transaction.set_rollback(True)
        return told

    first = hashes(1)
    assert [period for period, _hash in first] == ["2026-09", "2026-10"]
    assert hashes(1) == first and not set(hashes(2)) & set(first)
