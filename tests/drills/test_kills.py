"""kill -9 at random moments while people and a machine work: nothing acknowledged is lost, nothing is
doubled. The long form is `suqiu bench kills`; `DRILL_SEED` chooses other moments."""

import os

import pytest

from suqiu.bench.drill.kills import drill

ORDERS, KILLS = 10, 8


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_doubled() -> None:
    seed = int(os.environ.get("DRILL_SEED", "20261123"))
    out = drill(seed, orders=ORDERS, most=KILLS)
    assert out.wrong == [], (seed, out.killed)
    assert len(out.acknowledged) >= ORDERS
    assert len(out.killed) == KILLS
    assert set(out.killed) >= {"answering", "worker", "postgres"}, out.killed
    assert out.starts > 1, (seed, out.killed)
