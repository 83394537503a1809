"""Making a backup, while the house works: one snapshot of the database, and the attachments."""

import io
import json
import os
import subprocess
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import psycopg

from suqiu.cli import archive
from suqiu.cli.archive import DUMP, MAC, MANIFEST, ROOTS, Manifest
from suqiu.cli.binaries import tool

LAST = "last-backup.json"
TRIES = 5


def run(program: str, url: str, *options: str, major: int) -> None:
    """pg_dump or pg_restore against `url`; the password goes by the environment, not the command."""
    place = urlsplit(url)
    plain = place._replace(netloc=place.netloc.replace(f":{place.password}@", "@")).geturl()
    done = subprocess.run(
        [tool(program, major), f"--dbname={plain}", *options],
        env={**os.environ, "PGPASSWORD": unquote(place.password or ""), "PGAPPNAME": "suqiu"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise click.ClickException(f"{program} failed:\n{done.stderr.strip()}")


def folder() -> Path | None:
    """Where attachments lie; None where they lie in a store of its own, with its own backups."""
    from django.core.files.storage import FileSystemStorage, storages

    store = storages["files"]
    return Path(store.location) if isinstance(store, FileSystemStorage) else None


def holds_anything(url: str) -> bool:
    """Whether there is something that would be missed."""
    with psycopg.connect(url) as connection:
        found = archive.tables(connection)
        return any(
            connection.execute(query).fetchone()
            for name, query in (
                ("audit_entry", "SELECT 1 FROM audit_entry LIMIT 1"),
                ("orders_order", "SELECT 1 FROM orders_order LIMIT 1"),
            )
            if name in found
        )


def make(target: Path, url: str) -> Manifest:
    """Back up the database at `url` and the attachments into the new file `target`.

    All that is counted is counted in the snapshot that is dumped. Raises ClickException, and leaves
    no half of a file, where something is missing or in the way.
    """
    if target.exists():
        raise click.ClickException(f"{target} is there already; a backup overwrites nothing.")
    with (
        tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as place,
        psycopg.connect(url) as connection,
    ):
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        work = Path(place)
        manifest = _counted(connection)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        run(
            "pg_dump",
            url,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={row[0]}",
            *(f"--exclude-table-data={name}" for name in archive.WITHOUT_ROWS),
            f"--file={work / DUMP}",
            major=manifest.postgresql,
        )
        wanted = archive.attachments(connection)
        connection.rollback()
        _pack(work, manifest, wanted)
        os.link(work / "whole", target)  # fails if someone was quicker; a rename would overwrite
    _note(manifest, target)
    return manifest


def _note(manifest: Manifest, target: Path) -> None:
    """When the last one was made, for `suqiu doctor`."""
    from django.conf import settings

    said = {"made_at": manifest.made_at.isoformat(), "file": str(target)}
    (Path(settings.DATA) / LAST).write_text(json.dumps(said))


def _counted(connection: psycopg.Connection) -> Manifest:
    from suqiu.base import clock

    return Manifest(
        made_at=clock.now(),
        suqiu=version("suqiu"),
        postgresql=connection.info.server_version // 10_000,
        migrations=archive.migrations(connection),
        counts=archive.counts(connection),
        journal=archive.journal(connection),
        identity_keys=archive.keys_used(connection),
    )


def _pack(work: Path, manifest: Manifest, wanted: set[str]) -> None:
    from django.conf import settings

    found = {DUMP: work / DUMP}
    if (roots := Path(settings.DATA) / ROOTS).exists():
        (work / ROOTS).write_bytes(roots.read_bytes())  # as it is now; it grows
        found[ROOTS] = work / ROOTS
    attachments = folder()
    manifest.attachments = sorted(wanted)
    manifest.files_elsewhere = attachments is None
    if attachments is not None:
        found.update(archive.found_in(attachments))
    for _try in range(TRIES):
        _look_at(found, manifest)
        try:
            return _write(work, manifest, found)
        except FileNotFoundError as error:
            # The cleaning took one away beside us: what no row names any more is not missed.
            found = {name: path for name, path in found.items() if path.exists()}
            gone = error
    raise click.ClickException(f"Attachments go faster than they are backed up: {gone}")


def _look_at(found: dict[str, Path], manifest: Manifest) -> None:
    """Hash every part, and tell which attachments are not there or not what they should be."""
    from suqiu.files import store

    manifest.parts = {}
    for name, path in list(found.items()):
        try:
            manifest.parts[name] = archive.part_of(path)
        except FileNotFoundError:
            del found[name]
    hashes = {name.rpartition("/")[2]: manifest.parts[name].sha256 for name in manifest.files}
    wanted = set(manifest.attachments)
    manifest.files_damaged = sorted(h for h in wanted & set(hashes) if hashes[h] != h)
    manifest.files_missing = (
        store.absent(wanted) if manifest.files_elsewhere else sorted(wanted - set(hashes))
    )


def _write(work: Path, manifest: Manifest, found: dict[str, Path]) -> None:
    from django.conf import settings

    text = manifest.model_dump_json(indent=1).encode()
    with (work / "whole").open("wb") as out:
        os.fchmod(out.fileno(), 0o600)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, data in (
                (MANIFEST, text),
                (MAC, archive.mac_of(text, settings.SEAL_KEY).encode()),
            ):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
            for name, path in found.items():
                member = tarfile.TarInfo(name)
                member.size = manifest.parts[name].size
                with path.open("rb") as file:
                    tar.addfile(member, file)
        out.flush()
        os.fsync(out.fileno())
