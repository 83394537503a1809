"""Bringing a backup back, into an empty house only, and proving that all came."""

import shutil
import tarfile
import tempfile
from pathlib import Path

import click
import psycopg

from suqiu.cli import archive, backup
from suqiu.cli.archive import DUMP, ROOTS, Manifest


def refuse_unless_empty(url: str, data: Path) -> None:
    """Raises ClickException where anything could be overwritten."""
    with psycopg.connect(url) as connection:
        found = archive.tables(connection)
    if found:
        raise click.ClickException(
            f"The database is not empty ({len(found)} tables, such as {found[0]}). A backup is "
            "restored into an empty database only: another SUQIU_DATA or DATABASE_URL."
        )
    attachments = backup.folder()
    if attachments is not None and attachments.is_dir() and any(attachments.iterdir()):
        raise click.ClickException(f"{attachments} is not empty.")
    if (data / ROOTS).exists():
        raise click.ClickException(f"{data / ROOTS} is of another database; move it away first.")


def bring_back(file: Path, url: str, data: Path) -> Manifest:
    """Check all of `file`, then restore it into the empty database at `url` and the data folder.

    The database comes in one transaction; attachments are put in place last.
    """
    from django.conf import settings

    refuse_unless_empty(url, data)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as place:
        work = Path(place)
        try:
            with tarfile.open(file, "r:") as tar:
                manifest = archive.read_manifest(tar, settings.SEAL_KEY)
                _refuse_strange(manifest, url)
                archive.unpack(tar, manifest, work)
            _into_store(work)
        except (tarfile.TarError, EOFError, OSError) as error:
            raise click.ClickException(f"{file.name} is damaged or no backup: {error}") from error
        backup.run(
            "pg_restore",
            url,
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            str(work / DUMP),
            major=manifest.postgresql,
        )
        _place(work, data)
    with psycopg.connect(url) as connection:
        _compare(manifest, connection)
    return manifest


def _refuse_strange(manifest: Manifest, url: str) -> None:
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    from suqiu.appellants.rules import keys

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {name.partition(".")[0] for name in known}
    newer = [m for m in manifest.migrations if m not in known and m.partition(".")[0] in ours]
    if manifest.format > archive.FORMAT or newer:
        raise click.ClickException(
            f"The backup was made by Suqiu {manifest.suqiu}, which is newer than this one"
            + (f" (it has {newer[0]})." if newer else ".")
        )
    if missing := set(manifest.identity_keys) - set(keys(settings.IDENTITY_KEYS)):
        raise click.ClickException(
            f"Identities are sealed with {', '.join(sorted(missing))}, not in SUQIU_IDENTITY_KEYS."
        )
    with psycopg.connect(url) as connection:
        here = connection.info.server_version // 10_000
    if here < manifest.postgresql:
        raise click.ClickException(
            f"The backup is of PostgreSQL {manifest.postgresql}, and this server is {here}."
        )


def _into_store(work: Path) -> None:
    """Where this house keeps attachments in a store, those of the backup go there, before anything
    else is touched: what is there already stays as it is."""
    from suqiu.files import store

    if backup.folder() is None:
        for path in sorted((work / "files").rglob("*")):
            if path.is_file():
                store.bring(path)


def absent(manifest: Manifest) -> list[str]:
    """Hashes of attachments that the backup's database speaks of and this house has not, apart from
    those that were lost before the backup."""
    from suqiu.files import store

    wanted = set(manifest.attachments) - set(manifest.files_missing)
    attachments = backup.folder()
    if attachments is None:
        return store.absent(wanted)
    return sorted(h for h in wanted if not (attachments / store.path_of(h)).is_file())


def _place(work: Path, data: Path) -> None:
    attachments = backup.folder()
    if attachments is not None and (work / "files").is_dir():
        attachments.parent.mkdir(parents=True, exist_ok=True)
        if attachments.is_dir():
            attachments.rmdir()
        shutil.move(work / "files", attachments)
    if (work / ROOTS).exists():
        shutil.move(work / ROOTS, data / ROOTS)


def _compare(manifest: Manifest, connection: psycopg.Connection) -> None:
    came = archive.counts(connection)
    if came != manifest.counts:
        differ = sorted(
            name
            for name in came.keys() | manifest.counts.keys()
            if came.get(name) != manifest.counts.get(name)
        )
        raise click.ClickException(f"Not all rows came back: {', '.join(differ)}.")
    if archive.journal(connection) != manifest.journal:
        raise click.ClickException("The journal that came back has another root.")
    if archive.migrations(connection) != manifest.migrations:
        raise click.ClickException("The migrations that came back are others.")
