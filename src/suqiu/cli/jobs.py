"""The worker's loop over the jobs of `config.schedule`."""

import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from django.db import connection
from django.utils.module_loading import import_string

from suqiu.audit import jobs as audit
from suqiu.config.schedule import JOBS, Job

log = logging.getLogger(__name__)

# The first half of each advisory lock's key: other locks of the house begin otherwise.
_CLASS = 0x6A6F6273
_LONGEST_PAUSE = 60.0
# Seconds between two notes that a job ended well: the seal's runs need not each be a row changed.
_BEAT = 5.0


@contextmanager
def _alone(job: Job) -> Iterator[bool]:
    """Whether no other worker runs this job now; PostgreSQL frees the lock of a killed one."""
    key = zlib.crc32(job.name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_CLASS, key])
        (held,) = cursor.fetchone()
        try:
            yield held
        finally:
            # A run that broke the connection took its lock along.
            if held and connection.connection is not None and not connection.connection.closed:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_CLASS, key])


def run_job(job: Job, function: Callable[[], int]) -> int | None:
    """One run, unless another worker is at it; a failure is logged and answered with None."""
    try:
        with _alone(job) as held:
            return function() if held else 0
    except Exception:
        log.exception("Job %s failed; it runs again.", job.name)
        connection.close_if_unusable_or_obsolete()
        return None


def resolved(jobs: Sequence[Job] = JOBS) -> list[tuple[Job, Callable[[], int]]]:
    """Each job with its function; a name that leads nowhere fails here, before anything runs."""
    return [(job, import_string(job.function)) for job in jobs]


def run_once(jobs: Sequence[Job] = JOBS) -> int:
    """Every job once, in order; answers how many things were done, and raises what a job raises."""
    return sum(function() for _, function in resolved(jobs))


def _beating(job: Job, function: Callable[[], int]) -> Callable[[], int]:
    """The function, and now and then a note that it ended well; the one who runs it writes it."""
    told = float("-inf")

    def run() -> int:
        nonlocal told
        done = function()
        if time.monotonic() - told > _BEAT:
            audit.beat(job.name, job.every_seconds)
            told = time.monotonic()
        return done

    return run


def _repeat(job: Job, function: Callable[[], int], stop: threading.Event) -> None:
    pause, function = job.every_seconds, _beating(job, function)
    structlog.contextvars.bind_contextvars(job=job.name)
    while not stop.is_set():
        done = run_job(job, function)
        # A job that cannot succeed now need not fill the log five times a second.
        pause = min(max(pause * 2, 1.0), _LONGEST_PAUSE) if done is None else job.every_seconds
        stop.wait(pause)
    connection.close()


def run_until(stop: threading.Event, jobs: Sequence[Job] = JOBS) -> None:
    """All jobs, each in a thread of its own so that a slow mail server delays no seal."""
    run_job(Job("beats", 0, ""), lambda: audit.forget_beats_but([job.name for job in jobs]))
    threads = [
        threading.Thread(target=_repeat, args=(job, function, stop), name=job.name)
        for job, function in resolved(jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
