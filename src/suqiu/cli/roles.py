"""Who connects to the database: the owner changes its tables, the application's role works in them.

Why two, and what is weaker with one url: docs/adr/0005.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import psycopg
from psycopg import sql

from suqiu.cli.postgres import running

APP = "suqiu_app"
OWNER_URL = "DATABASE_OWNER_URL"
ASSUMED = "SUQIU_DATABASE_ROLE"
_LOCK = 0x524F4C45  # "ROLE": two who start at once must not change one role's row together


@dataclass(frozen=True)
class Addresses:
    """Where the database is, for the application and for the owner of its tables.

    `owner` is None where only the application's url is known: then nothing can be migrated here.
    `role` is the application's role; `assumed` says that the owner logs in and puts it on.
    """

    app: str
    owner: str | None
    role: str
    assumed: bool = False


def user_of(url: str) -> str:
    """The user that a url names; "" if it names none."""
    return unquote(urlsplit(url).username or "")


@contextmanager
def addresses(data: Path) -> Iterator[Addresses]:
    """The database up, and how to reach it; DATABASE_URL in the environment is the application's.

    The owner's url is taken out of the environment, so that no child of ours has it.
    """
    given, owner = os.environ.get("DATABASE_URL"), os.environ.pop(OWNER_URL, None)
    try:
        with running(data) as url:
            found = _outside(url, owner) if given else _embedded(url, data)
            os.environ["DATABASE_URL"] = found.app
            if found.assumed:
                os.environ[ASSUMED] = found.role
            yield found
    finally:
        os.environ.pop(ASSUMED, None)
        if given:
            os.environ["DATABASE_URL"] = given
        if owner is not None:
            os.environ[OWNER_URL] = owner


def _outside(url: str, owner: str | None) -> Addresses:
    if owner and user_of(owner) != user_of(url):
        return Addresses(url, owner, user_of(url))
    with psycopg.connect(url) as connection:
        if not _scalar(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')"):
            return Addresses(url, None, user_of(url))
        ready = _scalar(
            connection,
            "SELECT coalesce((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s), false)",
            APP,
        )
    return Addresses(url, url, APP, assumed=bool(ready))


def _embedded(url: str, data: Path) -> Addresses:
    """Our own server: a login of its own for the application, made here without a question."""
    password = _password(data / "app-password")
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _make(connection, APP)
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(APP), password)
        )
    place = urlsplit(url)
    netloc = f"{APP}:{password}@{place.netloc.rpartition('@')[2]}"
    return Addresses(place._replace(netloc=netloc).geturl(), url, APP)


def _password(path: Path) -> str:
    """What the file holds; it appears whole or not at all, whoever comes first."""
    if not path.exists():
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(24) + "\n")
        with suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text().strip()


def _scalar(connection: psycopg.Connection, query: str, *given: object) -> object:
    row = connection.execute(query, given).fetchone()
    return row[0] if row else None


def _make(connection: psycopg.Connection, role: str) -> None:
    if not _scalar(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def prepare(found: Addresses) -> bool:
    """Make the application's role and give it its rights; whether there is such a role now.

    Run after each migration, so that a new table is never without its rights. Raises
    ClickException where the role of DATABASE_URL is missing and the owner may not make it.
    """
    assert found.owner is not None
    with psycopg.connect(found.owner) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        try:
            with connection.transaction():
                _make_for(connection, found)
        except psycopg.errors.InsufficientPrivilege:
            if found.app != found.owner:
                raise click.ClickException(
                    f"The owner may not make the role {found.role}. Let a superuser run: "
                    f"CREATE ROLE {found.role} LOGIN PASSWORD '...'"
                ) from None
            return False
        grant(connection, found.role)
    return True


def _make_for(connection: psycopg.Connection, found: Addresses) -> None:
    there = _scalar(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", found.role)
    if found.app == found.owner:
        _make(connection, found.role)
        if not _scalar(connection, "SELECT pg_has_role(%s, 'MEMBER')", found.role):
            connection.execute(
                sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(found.role))
            )
    elif not there:
        _make(connection, found.role)
        password = unquote(urlsplit(found.app).password or "")
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(found.role), password)
        )


def grant(connection: psycopg.Connection, role: str) -> None:
    """All rights of `role` on the schema, anew; in the caller's transaction, so never half."""
    from suqiu.audit import rights

    name = sql.Identifier(role)
    schema = sql.Identifier(str(_scalar(connection, "SELECT current_schema()")))
    if _scalar(
        connection,
        "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = current_schema()",
    ):
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(schema))
    connection.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(schema, name))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name))
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')"
        " AND relnamespace = current_schema()::regnamespace ORDER BY relname"
    ).fetchall()
    for (table,) in tables:
        on = sql.SQL("{}.{}").format(schema, sql.Identifier(table))
        may = sql.SQL(rights.rights_on(table))
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}, PUBLIC").format(on, name))
        connection.execute(sql.SQL("GRANT {} ON {} TO {}").format(may, on, name))
    for statement in (
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {0} FROM {1}",
        # USAGE is nextval(); setval() would need UPDATE.
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {0} TO {1}",
    ):
        connection.execute(sql.SQL(statement).format(schema, name))
    for door in rights.DOORS:
        function = sql.SQL(door)
        connection.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(function))
        connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(function, name))
