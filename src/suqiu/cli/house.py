"""Opening the house: the database up, Django ready, and all closed at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from suqiu.cli import roles
from suqiu.cli.places import data_folder

_OWNER = "owner"  # the second alias, there only while something is done as the owner
_FURNISHING = 0x484F555345  # "HOUSE"
_found: roles.Addresses | None = None


@contextmanager
def opened() -> Iterator[str]:
    """Inside, models can be imported and asked; the answer is the application's url."""
    global _found  # noqa: PLW0603 - one process, one house
    data = data_folder()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with roles.addresses(data) as _found:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
        import django
        from django.conf import settings
        from django.db import connections

        # WhiteNoise warns of a missing folder, though the pages' files come from the packages.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        django.setup()
        try:
            yield _found.app
        finally:
            connections.close_all()
            _found = None


@contextmanager
def as_owner() -> Iterator[str]:
    """The alias of a connection as the owner of the tables, whose rights the others lack."""
    import environ
    from django.db import connections

    assert _found is not None and _found.owner is not None
    usual = connections.settings["default"]
    options = {k: v for k, v in usual["OPTIONS"].items() if k != "assume_role"}
    owner = environ.Env.db_url_config(_found.owner)
    place = {key: owner[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connections.settings[_OWNER] = {**usual, **place, "OPTIONS": options}
    try:
        yield _OWNER
    finally:
        connections[_OWNER].close()
        del connections[_OWNER], connections.settings[_OWNER]


def owner() -> str:
    """The url of the tables' owner. Raises ClickException where it is not known."""
    assert _found is not None
    if _found.owner is None:
        raise click.ClickException(f"Only the owner of the tables may: set {roles.OWNER_URL}.")
    return _found.owner


def readers_url() -> str:
    """A url that may read every table: the owner's, or else the application's."""
    assert _found is not None
    return _found.owner or _found.app


def migrate(*, backup: bool = True) -> None:
    """Bring the tables to this version, as their owner, and give the application its rights.

    With `backup`, what is in a database whose tables change is put into SUQIU_DATA/backups first.
    Raises ClickException where tables are behind and only the application's url is known.
    """
    global _found  # noqa: PLW0603 - the role may have been made here
    from django.core.management import call_command
    from django.db import connections

    assert _found is not None
    if _found.owner is None:
        if behind():
            raise click.ClickException(
                "The database is behind this version, and its tables are not ours to change: run "
                f"`suqiu migrate` with the owner's url in {roles.OWNER_URL}."
            )
        return
    with as_owner() as alias:
        if backup and behind(alias):
            _back_up(_found.owner)
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    if roles.prepare(_found) and _found.app == _found.owner:
        _found = replace(_found, assumed=True)
        os.environ[roles.ASSUMED] = _found.role
        connections.settings["default"]["OPTIONS"]["assume_role"] = _found.role
        connections["default"].close()


def _back_up(url: str) -> None:
    from suqiu.base import clock
    from suqiu.cli import backup

    if not backup.holds_anything(url):
        return
    folder = data_folder() / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"before-migrate-{clock.now():%Y%m%dT%H%M%S}.suqiu"
    backup.make(file, url)
    click.echo(f"Backed up before the tables change: {file}", err=True)


def behind(alias: str = "default") -> int:
    """How many migrations wait."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrated() -> None:
    """Raises ClickException where tables are missing or behind: whoever adds to them changes none."""
    if behind():
        raise click.ClickException(
            "The database is behind this version: run `suqiu migrate` first."
        )


def guarded() -> None:
    """Before serving: say loudly, and in production refuse, if the journal lies open to us; and
    never open an invented city, whose passwords everybody knows, as a real one."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from suqiu.audit import rights

    # The demo stands on our own line, so it is named here, not imported.
    if settings.PRODUCTION and import_string("suqiu.demo.models.Mark").objects.exists():
        raise click.ClickException(
            "This database holds the demo's city, whose passwords are public: production needs "
            "an empty one."
        )
    if rights.wall() != "none":
        return
    said = (
        "The application connects as the owner of its tables and could change the journal. Give it "
        f"a role of its own in DATABASE_URL, and the owner's url as {roles.OWNER_URL} to `suqiu migrate`."
    )
    if settings.PRODUCTION:
        raise click.ClickException(said)
    click.echo(f"WARNING: {said}", err=True)


def furnish() -> None:
    """What a centre needs before its first appeal: districts, calendar, packs, tree, one centre.

    Nothing is changed in a house that has it; a city's own units and duty catalogue are its own, and
    so are its districts, where a sheet has named them (`suqiu organisations import`).
    """
    from django.db import connection, transaction

    from suqiu.base.actors import system
    from suqiu.calendars import actions as calendars
    from suqiu.catalogue import actions as catalogue
    from suqiu.catalogue.models import DutyVersion
    from suqiu.organisations import actions as organisations
    from suqiu.organisations import queries
    from suqiu.organisations.models import Unit
    from suqiu.policy import actions as policy
    from suqiu.reports import actions as reports
    from suqiu.retention import actions as retention

    by = system("setup")
    with transaction.atomic():
        with connection.cursor() as cursor:  # two that start at once found one centre
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FURNISHING])
        if not queries.brought_its_own():
            organisations.lay_regions(by=by)
        calendars.seed(by=by)
        policy.publish_shipped(by=by)
        retention.publish_shipped(by=by)
        reports.publish_shipped(by=by)
        catalogue.publish_lists(by=by)
        if not Unit.objects.filter(kind="centre").exists():
            organisations.found_unit(
                code="CENTRE", name="受理中心", kind="centre", region="310000", by=by
            )
        if not DutyVersion.objects.exists():
            catalogue.publish_duties(by=by, basis="尚无单位，待城市自己的派单目录")
