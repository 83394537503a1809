"""What a backup is: one tar with a manifest, a database dump, the attachments, the kept roots.

The manifest names every part with its hash, and is authenticated with the seal's key: a backup of
another house, or one that was changed, is told apart from a damaged one. It holds ids of keys only.
"""

import datetime as dt
import hashlib
import hmac
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
import psycopg
from psycopg import sql
from pydantic import BaseModel, ValidationError

FORMAT = 1
MANIFEST, MAC, DUMP, ROOTS = "manifest.json", "manifest.mac", "database.dump", "roots.log"
# Who is logged in is not worth keeping, and would be a way in; who tried how often is of the minute.
WITHOUT_ROWS = ("django_session", "accounts_throttle")
_NAME = re.compile(r"database\.dump|roots\.log|files/(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9/._-]*")
_CHUNK = 1 << 20


class Part(BaseModel):
    sha256: str
    size: int


class Journal(BaseModel):
    """`root` is the Merkle root over all `positions`; `head` the newest checkpoint."""

    positions: int = 0
    root: str = ""
    head: str = ""


class Manifest(BaseModel):
    """What is in it, and what must come out of it."""

    format: int = FORMAT
    made_at: dt.datetime
    suqiu: str
    postgresql: int
    migrations: list[str]
    counts: dict[str, int]
    journal: Journal
    identity_keys: list[str]
    files_elsewhere: bool = False
    attachments: list[str] = []  # hashes of all that the database speaks of
    files_missing: list[str] = []
    files_damaged: list[str] = []
    parts: dict[str, Part] = {}

    @property
    def files(self) -> list[str]:
        return [name for name in self.parts if name.startswith("files/")]


def mac_of(manifest: bytes, key: str) -> str:
    return hmac.new(key.encode(), b"suqiu backup\0" + manifest, "sha256").hexdigest()


def part_of(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(
            sha256=hashlib.file_digest(file, "sha256").hexdigest(), size=path.stat().st_size
        )


def read_manifest(tar: tarfile.TarFile, key: str) -> Manifest:
    """The manifest, if it is ours and whole. Raises ClickException that says which it is not."""
    texts = []
    for wanted in (MANIFEST, MAC):
        member = tar.next()
        file = tar.extractfile(member) if member and member.name == wanted else None
        if file is None:
            raise click.ClickException(
                "This is no backup of Suqiu: it does not begin with a manifest."
            )
        texts.append(file.read(64 << 20))
    manifest, mac = texts
    if not hmac.compare_digest(mac_of(manifest, key), mac.decode("ascii", "replace").strip()):
        raise click.ClickException(
            "The manifest does not fit SUQIU_SEAL_KEY: the backup is of another house, or was changed."
        )
    try:
        return Manifest.model_validate_json(manifest)
    except ValidationError as error:
        raise click.ClickException(f"The manifest is of another format: {error}") from error


def unpack(tar: tarfile.TarFile, manifest: Manifest, into: Path) -> None:
    """Every part into the folder `into`, each against its hash. Raises ClickException at the first
    that is missing, unexpected or damaged."""
    waiting = dict(manifest.parts)
    while member := tar.next():
        part = waiting.pop(member.name, None)
        file = tar.extractfile(member)
        if part is None or file is None or not _NAME.fullmatch(member.name):
            raise click.ClickException(f"Damaged: {member.name!r} is not in the manifest.")
        target = into / member.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _copy(file, target) != part:
            raise click.ClickException(f"Damaged: {member.name} is not what was backed up.")
    if waiting:
        raise click.ClickException(f"Damaged: {len(waiting)} parts are missing: {min(waiting)} ...")


def _copy(file: IO[bytes], target: Path) -> Part:
    hashed, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return Part(sha256=hashed.hexdigest(), size=size)


def found_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of each attachment."""
    for path in sorted(folder.rglob("*")):
        # What is still being written has a point before its name; another backup will have it.
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            name = f"files/{path.relative_to(folder).as_posix()}"
            if not _NAME.fullmatch(name):
                raise click.ClickException(f"{path} does not belong among the attachments.")
            yield name, path


# -- what the database holds, asked without models: its tables may be of an older version


def tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = current_schema()::regnamespace ORDER BY relname"
    )
    return [name for (name,) in rows.fetchall()]


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of each table that a backup holds."""
    found = {}
    for name in tables(connection):
        if name not in WITHOUT_ROWS:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            found[name] = _number(connection, query)
    return found


def migrations(connection: psycopg.Connection) -> list[str]:
    if "django_migrations" not in tables(connection):
        return []
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in rows.fetchall()]


def keys_used(connection: psycopg.Connection) -> list[str]:
    """Ids of the keys with which identities are sealed."""
    if "appellants_appellant" not in tables(connection):
        return []
    rows = connection.execute(
        "SELECT DISTINCT key_id FROM appellants_appellant WHERE sealed IS NOT NULL ORDER BY 1"
    )
    return [name for (name,) in rows.fetchall()]


def attachments(connection: psycopg.Connection) -> set[str]:
    """Hashes of the contents that the database speaks of."""
    if "files_file" not in tables(connection):
        return set()
    rows = connection.execute(
        "SELECT sha256 FROM files_file UNION SELECT copy_sha256 FROM files_file"
        " UNION SELECT thumb_sha256 FROM files_file"
    )
    return {sha256 for (sha256,) in rows.fetchall() if sha256}


def journal(connection: psycopg.Connection) -> Journal:
    from suqiu.audit.rules import merkle_root

    if "audit_place" not in tables(connection):
        return Journal()
    with connection.cursor(name="places") as cursor:
        cursor.execute(
            "SELECT coalesce(e.hash, a.hash, ''::bytea) FROM audit_place p"
            " LEFT JOIN audit_entry e ON p.kind = 'E' AND e.id = p.ref"
            " LEFT JOIN audit_access a ON p.kind = 'A' AND a.id = p.ref ORDER BY position"
        )
        leaves = [bytes(leaf) for (leaf,) in cursor]
    row = connection.execute(
        "SELECT upto, root FROM audit_checkpoint ORDER BY upto DESC LIMIT 1"
    ).fetchone()
    head = f"{row[0]}:{bytes(row[1]).hex()}" if row else ""
    return Journal(positions=len(leaves), root=merkle_root(leaves).hex(), head=head)


def _number(connection: psycopg.Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
