"""Child processes that end with us, whichever way we end."""

import atexit
import ctypes
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
# Set for our children, so that theirs end with them as well.
END_WITH_PARENT = "SUQIU_END_WITH_PARENT"


def ends_with_parent(
    number: signal.Signals, parent: int | None = None
) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the kernel sends `number` to the child when we are gone. `parent`: who
    that is, where the child itself calls what is answered.

    A SIGKILL leaves us no moment to stop anybody, so Linux does it; elsewhere the next start finds
    the orphan.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    known = parent or os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        # Gone before the kernel was asked: then it never tells.
        if os.getppid() != known:
            os._exit(1)

    return ask


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    """A child out of reach of the terminal's Ctrl-C: we stop it, in our order."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        env={**os.environ, END_WITH_PARENT: "1"},
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads yet
    )


def stop(child: "subprocess.Popen[bytes]", number: signal.Signals, patience: float) -> None:
    """Ask by signal; after `patience` seconds kill."""
    if child.poll() is None:
        child.send_signal(number)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def keep_loaded() -> None:
    """What is loaded by now stays: a full collection looked through all of it, for an eighth of a second
    in the midst of somebody's page. For a process that answers pages, once it is ready; the pages too,
    which else come with the first request."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    # At the end all is freed as ever: libraries complain of what they see left over.
    atexit.register(gc.unfreeze)


def raise_on_signals() -> None:
    """SIGTERM and a closed terminal unwind like Ctrl-C, so that every `with` closes."""

    def unwind(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, unwind)
