"""Where files lie: closed, once for each content, and the same on an S3-compatible server."""

import datetime as dt
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import override_settings

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, Missing
from suqiu.files import actions, store
from suqiu.files.jobs import clean_up
from suqiu.files.models import File
from suqiu.files.queries import opened
from suqiu.files.rules import Limits
from tests.pictures import photo

BY = system("test")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=str(tmp_path / "files")):
        yield tmp_path / "files"


def kept(data: bytes | None = None, **limits: int) -> File:
    return actions.receive(data or photo(), name="IMG_1.JPG", limits=Limits(**limits), by=BY)


@pytest.mark.django_db
def test_nobody_else_on_the_machine_reads_the_folder(folder: Path) -> None:
    before = os.umask(0)
    try:
        kept()
    finally:
        os.umask(before)
    found = list(folder.rglob("*"))
    assert found
    for path in found:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.django_db
def test_the_same_content_lies_there_once(folder: Path) -> None:
    one, two = kept(), kept()
    assert one.pk != two.pk and one.sha256 == two.sha256
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 3  # the original and two copies


@pytest.mark.django_db
def test_a_file_without_link_is_not_opened(folder: Path) -> None:
    row = kept()
    with pytest.raises(Missing):
        opened(row, "copy", by=BY, subject="order:1")
    actions.link([row], by=BY)
    row.refresh_from_db()
    assert opened(row, "original", by=BY, subject="order:1").data == photo()


@pytest.mark.django_db
def test_evidence_that_was_changed_is_not_shown(folder: Path) -> None:
    row = kept()
    actions.link([row], by=BY)
    row.refresh_from_db()
    path = folder / store.path_of(row.sha256)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Missing) as caught:
        opened(row, "original", by=BY, subject="order:1")
    assert caught.value.code == "file.changed"


@pytest.mark.django_db
def test_sizes_are_held(folder: Path) -> None:
    with pytest.raises(Invalid) as caught:
        kept(max_bytes=1000)
    assert caught.value.code == "file.large"
    with pytest.raises(Invalid):
        kept(max_pixels=1000)
    assert not folder.exists() and not File.objects.exists()


@pytest.mark.django_db
def test_what_nothing_linked_is_forgotten_after_a_day(folder: Path) -> None:
    start = dt.datetime(2026, 9, 14, 9, 0, tzinfo=clock.LOCAL)
    clock.set_to(start)
    lost, linked = kept(), kept()
    alone = kept(photo(size=(100, 80)))
    actions.link([linked], by=BY)
    clock.set_to(start + dt.timedelta(hours=23))
    assert clean_up() == 0
    clock.set_to(start + dt.timedelta(hours=25))
    assert clean_up() == 2
    assert list(File.objects.values_list("pk", flat=True)) == [linked.pk]
    assert store.fetch(lost.sha256) == photo()  # the linked one still has these bytes
    with pytest.raises(Missing):
        store.fetch(alone.sha256)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """moto's server: an S3-compatible store that is reached over HTTP."""
    import boto3
    from moto.server import ThreadedMotoServer

    # What the machine has of cloud settings must not lead a test elsewhere.
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options: dict[str, Any] = {
        "bucket_name": "suqiu", "endpoint_url": f"http://{host}:{port}", "region_name": "us-east-1",
        "access_key": "test", "secret_key": "test-test", "default_acl": "private",
        "addressing_style": "path",
    }  # fmt: skip
    boto3.client(
        "s3", endpoint_url=options["endpoint_url"], region_name="us-east-1",
        aws_access_key_id="test", aws_secret_access_key="test-test",
    ).create_bucket(Bucket="suqiu")  # fmt: skip
    yield options
    server.stop()


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_an_s3_compatible_store_serves_as_well(s3: dict[str, Any]) -> None:
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3}
    with override_settings(STORAGES={"files": backend, "staticfiles": backend}):
        row = kept()
        assert storages["files"].exists(store.path_of(row.sha256))
        actions.link([row], by=BY)
        row.refresh_from_db()
        assert opened(row, "original", by=BY, subject="order:1").data == photo()
        assert opened(row, "copy", by=BY, subject="order:1").data != photo()
        store.drop(row.sha256)
        with pytest.raises(Missing):
            store.fetch(row.sha256)
