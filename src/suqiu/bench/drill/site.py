"""A `suqiu serve` on a folder of its own, with its own PostgreSQL, that is killed and started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

KINDS = ("answering", "worker", "postgres", "web", "serve")


class Site:
    """`suqiu serve` on a folder of its own, started again whenever it has ended."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as asked:
            asked.bind(("127.0.0.1", 0))
            self.port = asked.getsockname()[1]
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "SUQIU"))}
        self.env |= {"SUQIU_DATA": str(data), "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.over = threading.Event()
        self.keeper = threading.Thread(target=self._keep)

    def run(self, *command: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], env={**self.env, **more},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def _keep(self) -> None:
        """What systemd does."""
        while not self.over.is_set():
            if self.process is None or self.process.poll() is not None:
                self.starts += 1
                with (self.data / "serve.log").open("ab") as log:
                    self.process = subprocess.Popen(
                        [sys.executable, "-m", "suqiu.cli", "serve", "--port", str(self.port)],
                        env=self.env, stdout=log, stderr=log, start_new_session=True,
                    )  # fmt: skip
            self.over.wait(0.2)

    def stop(self) -> None:
        self.over.set()
        if self.keeper.ident:  # it was started
            self.keeper.join()
        if self.process:
            self.process.terminate()
            self.process.wait(60)

    def answers(self, path: str = "/healthz") -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).close()
        except OSError:
            return False
        return True

    def parts(self) -> dict[str, list[int]]:
        """Living processes of this site, by what they are."""
        assert self.process is not None
        found: dict[str, list[int]] = {"serve": [self.process.pid]}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):
                said = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                pid = int(folder.name)
                if parent == self.process.pid:
                    for name, mark in (
                        ("web", "granian"), ("worker", "suqiu.cli worker"), ("postgres", "postgres -D"),
                    ):  # fmt: skip
                        if mark in said:
                            found.setdefault(name, []).append(pid)
        for web in found.get("web", []):
            with suppress(OSError):
                children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
                found["answering"] = [int(pid) for pid in children]
        return found


def kill_at_random(
    site: Site, seed: int, over: threading.Event, killed: list[str], *, most: int | None = None
) -> None:
    """Each kind at least once, then as chance has it, until `over` or `most`; after each kill the
    house is let up again, or nobody would ever work."""
    choose = random.Random(seed)  # noqa: S311 - a drill, not a secret
    kinds = list(KINDS)
    choose.shuffle(kinds)
    while not over.is_set() and (most is None or len(killed) < most):
        kind = kinds.pop() if kinds else choose.choice(KINDS)
        while not over.is_set() and not site.answers("/login"):
            time.sleep(0.1)
        if over.wait(choose.uniform(0.1, 1.5)):
            return
        while not (pids := site.parts().get(kind)) and not over.wait(0.1):
            pass
        for pid in (pids or [])[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(kind)
