# ruff: noqa: F811 - a fixture is imported and asked for by its name
"""A backup where attachments lie in an S3-compatible store, and one made while files come and go."""

import datetime as dt
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.test import override_settings

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.cli import archive, backup, health, restore
from suqiu.cli.archive import Manifest
from suqiu.files import actions, store
from suqiu.files.models import File
from suqiu.files.rules import Limits
from tests.cli.test_backup import House, _url, empty, place  # noqa: F401 - fixtures
from tests.files.test_store import s3  # noqa: F401 - a fixture
from tests.pictures import photo

BY = system("test")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def kept_rows(bare_database: None) -> Iterator[None]:
    """Rows that stand, for pg_dump sees no test's transaction; taken away at the end."""
    yield
    File.objects.filter(received_by=BY.id).delete()


def receive(size: int) -> File:
    row = actions.receive(photo(size=(size, 40)), name="a.jpg", limits=Limits(), by=BY)
    actions.link([row], by=BY)
    return row


def hashes(*rows: File) -> set[str]:
    return {h for row in rows for h in (row.sha256, row.copy_sha256, row.thumb_sha256)}


def ours(found: list[str], *rows: File) -> set[str]:
    """Other tests' rows may stand in this database, their folders gone."""
    return set(found) & hashes(*rows)


def test_attachments_in_a_store_are_named_and_each_is_looked_for(
    kept_rows: None,
    s3: dict[str, Any],
    empty: str,
    tmp_path: Path,
) -> None:
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3}
    both = {"files": backend, "staticfiles": backend}
    with override_settings(STORAGES=both, DATA=tmp_path):
        assert backup.folder() is None
        one, two, lost = receive(61), receive(62), receive(63)
        store.drop(lost.sha256)
        made = backup.make(tmp_path / "a.suqiu", _url())
        assert made.files_elsewhere and made.files == []
        assert hashes(one, two, lost) <= set(made.attachments)
        assert ours(made.files_missing, one, two, lost) == {lost.sha256}
        back = restore.bring_back(tmp_path / "a.suqiu", empty, tmp_path)
        assert back.attachments == made.attachments
        assert ours(restore.absent(back), one, two, lost) == set()
        # Another bucket, or a bucket that was brought back without one of them.
        store.drop(two.copy_sha256)
        assert ours(restore.absent(back), one, two, lost) == {two.copy_sha256}
        last = json.loads((tmp_path / backup.LAST).read_text())
        assert last["file"].endswith("a.suqiu")


FILL = """
from suqiu.cli import house
with house.opened():
    house.migrate()
    from suqiu.base import clock
    from suqiu.demo import city as demo_city
    from suqiu.files.actions import receive
    from suqiu.files.rules import Limits
    from suqiu.orders.actions.attach import attach
    from tests.city import DISTRICT, MONDAY, OTHER, City
    from tests.pictures import photo
    clock.set_to(MONDAY)
    demo_city.lay([DISTRICT, OTHER])
    city = City()
    for size in (51, 52):
        file = receive(photo(size=(size, 40)), name="a.jpg", limits=Limits(), by=city.call_taker)
        order = attach(city.registered(), files=[file], kind="appeal", by=city.call_taker)
        print(order.number, file.sha256)
"""


@pytest.mark.slow
def test_the_drill_with_a_store_of_its_own_by_the_commands(s3: dict[str, Any], place: Path) -> None:
    """Fill, back up, lose one file of the store, restore elsewhere: the loss is named with its order."""
    first, second, third = (House(place / name) for name in ("first", "second", "third"))
    away = {
        "SUQIU_FILES_S3_BUCKET": s3["bucket_name"], "SUQIU_FILES_S3_ENDPOINT": s3["endpoint_url"],
        "SUQIU_FILES_S3_REGION": s3["region_name"], "SUQIU_FILES_S3_KEY": s3["access_key"],
        "SUQIU_FILES_S3_SECRET": s3["secret_key"],
    }  # fmt: skip
    filled = first.run("-c", FILL, **away)
    assert filled.returncode == 0, filled.stderr
    (_kept, kept), (number, lost) = (line.split() for line in filled.stdout.splitlines()[-2:])
    folder = first.data / "files"
    assert not folder.exists() or not any(folder.rglob("*"))

    made = first.suqiu("backup", str(place / "a.suqiu"), **away)
    assert made.returncode == 0, made.stderr
    assert "6 attachments lie in a store of their own and are NOT in this file" in made.stderr
    whole = second.suqiu("restore", str(place / "a.suqiu"), **away)
    assert whole.returncode == 0 and "0 problems" in whole.stdout, whole.stdout + whole.stderr

    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3}
    with override_settings(STORAGES={"files": backend, "staticfiles": backend}):
        store.drop(lost)
    back = third.suqiu("restore", str(place / "a.suqiu"), **away)
    assert back.returncode == 1 and "with 1 problems" in back.stderr, back.stdout + back.stderr
    assert f"The attachment {lost} ({number}) is not here." in back.stdout
    assert kept not in back.stdout
    again = first.suqiu("backup", str(place / "b.suqiu"), **away)
    assert (
        again.returncode == 0 and f"{lost} is in the database and not in the store" in again.stderr
    )


def test_a_folders_backup_comes_back_into_a_store_and_the_other_way_is_told(
    kept_rows: None,
    s3: dict[str, Any],
    empty: str,
    tmp_path: Path,
) -> None:
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3}
    with override_settings(MEDIA_ROOT=str(tmp_path / "files"), DATA=tmp_path):
        row = receive(71)
        made = backup.make(tmp_path / "b.suqiu", _url())
        assert not made.files_elsewhere and len(made.files) >= 3
    (there := tmp_path / "there").mkdir()
    with override_settings(STORAGES={"files": backend, "staticfiles": backend}, DATA=there):
        back = restore.bring_back(tmp_path / "b.suqiu", empty, there)
        assert ours(restore.absent(back), row) == set()
        assert store.fetch(row.sha256) == photo(size=(71, 40))
        assert storages["files"].exists(store.path_of(row.thumb_sha256))
    with override_settings(MEDIA_ROOT=str(there / "files")):
        assert ours(restore.absent(back), row) == hashes(row)


def test_what_comes_goes_or_is_half_there_during_a_backup_loses_nothing(
    kept_rows: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the snapshot and the packing: an upload, a cleaning, one under way; then one vanishes
    between being looked at and being written."""
    with override_settings(MEDIA_ROOT=str(tmp_path / "files"), DATA=tmp_path):
        stays, goes, vanishes = receive(81), receive(82), receive(83)
        dump, write, came = backup.run, backup._write, []

        def meanwhile(*given: Any, **more: Any) -> None:
            dump(*given, **more)
            came.append(receive(84))
            store.drop(goes.sha256)
            (tmp_path / "files" / ".part-half").write_bytes(b"half of a pic")

        def late(work: Path, manifest: Manifest, found: dict[str, Path]) -> None:
            store.drop(vanishes.thumb_sha256)  # once looked at, now gone
            write(work, manifest, found)

        monkeypatch.setattr(backup, "run", meanwhile)
        monkeypatch.setattr(backup, "_write", late)
        made = backup.make(tmp_path / "c.suqiu", _url())
        inside = {name.rpartition("/")[2] for name in made.files}
        assert (
            hashes(stays) | hashes(came[0]) <= inside
        )  # one more than the snapshot names is no harm
        assert not any("part" in name for name in inside)
        gone = {goes.sha256, vanishes.thumb_sha256}
        assert ours(made.files_missing, stays, goes, vanishes) == gone and not gone & inside
        with tarfile.open(tmp_path / "c.suqiu") as tar:
            told = archive.read_manifest(tar, django_settings.SEAL_KEY)
            (tmp_path / "out").mkdir()
            archive.unpack(tar, told, tmp_path / "out")  # every part is what the manifest says
        assert told.files_missing == made.files_missing


def test_a_content_that_rotted_is_told(kept_rows: None, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=str(tmp_path / "files"), DATA=tmp_path):
        row = receive(91)
        path = tmp_path / "files" / store.path_of(row.sha256)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        made = backup.make(tmp_path / "d.suqiu", _url())
        assert ours(made.files_damaged, row) == {row.sha256}


@pytest.mark.django_db
def test_a_write_that_was_cut_off_leaves_nothing_under_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(MEDIA_ROOT=str(tmp_path / "files")):

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.keep(b"the whole of it")
        assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
        monkeypatch.undo()
    with override_settings(MEDIA_ROOT=str(tmp_path / "files")):
        store.keep(b"the whole of it")
        assert store.fetch(store.hash_of(b"the whole of it")) == b"the whole of it"


def test_the_doctor_tells_how_old_the_last_backup_is(tmp_path: Path, settings: Any) -> None:
    settings.DATA, settings.PRODUCTION = tmp_path, True
    look = health._backup
    assert not look("").well and "none" in look("").said
    for hours, well in ((1, True), (49, True), (51, False)):
        made = clock.now() - dt.timedelta(hours=hours, minutes=1)
        told = {"made_at": made.isoformat(), "file": "/away/monday.suqiu"}
        (tmp_path / backup.LAST).write_text(json.dumps(told))
        line = look("")
        assert line.well is well and f"{hours} hours" in line.said and "monday" in line.said
    settings.PRODUCTION = False
    assert look("").well
