"""bench signals: frauds planted among honest orders; how many are found, and at what price."""

from collections.abc import Callable
from time import perf_counter

from suqiu.bench.measure import Figures
from suqiu.bench.planting import SHARES, Planting
from suqiu.bench.volume import settle
from suqiu.supervision.signals import jobs
from suqiu.supervision.signals.models import Evidence, Signal

Progress = Callable[[str], object]


def run(*, seed: int, honest: int, owner: str, progress: Progress, scale: float = 1.0) -> Figures:
    """Share of the planted frauds that stand in the evidence of a signal of their kind, and share of
    the honest orders that stand in a signal without a fraud of its kind (in one with it they are
    evidence: the picture that was used again, the reply that was copied)."""
    progress(f"{honest:,} honest orders, {round(sum(SHARES.values()) * scale)} frauds")
    field = Planting(seed, honest=honest, scale=scale, owner=owner)
    if owner != "default":
        settle(using=owner)
    progress("looking")
    began = perf_counter()
    jobs.look(s.order.pk for s in field.scenes)
    seconds = perf_counter() - began
    return {**score(field), "seconds": round(seconds, 1),
            "orders_a_second": round(len(field.scenes) / seconds)}  # fmt: skip


def score(field: Planting) -> Figures:
    standing: dict[int, tuple[str, set[int]]] = {
        pk: (kind, set()) for pk, kind in Signal.objects.values_list("pk", "kind")
    }
    for signal, order in Evidence.objects.values_list("signal", "order"):
        standing[signal][1].add(order)
    honest = {s.order.pk for s in field.scenes if not s.fraud}
    kinds: Figures = {}
    found_all, blamed_all = 0, set[int]()
    for kind in SHARES:
        planted = field.planted(kind)
        mine = [orders for k, orders in standing.values() if k == kind]
        found = planted & set().union(*mine)
        empty = [orders for orders in mine if not orders & planted]
        blamed = honest & set().union(*empty)
        found_all, blamed_all = found_all + len(found), blamed_all | blamed
        kinds[kind] = {
            "planted": len(planted), "found": len(found), "signals": len(mine),
            "signals_without_fraud": len(empty), "honest_blamed": len(blamed),
        }  # fmt: skip
    planted_all = sum(row["planted"] for row in kinds.values())
    return {
        "honest": len(honest), "planted": planted_all, "found": found_all,
        "found_share": round(found_all / planted_all, 3),
        "honest_blamed": len(blamed_all),
        "false_alarm_share": round(len(blamed_all) / len(honest), 4), "kinds": kinds,
    }  # fmt: skip
