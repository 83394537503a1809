"""What a bench says: percentiles, and the machine on which they were had."""

import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from django.db import connection

from suqiu.base import clock

Figures = dict[str, Any]


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that `share` (0–1) of the sample does not exceed, nearest rank; NaN for none."""
    if not seconds:
        return float("nan")
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def spread(seconds: Sequence[float]) -> Figures:
    """p50, p95 and the worst in milliseconds, with the size of the sample."""
    return {
        "n": len(seconds),
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
        "max_ms": round(max(seconds, default=float("nan")) * 1000, 2),
    }


def timed(work: Callable[[], object], times: int, warm: int = 5) -> list[float]:
    """Seconds of each of `times` runs, after `warm` runs that are not counted."""
    for _ in range(warm):
        work()
    seconds = []
    for _ in range(times):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return seconds


def busy(visit: Callable[[], object], times: int) -> float:
    """Milliseconds of a processor that one page takes, in this process and in its database's: what
    other people's work on the machine does not stretch."""
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    began = process_time() + _ticks(backend)
    for _ in range(times):
        visit()
    return round((process_time() + _ticks(backend) - began) / times * 1000, 1)


def _ticks(stat: Path) -> float:
    """Seconds of processor that a process has had; 0 where the system does not tell."""
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> Figures:
    """Where and when: figures of two machines are never compared, only their ratios."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return {
        "date": clock.now().date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "postgresql": server,
        "suqiu": version("suqiu"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")


def resident_mb(pid: int) -> float:
    """The memory that a process and its children hold, in megabytes (shared pages counted once)."""
    total = 0
    for one in (pid, *_children(pid)):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return round(total / 1024, 1)


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and all whom it started have used, those that ended too.

    A busy machine makes answers late; what an answer costs stays nearly the same.
    """
    total = 0
    for one in (pid, *_children(pid)):
        try:
            told = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, told[11:13]))  # utime, stime
        if one == pid:
            total += sum(map(int, told[13:15]))  # those of children that it has waited for
    return total / os.sysconf("SC_CLK_TCK")


def postmaster() -> int:
    """The process of the database's server, which is on this machine in every bench."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    return int(told.rpartition(")")[2].split()[1])


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found
