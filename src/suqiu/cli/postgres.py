"""The embedded PostgreSQL: a child of ours on a folder of its own.

One process owns the server of a folder, and holds a lock while it does; the kernel lets the lock go
however that process ends. Whoever comes second uses the server and leaves it running. Whoever gets
the lock and finds a server still there has found an orphan, and stops it first.
"""

import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click
import psycopg
from psycopg import sql

from suqiu.cli import places, processes
from suqiu.cli.binaries import Binaries, NoPostgres, choose

USER = "suqiu"
PATIENCE = 60.0
ATTEMPTS = 8
LOG_LIMIT = 10_000_000


class Server:
    """A PostgreSQL under `data`/pg. `fast` gives up safety at a power cut, for tests."""

    def __init__(
        self, data: Path, *, source: str | None = None, port: int | None = None, fast: bool = False
    ) -> None:
        self._who = places.owner()
        self._home = places.place(data, self._who)
        self._source = source
        self._port = port
        self._fast = fast
        self._lock: IO[str] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The data folder as PostgreSQL knows it."""
        return self._home / "data"

    def url(self, name: str = "postgres") -> str:
        """How to reach database `name`."""
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self._port}/{name}"

    def start(self) -> str:
        """Run, or join the one that runs; the answer is the url of the database "postgres"."""
        if not self._own():
            return self._join()
        try:
            binaries = places.reachable(choose(self.folder, self._source), self._home, self._who)
            self._end_orphan()
            self._create(binaries)
            self._run(binaries)
        except BaseException:
            self.stop()
            raise
        return self.url()

    def revive(self) -> None:
        """If our server was killed under us, run it again, at the same port: all know it by that."""
        if self.process is None or self.process.poll() is None:
            return
        port = self._port
        click.echo("PostgreSQL was ended from outside; starting it again.", err=True)
        self.start()
        if self._port != port:
            raise NoPostgres(f"Port {port} was taken meanwhile.")

    def stop(self) -> None:
        """End the server if it is ours: a fast shutdown, which loses nothing."""
        if self.process is not None:
            processes.stop(self.process, signal.SIGINT, PATIENCE)
            self.process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def create_database(self, name: str) -> str:
        """Make database `name` unless it is there; the answer is its url."""
        create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        with (
            psycopg.connect(self.url(), autocommit=True) as connection,
            suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(create)
        return self.url(name)

    # -- who owns the folder

    def _own(self) -> bool:
        if self._lock is not None:
            return True
        lock = (self._home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _join(self) -> str:
        """Wait until the other's server answers; if the other ends meanwhile, take its place."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self._pid_file():
                self._port = found[1]
                if self._answers():
                    return self.url()
            if self._own():
                return self.start()
            time.sleep(0.1)
        raise NoPostgres(f"Another process is starting the server in {self._home}, in vain so far.")

    def _pid_file(self) -> tuple[int, int] | None:
        """(process, port) of the server that runs here; None if none does."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (OSError, ValueError, IndexError):
            return None
        return (pid, port) if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether `pid` is a server on this folder; in containers numbers are soon used again."""
        try:
            said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            if Path("/proc/self").exists():
                return False
            asked = ["ps", "-o", "command=", "-p", str(pid)]
            said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return "postgres" in said and str(self.folder) in said

    def _end_orphan(self) -> None:
        found = self._pid_file()
        if found is not None:
            click.echo(f"Stopping a server left running in {self.folder}.", err=True)
            self._end(found[0])
        if self.process is not None and self.process.poll() is not None:
            self.process = None
        # Left by a SIGKILL. Nobody runs here, for we hold the lock and have looked.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _end(self, pid: int) -> None:
        for number in (signal.SIGINT, signal.SIGQUIT):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            until = time.monotonic() + PATIENCE / 2
            while time.monotonic() < until:
                if self.process is not None:
                    self.process.poll()  # reaped: to the next one a zombie would still hold the folder
                if not self._is_ours(pid):
                    return
                time.sleep(0.05)
        raise NoPostgres(f"The server {pid} in {self.folder} does not end.")

    # -- the folder

    def _password(self) -> str:
        return (self._home / "password").read_text().strip()

    def _call(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._home,
            env=_environment(),
            user=self._who.uid,
            group=self._who.gid,
            extra_groups=None if self._who.uid is None else [],
        )

    def _create(self, binaries: Binaries) -> None:
        """initdb beside the final place, then a rename: half a folder never passes for a whole."""
        if (self.folder / "PG_VERSION").exists():
            return
        password = self._home / "password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(24) + "\n")
        self._who.take(password)
        half = self._home / "data.half"
        command = [binaries.program("initdb"), f"--pgdata={half}", "--encoding=UTF8"]
        command += [f"--username={USER}", "--auth=scram-sha-256", f"--pwfile={password}"]
        command += ["--data-checksums", "--text-search-config=simple"]
        said = ""
        for locale in _locales(binaries.major):
            shutil.rmtree(half, ignore_errors=True)
            done = self._call([*command, *locale])
            if done.returncode == 0:
                half.rename(self.folder)
                return
            said = done.stderr
        raise NoPostgres(f"initdb failed:\n{said}")

    # -- running

    def _run(self, binaries: Binaries) -> None:
        for _ in range(ATTEMPTS):
            self._port = self._port or _free_port()
            begin = self._log().stat().st_size
            self._spawn(binaries)
            if self._wait():
                return
            said = self._log().read_bytes()[begin:].decode(errors="replace")
            if not re.search(r"Address already in use|shared memory block|lock file", said):
                break
            # Another has the port, or a killed server's last children are still leaving.
            self._port = None
            time.sleep(0.5)
        raise NoPostgres(f"PostgreSQL did not start:\n{said}")

    def _log(self) -> Path:
        log = self._home / "log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(self._home / "log.1")
        log.touch(mode=0o600)
        return log

    def _spawn(self, binaries: Binaries) -> None:
        command = [binaries.program("postgres"), "-D", str(self.folder), "-p", str(self._port)]
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        if self._fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log().open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._home,
                env=_environment(),
                user=self._who.uid,
                group=self._who.gid,
                extra_groups=None if self._who.uid is None else [],
                start_new_session=True,  # the terminal's Ctrl-C is for us, not for it
                preexec_fn=processes.ends_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads yet
            )

    def _wait(self) -> bool:
        """Until it answers; False if it ended instead."""
        assert self.process is not None
        # Recovery after a crash may take long: as long as it lives, it is given time.
        while self.process.poll() is None:
            found = self._pid_file()
            if found and found[0] == self.process.pid and self._answers():
                return True
            time.sleep(0.05)
        self.process = None
        return False

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except (psycopg.OperationalError, OSError):
            return False
        return True


def _environment() -> dict[str, str]:
    """Nothing of ours: PGPORT, PGDATA and a home that is closed to the server's user stay out."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "TZ": "UTC"}


def _locales(major: int) -> list[list[str]]:
    """What to try, best first: C.UTF-8 knows Chinese characters as letters, C does not."""
    plain = [["--locale=C.UTF-8"], ["--locale=C"]]
    if major < 17:
        return plain
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [[*builtin, *locale] for locale in plain] + plain


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


_ours: list[Server] = []


@contextmanager
def running(
    data: Path, name: str = "suqiu", *, source: str | None = None, fast: bool = False
) -> Iterator[str]:
    """The url of database `name`, also as DATABASE_URL; a url given in the environment wins."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    server = Server(data, source=source, fast=fast)
    server.start()
    _ours.append(server)
    try:
        url = os.environ["DATABASE_URL"] = server.create_database(name)
        yield url
    finally:
        os.environ.pop("DATABASE_URL", None)
        _ours.remove(server)
        server.stop()


def revive() -> None:
    """Look after the servers that this process runs; called now and then by who waits anyway."""
    for server in _ours:
        server.revive()
