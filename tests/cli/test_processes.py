"""A child whose parent was killed before it could ask to be told of that ends all the same."""

import gc
import os
import select
import signal
import subprocess
import sys

from suqiu.cli.processes import keep_loaded

# The parent is gone before its child asks; while the child lives, it holds the pipe's other end.
_ORPHAN = """
import multiprocessing, os, signal, time
from suqiu.cli.processes import ends_with_parent

def child():
    while os.getppid() == multiprocessing.parent_process().pid:
        time.sleep(0.01)
    ends_with_parent(signal.SIGKILL, multiprocessing.parent_process().pid)()
    time.sleep(600)

multiprocessing.set_start_method("fork")
multiprocessing.Process(target=child).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_orphan_that_asks_too_late_does_not_live_on() -> None:
    seen, held = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", _ORPHAN], pass_fds=[held], start_new_session=True
    ) as parent:
        os.close(held)
        assert parent.wait(60) == -signal.SIGKILL
    try:
        ended, _, _ = select.select([seen], [], [], 30)
        assert ended, "it lives, and would keep the port of the web server"
    finally:
        os.killpg(parent.pid, signal.SIGKILL) if not ended else os.close(seen)


def test_what_is_loaded_is_looked_through_no_more() -> None:
    try:
        keep_loaded()
        assert gc.get_freeze_count() > 10_000 > len(gc.get_objects())
    finally:
        gc.unfreeze()
