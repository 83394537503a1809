"""What DuckDB makes of the facts in Parquet is what the database makes of them, to the unit."""

from pathlib import Path

import pytest

from suqiu.figures import history
from suqiu.figures.history import History
from suqiu.figures.models import FigureFact, FigureSum
from tests.city import City
from tests.figures.test_queries import closed
from tests.figures.test_rollups import (
    _elsewhere,
    _given_to_another,
    _late,
    _returned,
    _unhappy,
    _waived,
    _withdrawn,
    differing,
    follow,
)


@pytest.mark.parametrize("piece", [2, 1_000_000])
def test_sums_made_outside_are_those_made_inside(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(history, "PIECE", piece)
    for step in (
        closed,
        _late,
        _returned,
        _given_to_another,
        closed,
        _unhappy,
        _withdrawn,
        _waived,
        _elsewhere,
    ):
        step(city)
        city.wait(days=6, hours=7)
    follow()
    there = FigureSum.objects.count()
    FigureSum.objects.all().delete()
    made = History(tmp_path)
    assert made.export() == FigureFact.objects.count() == 12
    made.scan()
    assert made.recompute() == there > 500
    made.keep()
    assert differing() == []
