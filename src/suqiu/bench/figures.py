"""bench figures: pages of figures from sums, in a small house and in a large one, and all sums anew.

Orders and figure facts are written, no more: copies of three orders that were taken the real way,
spread over three years (`bench.facts`), and one district's hub has its seats. The pages are the real
ones.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from django.db import connections

from suqiu.accounts.queries import actor_for, people_as
from suqiu.audit.jobs import seal
from suqiu.base.actors import Actor
from suqiu.bench import facts
from suqiu.bench.lives import closed, crew, signed
from suqiu.bench.measure import Figures, busy, spread, timed
from suqiu.bench.queue import logged_in, visit
from suqiu.bench.volume import Copies, multiply, settle
from suqiu.figures import keeping
from suqiu.figures.history import History

SMALL, DAYS, OPEN_SHARE, RUNS = 100_000, 1000, 0.03, 3
# One transaction each: the database's log is not filled by all at once.
PIECE = 1_000_000
# The page, and as whom: readers of every order, and the hub of one district.
PAGES = {
    "dashboard": ("leader", "/leader"),
    "dashboard_of_district": ("leader", "/leader?region=310104"),
    "dashboard_of_line": ("leader", "/leader?line=C"),
    "dashboard_of_district_and_line": ("leader", "/leader?region=310104&line=C"),
    "centre": ("dispatcher", "/centre"),
    "figures_by_unit": ("leader", "/figures?by=unit"),
    "figures_of_district": ("leader", "/figures?by=month&region=310104"),
    "units_of_district": ("leader", "/figures?by=unit&region=310104"),
    "district_hub": ("hub", "/unit"),
}
_TABLES = ("orders_order", "figures_figurefact", "figures_figuresum")
Progress = Callable[[str], object]


def run(*, orders: int, times: int, owner: str, progress: Progress) -> Figures:
    """p95 of the pages at 100,000 orders and at `orders`, how the leader's grew, of the city and of a
    district, and the time of making every sum anew beside a plain scan of the same files."""
    people = crew()
    progress("three orders the real way")
    open_one, *done = [signed(people).pk, closed(people).pk, closed(people).pk]
    seal()
    keeping.follow()
    facts.prepare([open_one, *done], using=owner)
    found: Figures = {}
    small, written = min(SMALL, orders), 0
    with tempfile.TemporaryDirectory(prefix="suqiu-history-") as folder:
        history = History(Path(folder))
        for total in sorted({small, orders}):
            began = perf_counter()
            _write(total - written, open_one, done, (people.unit.pk,), owner, progress)
            loaded, written = round(perf_counter() - began, 1), total
            (hub,) = people.hub.units_as("hub")
            facts.seat(hub, using=owner)
            progress(f"{total:,} orders: all sums anew")
            made = _recompute(history)
            settle(using=owner)
            progress(f"{total:,} orders: pages")
            found[f"at_{total}"] = {
                "load_s": loaded,
                **_pages(times, people.hub),
                **made,
                "mb": _sizes(owner),
            }
    first, last = found[f"at_{small}"], found[f"at_{orders}"]
    return {
        **_grown("", "dashboard", first, last),
        **_grown("district_", "dashboard_of_district", first, last),
        # Above the number of cores the machine was busy with other things as well.
        "load_average": round(os.getloadavg()[1], 1),
        "recompute_ratio": last["recompute_ratio"],
        **found,
    }


def _grown(name: str, page: str, first: Figures, last: Figures) -> Figures:
    """A page's p95 in the large house, and how many times that of the small one it is."""
    before, now = first[page], last[page]
    return {
        f"{name or 'dashboard_'}p95_ms": now["p95_ms"],
        f"{name}growth": round(now["p95_ms"] / before["p95_ms"], 2),
        f"{name}growth_of_cpu": round(now["cpu_ms"] / before["cpu_ms"], 2),
    }


def _write(
    more: int,
    open_one: int,
    done: list[int],
    units: tuple[int, ...],
    owner: str,
    progress: Progress,
) -> None:
    opened = int(more * OPEN_SHARE)
    share = (more - opened) // len(done)
    counts = {open_one: opened, **dict.fromkeys(done, share)}
    counts[done[-1]] += more - opened - share * len(done)
    with facts.unindexed(using=owner):
        for template, count in counts.items():
            days = 2 if template == open_one else DAYS
            for start in range(0, count, PIECE):
                with connections[owner].cursor() as cursor:
                    cursor.execute("SELECT max(id) FROM orders_order")
                    after = cursor.fetchone()[0]
                some = min(PIECE, count - start)
                multiply(Copies(template, some, units, days=days), using=owner, alone=True)
                facts.write(template, after, using=owner)
                progress(f"{some:,} orders more")


def _pages(times: int, hub: Actor) -> dict[str, Figures]:
    actors = {role: actor_for(people_as(role)[0]).id for role, _path in PAGES.values()}
    readers = {role: logged_in(who) for role, who in {**actors, "hub": hub.id}.items()}
    found = {}
    for name, (role, path) in PAGES.items():
        look = visit(readers[role], path)
        found[name] = {**spread(timed(look, times)), "cpu_ms": busy(look, times)}
    return found


def _recompute(history: History) -> Figures:
    """All sums from the files, and put in place; seconds are the best of three; in a large house
    they are made once."""
    began = perf_counter()
    facts = history.export()
    exported = perf_counter() - began
    times = RUNS if facts <= PIECE else 1
    scan, made = _best(history.scan, RUNS), _best(history.recompute, times)
    sums = history.keep()
    return {
        "facts": facts,
        "sums": sums,
        "export_s": round(exported, 1),
        "scan_s": round(scan, 3),
        "recompute_s": round(made, 3),
        "recompute_facts_per_s": round(facts / made),
        "recompute_ratio": round(made / scan, 1),
    }


def _sizes(owner: str) -> dict[str, int]:
    """Megabytes of each table with its indexes."""
    with connections[owner].cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(name::regclass) / 1048576 FROM unnest(%s::text[]) AS name",
            [list(_TABLES)],
        )
        return dict(cursor.fetchall())


def _best(work: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return min(seconds)
