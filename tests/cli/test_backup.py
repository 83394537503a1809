"""A backup comes back whole into an empty house, or is refused with the reason."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from suqiu.cli import archive, backup, restore
from suqiu.cli.archive import Manifest
from suqiu.demo import city as demo_city
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, OTHER

ROOT = Path(__file__).resolve().parents[2]
PICTURE = b"a picture of a lamp post " * 9000
FILL = """
import datetime as dt
from pathlib import Path
from suqiu.cli import house
with house.opened():
    house.migrate()
    from django.conf import settings
    from suqiu.audit import jobs, journal
    from suqiu.base import clock
    from suqiu.base.actors import system
    from suqiu.demo import city as demo_city
    from tests.city import DISTRICT, MONDAY, OTHER, City
    from tests.orders.test_life import close
    clock.set_to(MONDAY)
    demo_city.lay([DISTRICT, OTHER])
    city = City()
    close(city, city.in_callback())
    order = city.dispatched()
    from suqiu.audit.models import Entry
    said = Entry.objects.filter(chain=f"order:{order.pk}", statement_hash__isnull=False).first()
    journal.erase([said.pk], by=system("retention"), chain=said.chain, basis="tried")
    jobs.seal(); jobs.checkpoint()
    city.dispatched()
    jobs.seal()  # some positions lie behind the last checkpoint
"""
TELL = """
import json, sys
from suqiu.cli import house
with house.opened():
    from suqiu.appellants.models import Appellant
    from suqiu.appellants.queries import opened
    from suqiu.audit.models import Statement
    from suqiu.base.actors import system
    from suqiu.orders.models import Order
    print(json.dumps({
        "orders": list(Order.objects.order_by("pk").values_list("number", "state", "title")),
        "words": sorted(str(w) for w in Statement.objects.values_list("words", flat=True)),
        "phones": sorted(opened(a, by=system("seal"), verb="reveal", subject="drill", reason="drill")["phone"]
                         for a in Appellant.objects.all()),
    }, ensure_ascii=False))
"""


class House:
    """An installation of its own on an embedded server."""

    def __init__(self, data: Path) -> None:
        self.data = data
        data.mkdir(mode=0o755)

    def run(self, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        env |= {"SUQIU_DATA": str(self.data), "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", **environ}
        return subprocess.run(
            [sys.executable, *command],
            env=env,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )

    def suqiu(self, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return self.run("-m", "suqiu.cli", *command, **environ)


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="suqiu-backup-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_drill_fill_back_up_restore_compare(place: Path) -> None:
    first, second = House(place / "first"), House(place / "second")
    filled = first.run("-c", FILL)
    assert filled.returncode == 0, filled.stderr
    sha = hashlib.sha256(PICTURE).hexdigest()
    kept = first.data / "files" / sha[:2] / sha[2:4] / sha
    kept.parent.mkdir(parents=True)
    kept.write_bytes(PICTURE)
    told = json.loads(first.run("-c", TELL).stdout)
    assert len(told["orders"]) == 3 and "13900000001" in told["phones"] and "None" in told["words"]

    file = place / "monday.suqiu"
    made = first.suqiu("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "1 attachments" in made.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    assert django_settings.SEAL_KEY.encode() not in content
    assert b"13900000001" not in content
    assert "already" in first.suqiu("backup", str(file)).stderr
    assert list(place.glob(".backup-*")) == []

    back = second.suqiu("restore", str(file))
    assert back.returncode == 0, back.stderr + back.stdout
    assert "1 erased, 0 problems" in back.stdout
    assert json.loads(second.run("-c", TELL).stdout) == told
    came = second.data / "files" / sha[:2] / sha[2:4] / sha
    assert hashlib.sha256(came.read_bytes()).hexdigest() == sha
    assert (second.data / "roots.log").read_text() == (first.data / "roots.log").read_text()
    verified = second.suqiu("verify")
    assert verified.returncode == 0 and "1 erased, 0 problems" in verified.stdout
    # The application's role has its rights again, and work goes on: the next number is a new one.
    assert "the application can only add to the journal\n" in second.suqiu("doctor").stdout
    assert second.suqiu("worker", "--once").returncode == 0
    again = second.suqiu("restore", str(file))
    assert again.returncode == 1 and "not empty" in again.stderr

    # An older database in use is backed up before it is changed; an unchanged one is not.
    older = (
        "from suqiu.cli import house\nimport psycopg\n"
        "with house.opened():\n"
        "    with psycopg.connect(house.owner()) as c:\n"
        "        c.execute('DROP TABLE rechecks_photo')\n"
        "        c.execute(\"DELETE FROM django_migrations WHERE (app, name) = ('rechecks', '0002_photos')\")\n"
    )
    assert second.run("-c", older).returncode == 0
    migrated = second.suqiu("migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert second.suqiu("migrate").returncode == 0
    (before,) = (second.data / "backups").iterdir()
    with tarfile.open(before) as tar:
        manifest = archive.read_manifest(tar, django_settings.SEAL_KEY)
    assert "rechecks.0002_photos" not in manifest.migrations
    assert "rechecks_photo" not in manifest.counts
    assert second.run("-c", older).returncode == 0
    assert second.suqiu("migrate", "--no-backup").returncode == 0
    assert len(list((second.data / "backups").iterdir())) == 1


# -- what is refused


def _url(name: str = "") -> str:
    place = connection.settings_dict
    return (
        f"postgresql://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
        f"/{name or place['NAME']}"
    )


@pytest.fixture
def empty(bare_database: None) -> Iterator[str]:
    """The url of an empty database."""
    name = f"empty_of_{connection.settings_dict['NAME']}"
    with psycopg.connect(_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield _url(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A backup of the small city, with one attachment."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "files" / "ab").mkdir(parents=True)
    (folder / "files" / "ab" / "abcd").write_bytes(PICTURE)
    target = folder / "whole.suqiu"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "DATA", folder)
        patch.setattr(backup, "folder", lambda: folder / "files")
        if not Unit.objects.exists():  # a test with real transactions ends by emptying the tables
            demo_city.lay([DISTRICT, OTHER])
        backup.make(target, _url())
    return target


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(backup, "folder", lambda: tmp_path / "files")
    return tmp_path


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as asked:
        return archive.tables(asked)


def refused(file: Path, url: str, data: Path) -> str:
    with pytest.raises(click.ClickException) as error:
        restore.bring_back(file, url, data)
    assert tables(url) == [], "something was restored before the refusal"
    assert not (data / "files").exists() and list(data.glob(".restore-*")) == []
    return error.value.message


def test_a_whole_one_comes_back(whole: Path, empty: str, data: Path) -> None:
    manifest = restore.bring_back(whole, empty, data)
    assert manifest.counts["organisations_unit"] > 1 and manifest.journal.positions >= 0
    assert (data / "files" / "ab" / "abcd").read_bytes() == PICTURE
    assert "django_session" not in manifest.counts


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _inside(part: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            member = tar.getmember(part)
            return _flipped(content, member.offset_data + member.size // 2)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_inside("manifest.json"), "changed"),
        (_inside("manifest.mac"), "of another house, or was changed"),
        (_inside("database.dump"), "Damaged: database.dump"),
        (_inside("files/ab/abcd"), "Damaged: files/ab/abcd"),
        (lambda content: content[: len(content) * 2 // 3], "amaged"),
        (lambda content: content[: content.index(b"database.dump")], "amaged"),
        (lambda _: b"", "amaged"),
        (lambda _: b"PGDMP not a tar" * 1000, "damaged or no backup"),
    ],
    ids=["manifest", "mac", "dump", "attachment", "cut", "cut at a part", "empty", "no tar"],
)
def test_a_damaged_one_is_refused_before_anything_is_touched(
    change: Callable[[bytes], bytes], said: str, whole: Path, empty: str, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "damaged.suqiu"
    file.write_bytes(change(whole.read_bytes()))
    assert said in refused(file, empty, data)


def _rewritten(whole: Path, target: Path, change: Callable[[Manifest], None]) -> Path:
    """As one who has the seal's key would write another manifest."""
    with tarfile.open(whole) as old, tarfile.open(target, "w") as new:
        manifest = archive.read_manifest(old, django_settings.SEAL_KEY)
        change(manifest)
        text = manifest.model_dump_json().encode()
        for name, content in (
            (archive.MANIFEST, text),
            (archive.MAC, archive.mac_of(text, django_settings.SEAL_KEY).encode()),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        while member := old.next():
            new.addfile(member, old.extractfile(member))
    return target


def test_one_of_a_newer_version_or_with_keys_that_are_not_here_is_refused(
    whole: Path, empty: str, data: Path, tmp_path: Path
) -> None:
    newer = _rewritten(whole, tmp_path / "1", lambda m: m.migrations.append("audit.0999_tomorrow"))
    assert "newer than this one (it has audit.0999_tomorrow)" in refused(newer, empty, data)
    keyless = _rewritten(whole, tmp_path / "2", lambda m: m.identity_keys.append("k9"))
    assert "sealed with k9" in refused(keyless, empty, data)
    ahead = _rewritten(whole, tmp_path / "3", lambda m: setattr(m, "postgresql", 99))
    assert "PostgreSQL 99" in refused(ahead, empty, data)


def test_one_of_another_house_is_refused(
    whole: Path, empty: str, data: Path, settings: object
) -> None:
    settings.SEAL_KEY = "another house's key, of length 32"  # type: ignore[attr-defined]
    assert "of another house" in refused(whole, empty, data)


def test_a_part_that_leads_out_of_the_folder_is_refused(
    whole: Path, empty: str, data: Path, tmp_path: Path
) -> None:
    def out(manifest: Manifest) -> None:
        manifest.parts = {
            ("files/../../out" if name.startswith("files/") else name): part
            for name, part in manifest.parts.items()
        }

    evil = _rewritten(whole, tmp_path / "evil", out)
    assert "not in the manifest" in refused(evil, empty, data)


def test_a_house_in_use_is_not_overwritten(whole: Path, empty: str, data: Path) -> None:
    with pytest.raises(click.ClickException, match="not empty"):
        restore.bring_back(whole, _url(), data)
    (data / "files").mkdir()
    (data / "files" / "mine").write_text("x")
    with pytest.raises(click.ClickException, match="is not empty"):
        restore.bring_back(whole, empty, data)
    assert (data / "files" / "mine").read_text() == "x"


def test_rows_that_did_not_come_are_named(
    whole: Path, empty: str, data: Path, tmp_path: Path
) -> None:
    fewer = _rewritten(
        whole,
        tmp_path / "fewer",
        lambda m: m.counts.update(organisations_unit=m.counts["organisations_unit"] + 1),
    )
    with pytest.raises(click.ClickException, match="Not all rows came back: organisations_unit"):
        restore.bring_back(fewer, empty, data)


def test_the_servers_user_and_place_are_asked_by_environment_not_by_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **given: object) -> "subprocess.CompletedProcess[str]":
        asked.append(command)
        assert given["env"]["PGPASSWORD"] == "p@ss"  # type: ignore[index]
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(backup, "tool", lambda name, major: name)
    backup.run("pg_dump", "postgresql://me:p%40ss@127.0.0.1:5432/x", major=15)
    assert asked == [["pg_dump", "--dbname=postgresql://me@127.0.0.1:5432/x"]]
    assert urlsplit(asked[0][1]).password is None
