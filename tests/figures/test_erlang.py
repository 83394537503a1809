"""Erlang C against published values, against a queue that is played through, and by its own laws."""

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.figures import erlang


@pytest.mark.parametrize(
    ("agents", "load", "lost"),
    # From the tables of Erlang B: load in erlangs at which so many lines lose 1 %, 2 %, 5 %, 10 %.
    [(1, 0.0101, 0.01), (5, 1.3608, 0.01), (10, 4.4612, 0.01), (20, 12.031, 0.01),
     (10, 5.0840, 0.02), (10, 6.2157, 0.05), (30, 24.802, 0.05), (10, 7.5106, 0.10)],
)  # fmt: skip
def test_the_published_tables(agents: int, load: float, lost: float) -> None:
    assert erlang.blocked(agents, load) == pytest.approx(lost, abs=5e-5)


def test_a_textbook_half_hour() -> None:
    # One server is a queue M/M/1: the share that waits is its load. Two: 2ρ²/(1+ρ).
    assert erlang.waits(1, 0.6) == pytest.approx(0.6)
    assert erlang.waits(2, 1.0) == pytest.approx(1 / 3)
    # 100 calls a half hour of 180 s are 10 erlangs; 80 % within 20 s takes 14 (Koole's example).
    assert erlang.needed(10.0, 180, share=0.8, within=20) == 14
    assert erlang.in_time(14, 10.0, 180, 20) == pytest.approx(0.888, abs=0.001)
    assert erlang.in_time(13, 10.0, 180, 20) < 0.8


def test_a_queue_that_is_played_through_agrees() -> None:
    agents, load, handling, within = 6, 4.5, 200.0, 20.0
    rng = random.Random(7)
    free, now, waited, total, n = [0.0] * agents, 0.0, 0, 0.0, 200_000
    for _call in range(n):
        now += rng.expovariate(load / handling)
        start = max(now, heapq.heappop(free))
        heapq.heappush(free, start + rng.expovariate(1 / handling))
        waited += start - now > within
        total += start - now
    assert 1 - waited / n == pytest.approx(erlang.in_time(agents, load, handling, within), abs=0.01)
    assert total / n == pytest.approx(erlang.mean_wait(agents, load, handling), rel=0.08)


@given(
    load=st.floats(0.01, 300),
    handling=st.floats(20, 900),
    share=st.floats(0.5, 0.99),
    within=st.floats(0, 120),
)
def test_the_fewest_that_keep_the_promise(
    load: float, handling: float, share: float, within: float
) -> None:
    n = erlang.needed(load, handling, share=share, within=within)
    assert erlang.in_time(n, load, handling, within) >= share
    assert n - 1 <= load or erlang.in_time(n - 1, load, handling, within) < share
    busy = erlang.needed(load, handling, share=share, within=within, occupancy=0.8)
    assert busy >= n and load / busy <= 0.8 + 1e-6


def test_the_ends() -> None:
    assert erlang.needed(0, 0, share=0.8, within=20) == 0
    assert erlang.in_time(3, 3.0, 180, 20) == 0 and erlang.mean_wait(3, 3.0, 180) is None
    assert erlang.rostered(7, 0.3) == 10 and erlang.rostered(8, 0.3) == 12
    with pytest.raises(ValueError, match="erlangs"):
        erlang.needed(1e6, 180, share=0.8, within=20)
