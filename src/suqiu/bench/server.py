"""The product's own server under load, and the loaders: closed (as fast as answers come) and open
(as callers come, whether or not the last one was answered)."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

from suqiu.bench.measure import Figures, cpu_seconds, postmaster, resident_mb, spread

CONNECTIONS = 8
PATIENCE = 60.0


@dataclass(frozen=True)
class Call:
    """One request; `make` gives the body and headers that differ from one to the next."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    make: Callable[[int], tuple[bytes, dict[str, str]]] | None = None
    expects: int = 200


@dataclass(frozen=True)
class Site:
    """A running server: `suqiu serve` with its web workers, without the jobs' worker."""

    port: int
    process: "subprocess.Popen[bytes]"
    database: int  # the process of its PostgreSQL

    def memory(self) -> float:
        """Megabytes of all its processes together."""
        return resident_mb(self.process.pid)

    def used(self) -> tuple[float, float]:
        """Seconds of processor time so far: of the site's processes, and of its PostgreSQL."""
        return cpu_seconds(self.process.pid), cpu_seconds(self.database)


def get(path: str, *, cookie: str = "") -> Call:
    return Call("GET", path, {"Cookie": cookie} if cookie else {})


@contextmanager
def up(*, workers: int, jobs: bool = False) -> Iterator[Site]:
    """The site, serving the database of this process."""
    port = _free_port()
    command = [sys.executable, "-m", "suqiu.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers), "--worker" if jobs else "--no-worker"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Site(port, process, postmaster())
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()  # noqa: S310
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not come up.")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def closed_loop(
    site: Site, calls: Sequence[Call], seconds: float, connections: int = CONNECTIONS
) -> Figures:
    """Answers a second over so many connections, each asking again at once; first a warm second.
    `cpu_ms` is what one answer costs, whatever else the machine has to do."""
    _drive(site, calls, 1.0, connections)
    before, began = site.used(), perf_counter()
    taken, wrong = _drive(site, calls, seconds, connections)
    lasted, after = perf_counter() - began, site.used()
    web, database = ((b - a) / len(taken) * 1000 for a, b in zip(before, after, strict=True))
    return {
        "per_second": round(len(taken) / lasted, 1),
        "cpu_ms": {"web": round(web, 2), "database": round(database, 2)},
        "connections": connections,
        "wrong": wrong,
        **spread(taken),
    }


def _drive(
    site: Site, calls: Sequence[Call], seconds: float, connections: int
) -> tuple[list[float], int]:
    numbers = count()
    taken: list[float] = []
    wrong: list[int] = []
    until = perf_counter() + seconds

    def ask() -> None:
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        while perf_counter() < until:
            number = next(numbers)
            began = perf_counter()
            status = _send(line, calls[number % len(calls)], number)
            taken.append(perf_counter() - began)
            if status != calls[number % len(calls)].expects:
                wrong.append(status)

    _together([ask] * connections)
    return taken, len(wrong)


def open_loop(site: Site, call: Call, seconds: float, rate: float) -> Figures:
    """`rate` requests a second, each at its own moment; time counts from that moment, so that one
    slow answer is not hidden by the callers behind it."""
    total, numbers = int(seconds * rate), count()
    taken: list[float] = []
    wrong: list[int] = []
    began = perf_counter() + 0.2

    def ask() -> None:
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        while (number := next(numbers)) < total:
            due = began + number / rate
            time.sleep(max(0.0, due - perf_counter()))
            if _send(line, call, number) != call.expects:
                wrong.append(number)
            taken.append(perf_counter() - due)

    _together([ask] * 32)
    return {"asked_per_second": rate, "wrong": len(wrong), **spread(taken)}


def _send(line: http.client.HTTPConnection, call: Call, number: int) -> int:
    body, headers = call.make(number) if call.make else (None, {})
    try:
        line.request(call.method, call.path, body, {**call.headers, **headers})
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        line.close()
        return 0
    return answer.status


def _together(work: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
