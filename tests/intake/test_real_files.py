"""The public files of the neighbouring folder, where they are there: nothing of them is copied."""

import os
import shutil
import time
from pathlib import Path

import pytest

from suqiu.base.actors import system
from suqiu.intake.actions import import_file
from suqiu.orders.models import Order
from tests.city import City

ROWS = 300
ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SUQIU_SHARED_DATA") or ROOT.parent / "shared" / "data")


def brought(name: str, tmp_path: Path) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"NO {name} IN {DATA} (SUQIU_SHARED_DATA): the real file was not imported")
    return Path(shutil.copy(DATA / name, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["appeals_hotspots.csv", "nyc311_sample.csv"])
def test_a_real_file_loses_nothing_and_doubles_nothing(
    city: City, tmp_path: Path, name: str
) -> None:
    path = brought(name, tmp_path)
    started = time.monotonic()
    outcome = import_file(path, by=system("import"), limit=ROWS)
    took = time.monotonic() - started
    assert outcome.created + outcome.known + outcome.rejected == outcome.rows
    assert outcome.rejected == 0
    assert Order.objects.count() == outcome.created
    assert took / outcome.rows < 0.1, f"{took / outcome.rows:.3f} s a row"
    again = import_file(path, by=system("import"), limit=ROWS)
    assert (again.created, again.known) == (0, outcome.rows)
