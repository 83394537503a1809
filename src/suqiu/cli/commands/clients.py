"""suqiu clients add | list | rotate | revoke"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Column, Table

from suqiu.cli import house

if TYPE_CHECKING:
    from suqiu.accounts.models import Client


@click.group()
def command() -> None:
    """Other systems that call the API: who may what, until when."""


@command.command()
@click.argument("name")
@click.option("--role", required=True, help="call_taker, dispatcher, hub, handler, head, …")
@click.option("--unit", default="", help="Code of the unit; the centre where none is named.")
@click.option("--source", default="", help="Code of the source that it hands in for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="May be given several times.")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True)
@click.option(
    "--per-minute",
    type=click.IntRange(0, 1_000_000),
    default=1200,
    show_default=True,
    help="Requests that it may send; 0: any number.",
)
def add(
    name: str,
    role: str,
    unit: str,
    source: str,
    scopes: tuple[str, ...],
    days: int,
    per_minute: int,
) -> None:
    """A new client. Its token is printed once and kept nowhere."""
    with house.opened():
        from suqiu.accounts import actions
        from suqiu.base import clock
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.catalogue.queries import sources
        from suqiu.organisations.models import Unit
        from suqiu.organisations.queries import centre

        place = Unit.objects.filter(code=unit).first() if unit else centre()
        known = [s.code for s in sources()]
        if place is None:
            raise click.ClickException(f"There is no unit {unit!r}.")
        if source and source not in known:
            raise click.ClickException(f"There is no source {source!r}: {', '.join(known)}.")
        try:
            client, token = actions.add_client(
                name=name,
                role=role,
                unit=place,
                source=source,
                scopes=scopes,
                expires_at=clock.now() + dt.timedelta(days=days),
                per_minute=per_minute,
                by=system("clients"),
            )
        except Refused as error:
            raise click.ClickException(error.message) from error
    click.echo(
        f"{client.prefix} {client.name}: the token follows, and is not shown again.", err=True
    )
    click.echo(token)


@command.command("list")
def show() -> None:
    """All clients, without their tokens."""
    # What one copies from here must stay in one piece on a narrow screen too.
    table = Table(
        Column("prefix", no_wrap=True),
        "name",
        "role",
        "unit",
        "source",
        "scopes",
        "until",
        "used",
        "revoked",
    )
    with house.opened():
        from suqiu.accounts import queries
        from suqiu.base import clock

        def day(moment: dt.datetime | None) -> str:
            return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else "—"

        for c in queries.clients():
            ends = (day(c.expires_at), day(c.used_at), day(c.revoked_at))
            table.add_row(
                c.prefix, c.name, c.role, c.unit.code, c.source, " ".join(c.scopes), *ends
            )
    Console().print(table)


@command.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """From now on the token of this prefix opens nothing."""
    with house.opened():
        from suqiu.accounts import actions
        from suqiu.base.actors import system

        client = actions.revoke_client(_named(prefix), by=system("clients"))
    click.echo(f"{client.prefix} {client.name}: revoked.")


@command.command()
@click.argument("prefix")
@click.option("--days", type=click.IntRange(1, 730), help="A new end, so many days from now.")
def rotate(prefix: str, days: int | None) -> None:
    """A new token, printed once; the one before opens nothing from this moment."""
    with house.opened():
        from suqiu.accounts import actions
        from suqiu.base import clock
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused

        until = clock.now() + dt.timedelta(days=days) if days else None
        try:
            client, token = actions.rotate_client(
                _named(prefix), expires_at=until, by=system("clients")
            )
        except Refused as error:
            raise click.ClickException(error.message) from error
    click.echo(
        f"{client.prefix} {client.name}: the new token follows, and is not shown again.", err=True
    )
    click.echo(token)


def _named(prefix: str) -> Client:
    from suqiu.accounts import queries

    client = queries.client_named(prefix)
    if client is None:
        raise click.ClickException(f"There is no client {prefix!r}.")
    return client
