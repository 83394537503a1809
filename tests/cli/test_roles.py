"""The first wall: the application's role can add to the journal, and cannot change what is there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from suqiu.audit import journal, rights
from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify
from suqiu.base.actors import system
from suqiu.cli import health, jobs, roles
from tests.city import City
from tests.orders.test_life import close


def test_url() -> str:
    """The owner's url of this worker's test database."""
    place = connection.settings_dict
    return f"postgresql://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


test_url.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def app(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A role that logs in, with the rights that `suqiu migrate` gives."""
    with django_db_blocker.unblock():
        url = test_url()
        name = f"app_of_{connection.settings_dict['NAME']}"
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(name)))
        try:
            with owner.transaction():
                roles.grant(owner, name)
            yield name
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def as_app(app: str, db: None) -> Iterator[None]:
    """The test's own connection with the application's rights."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(app)))
        yield
        cursor.execute("RESET ROLE")


def login(app: str) -> psycopg.Connection:
    place = urlsplit(test_url())
    return psycopg.connect(
        place._replace(netloc=f"{app}:x@{place.netloc.rpartition('@')[2]}").geturl()
    )


FORBIDDEN = [
    *(
        statement.format(table)
        for table in rights.EVIDENCE
        for statement in (
            "DELETE FROM {}",
            "TRUNCATE {} CASCADE",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD COLUMN more text",
            "DROP TABLE {} CASCADE",
            "CREATE TRIGGER sly BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE RULE sly AS ON UPDATE TO {} DO INSTEAD NOTHING",
        )
    ),
    "UPDATE audit_entry SET data = '{}'",
    "UPDATE audit_entry SET hash = hash WHERE false",
    "UPDATE audit_statement SET words = NULL, salt = NULL",
    "UPDATE audit_access SET reason = ''",
    "UPDATE audit_checkpoint SET root = root",
    "UPDATE audit_place SET ref = 1",
    "INSERT INTO audit_place VALUES (999999, 'E', 1)",
    "UPDATE audit_unsealed SET ref = 1",
    "DELETE FROM audit_cursor",
    "SELECT * FROM audit_entry FOR UPDATE",
    "DROP TRIGGER audit_entry_rows ON audit_entry",
    "DROP FUNCTION audit_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION audit_erase(bigint[]) SECURITY INVOKER",
    "ALTER FUNCTION audit_seal(integer) SET search_path = pg_temp",
    "CREATE TABLE audit_entry_2 (id int)",
    "CREATE TABLE sly (id int)",
    "CREATE SCHEMA sly",
    "SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "GRANT pg_write_all_data TO CURRENT_USER",
    "SELECT setval('audit_entry_id_seq', 1)",
    "DELETE FROM django_migrations",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999', now())",
    "TRUNCATE orders_order CASCADE",
    "DROP TABLE orders_order CASCADE",
    "COPY audit_entry TO PROGRAM 'cat'",
]


@pytest.mark.usefixtures("bare_database")
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_is_refused(app: str, statement: str) -> None:
    with login(app) as connected, pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        connected.execute("SET suqiu.erasing = 'on'")  # the trigger's word helps nobody else
        connected.execute(statement)  # type: ignore[call-overload]
    assert "the journal is only added to" not in str(refused.value), "that was the second wall"


@pytest.mark.usefixtures("bare_database")
def test_it_cannot_put_on_the_owner(app: str) -> None:
    owner = connection.settings_dict["USER"]
    with login(app) as connected:
        for statement in ("SET ROLE {}", "SET SESSION AUTHORIZATION {}"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connected.transaction(),
            ):
                connected.execute(sql.SQL(statement).format(sql.Identifier(owner)))


@pytest.mark.usefixtures("bare_database")
def test_a_temporary_table_does_not_open_the_doors(app: str) -> None:
    """A trigger on a table that a door takes for the journal's would run as the owner."""
    with login(app) as connected, connected.transaction(force_rollback=True):
        connected.execute("CREATE TEMP TABLE audit_place (position bigint, kind text, ref bigint)")
        connected.execute("CREATE TEMP TABLE audit_unsealed (id bigint, kind text, ref bigint)")
        connected.execute("CREATE TEMP TABLE ran (as_whom text)")
        connected.execute(
            "CREATE FUNCTION pg_temp.sly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO pg_temp.ran VALUES (current_user); RETURN NEW; END $$"
        )
        connected.execute(
            "CREATE TRIGGER sly BEFORE INSERT ON pg_temp.audit_place"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.sly()"
        )
        connected.execute("GRANT ALL ON pg_temp.audit_place, pg_temp.audit_unsealed TO PUBLIC")
        connected.execute("INSERT INTO pg_temp.audit_unsealed VALUES (1, 'E', 1)")
        connected.execute("SELECT public.audit_seal(10)")
        assert connected.execute("SELECT * FROM pg_temp.ran").fetchall() == []
        assert connected.execute("SELECT count(*) FROM pg_temp.audit_unsealed").fetchone() == (1,)


@pytest.mark.usefixtures("bare_database")
def test_each_table_has_its_rights_and_a_new_one_of_the_journal_is_append_only(app: str) -> None:
    with (
        psycopg.connect(test_url()) as owner,
        owner.transaction(force_rollback=True),
    ):
        owner.execute("CREATE TABLE audit_later (id int)")
        owner.execute("CREATE TABLE orders_later (id int)")
        roles.grant(owner, app)
        got = dict(
            owner.execute(
                "SELECT relname, (SELECT string_agg(p, ', ') FROM unnest(ARRAY['SELECT', 'INSERT',"
                " 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p"
                " WHERE has_table_privilege(%s, c.oid, p)) FROM pg_class c"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
                [app],
            ).fetchall()
        )
    assert got == {name: rights.rights_on(name) for name in got}
    assert got["audit_later"] == "SELECT, INSERT"
    assert got["orders_later"] == "SELECT, INSERT, UPDATE, DELETE"
    assert {table for table in got if table.startswith("audit_")} == {
        *rights.GUARDED,
        "audit_later",
    }


def test_an_order_lives_its_whole_life_under_it(as_app: None, city: City) -> None:
    order = close(city, city.in_callback())
    assert order.state == "closed"
    assert jobs.run_once() > 0
    said = Entry.objects.filter(chain=f"order:{order.pk}", statement_hash__isnull=False).first()
    assert said is not None
    journal.erase([said.pk], by=system("retention"), chain=said.chain, basis="tried")
    seal()
    report = verify()
    assert report.problems == [] and report.rows > 10 and report.erased == 1


def test_the_doctor_tells_login_assumed_and_owner_apart(app: str, as_app: None) -> None:
    assert rights.wall() == "assumed"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        assert rights.wall() == "none"
        # As if this role had logged in; only a superuser may.
        cursor.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(app)))
        assert rights.wall() == "login"
        cursor.execute("RESET SESSION AUTHORIZATION")
    assert health._role("").well


def test_the_doctor_finds_it_bad_in_production_that_we_own_the_tables(
    db: None, settings: object
) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    assert not health._role("").well


@dataclass(frozen=True)
class Outside:
    """A server's database of its own, whose owner is no superuser."""

    admin: psycopg.Connection
    owner: str
    app: str

    def run(self, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "suqiu.cli", *command],
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def outside(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Outside]:
    with django_db_blocker.unblock():
        url = test_url()
        name = connection.settings_dict["NAME"]
    place = urlsplit(url)
    owner, app, database = f"owner_{name}", f"web_{name}", f"outside_{name}"
    urls = [
        place._replace(
            netloc=f"{user}:p%40ss@{place.netloc.rpartition('@')[2]}", path=f"/{database}"
        ).geturl()
        for user in (owner, app)
    ]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD 'p@ss'")
        admin.execute(f"CREATE DATABASE {database} OWNER {owner}")
        yield Outside(admin, *urls)
        admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [roles.APP]).fetchone():
            admin.execute(f"REVOKE {roles.APP} FROM {owner} CASCADE")
        for role in (app, owner):
            admin.execute(f"DROP ROLE IF EXISTS {role}")


def test_with_two_urls_the_role_is_made_and_the_application_needs_only_its_own(
    outside: Outside,
) -> None:
    done = outside.run("migrate", DATABASE_URL=outside.app, DATABASE_OWNER_URL=outside.owner)
    assert done.returncode == 0, done.stderr
    said = outside.run("doctor", DATABASE_URL=outside.app).stdout
    assert "role: the application can only add to the journal\n" in said
    assert outside.run("worker", "--once", DATABASE_URL=outside.app).returncode == 0
    # Nothing to migrate: the application's url is enough. Something to migrate: it says so.
    assert outside.run("migrate", DATABASE_URL=outside.app).returncode == 0
    with psycopg.connect(outside.owner) as owner:
        owner.execute(
            "DELETE FROM django_migrations WHERE app = 'audit' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'audit')"
        )
    late = outside.run("migrate", DATABASE_URL=outside.app)
    assert late.returncode == 1 and "DATABASE_OWNER_URL" in late.stderr
    with (
        psycopg.connect(outside.app) as web,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        web.execute("DELETE FROM audit_entry")


def test_with_one_url_the_role_is_made_and_put_on(outside: Outside) -> None:
    alone = {"DATABASE_URL": outside.owner}
    done = outside.run("migrate", **alone)
    assert done.returncode == 0, done.stderr
    assert "it logs in as the owner" in outside.run("doctor", **alone).stdout
    said = outside.run("worker", "--once", **alone)
    assert said.returncode == 0 and "WARNING" not in said.stderr


def test_with_one_url_whose_user_may_make_no_role_production_refuses(outside: Outside) -> None:
    outside.admin.execute(f"ALTER ROLE owner_{connection.settings_dict['NAME']} NOCREATEROLE")
    alone = {"DATABASE_URL": outside.owner}
    done = outside.run("migrate", **alone)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(outside.owner) as owner:
        put_on = owner.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
            " WHERE rolname = %s AND member = current_user::regrole",
            [roles.APP],
        ).fetchone()
    assert put_on == (0,)
    said = outside.run("worker", "--once", **alone)
    assert said.returncode == 0 and "WARNING: The application connects as the owner" in said.stderr
    secret = "p" * 40
    production = {
        "SUQIU_MODE": "production",
        "SUQIU_HOSTS": "x",
        **{f"SUQIU_{k}": secret for k in ("SECRET", "SEARCH_KEY", "SEAL_KEY")},
        "SUQIU_IDENTITY_KEYS": "k1:" + "p" * 43 + "=",
    }
    said = outside.run("worker", "--once", **alone, **production)
    assert said.returncode == 1 and "a role of its own" in said.stderr
