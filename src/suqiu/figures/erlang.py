"""How many people a half hour needs: Erlang C. Pure.

Calls come by chance at an even rate, are answered one by one in their order, and nobody hangs up: where
callers are impatient fewer people would do, so the answer is on the careful side. Formulas: A. K. Erlang
1917; the recursion of Erlang B keeps large numbers exact.
"""

import math

MOST = 2000  # agents; more than any hotline has


def blocked(agents: int, load: float) -> float:
    """Erlang B: the share (ratio) that would find all `agents` busy at a `load` in erlangs."""
    found = 1.0
    for n in range(1, agents + 1):
        found = load * found / (n + load * found)
    return found


def waits(agents: int, load: float) -> float:
    """Erlang C: the share (ratio) that has to wait; all of them where the load outgrows the agents."""
    if load <= 0:
        return 0.0
    if agents <= load:
        return 1.0
    lost = blocked(agents, load)
    return agents * lost / (agents - load * (1 - lost))


def in_time(agents: int, load: float, handling: float, within: float) -> float:
    """The share (ratio) answered within so many seconds, calls taking `handling` seconds each."""
    if load <= 0:
        return 1.0
    if agents <= load:
        return 0.0
    return 1 - waits(agents, load) * math.exp(-(agents - load) * within / handling)


def mean_wait(agents: int, load: float, handling: float) -> float | None:
    """Seconds that a caller waits on average; None where the queue would grow for ever."""
    if load <= 0:
        return 0.0
    return waits(agents, load) * handling / (agents - load) if agents > load else None


def needed(
    load: float, handling: float, *, share: float, within: float, occupancy: float = 1.0
) -> int:
    """The fewest agents that answer `share` of the calls within `within` seconds and are not busier
    than `occupancy` (ratios). Raises ValueError for a load that no hotline has."""
    if load <= 0:
        return 0
    if load > MOST * occupancy:
        raise ValueError(f"{load:.0f} erlangs")
    agents = max(math.floor(load) + 1, math.ceil(load / occupancy - 1e-9))
    while in_time(agents, load, handling, within) < share:
        agents += 1
    return agents


def rostered(agents: int, shrinkage: float) -> int:
    """How many have to be on the roster for so many to sit at the telephone."""
    return math.ceil(agents / (1 - shrinkage) - 1e-9)
