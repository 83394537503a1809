"""The worker's loop."""

import logging
import threading

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from suqiu.cli import jobs
from suqiu.config.schedule import JOBS, Job

JOB = Job("tried", 0.01, "tests.nowhere")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_each_job_of_the_schedule_is_a_function(job: Job) -> None:
    assert callable(import_string(job.function))


def test_names_differ_since_they_are_the_locks() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)


@pytest.mark.usefixtures("bare_database")
def test_two_workers_do_not_run_one_job_at_once() -> None:
    inside, leave, answers = threading.Event(), threading.Event(), []

    def slow() -> int:
        inside.set()
        leave.wait(10)
        return 1

    def other() -> None:
        answers.append(jobs.run_job(JOB, slow))
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    assert jobs.run_job(JOB, lambda: 99) == 0
    leave.set()
    thread.join()
    assert answers == [1]
    assert jobs.run_job(JOB, lambda: 99) == 99


@pytest.mark.usefixtures("bare_database")
def test_a_failing_run_is_logged_and_frees_the_lock(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> int:
        raise ValueError("no")

    with caplog.at_level(logging.ERROR):
        assert jobs.run_job(JOB, fails) is None
    assert "Job tried failed" in caplog.text
    assert jobs.run_job(JOB, lambda: 1) == 1


@pytest.mark.usefixtures("bare_database")
def test_a_run_that_loses_its_connection_does_not_end_the_worker() -> None:
    def cut() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return 1

    assert jobs.run_job(JOB, cut) is None
    assert jobs.run_job(JOB, lambda: 1) == 1


@pytest.mark.usefixtures("bare_database")
def test_stopping_lets_the_current_run_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, finished = threading.Event(), []

    def run() -> int:
        stop.set()
        finished.append(True)
        return 1

    monkeypatch.setattr(jobs, "resolved", lambda _: [(JOB, run)])
    jobs.run_until(stop)
    assert finished == [True]
